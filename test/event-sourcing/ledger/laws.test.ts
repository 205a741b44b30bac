import fc from 'fast-check';
import { Image } from '../../../src/event-sourcing/images/image.ts';
import { Table, type TableDefinition } from '../../../src/event-sourcing/tables/table.ts';
import { projectModel } from '../../../src/project/project-model.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { storedSections } from '../../support/stored-sections.ts';
import { Node, subjectOf, whole } from './node.ts';

interface Row {
  readonly id: string;
  readonly name: string;
}

describe('a table', () => {
  const index = 'by name';
  const later = 'by name, made when asked for';
  const byName = ({ name }: Row) => (name === '' ? undefined : name);
  const definition: TableDefinition<Row> = {
    indexes: { [index]: byName, [later]: byName, 'by id': ({ id }) => id },
    atOnce: [index, 'by id'],
  };
  const make = () => Table.empty(definition);
  const again = (table: Table<Row>) => Table.restore(definition, 'rows', storedSections(table.sections('rows')));
  const row = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), name: fc.constantFrom('', 'x', 'y', 'z') });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), row }),
    fc.record({ kind: fc.constant('fork' as const) }),
    fc.record({ kind: fc.constant('look' as const) }),
    fc.record({ kind: fc.constant('dump' as const) }),
  );

  test('agrees with a naive one, and forks do not see each other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const pairs = [{ table: make(), naive: new Map<string, Row>() }];
        for (const [at, each] of steps.entries()) {
          const pair = pairs[at % pairs.length];
          if (!pair) throw new Error('there is no table');
          if (each.kind === 'put') {
            pair.table.put(each.row);
            pair.naive.set(each.row.id, each.row);
          } else if (each.kind === 'fork') pairs.push({ table: pair.table.fork(), naive: new Map(pair.naive) });
          else if (each.kind === 'dump') pair.table = again(pair.table);
          else await pair.table.ordered(later);
        }
        for (const { table, naive } of pairs) {
          const expected = [...naive.values()]
            .filter(({ name }) => name !== '')
            .sort((a, b) => (`${a.name}\0${a.id}` < `${b.name}\0${b.id}` ? -1 : 1));
          const seen = [...table.ascending(index)];
          expect(seen.map(([, found]) => found)).toEqual(expected);
          const ordered = await table.ordered(later);
          expect(ordered.size).toBe(expected.length);
          expect([...ordered.ascending()]).toEqual(seen);
          expect([...ordered.descending()]).toEqual([...seen].reverse());
          expect(table.size(index)).toBe(expected.length);
          expect([...table.ascending('by id')].map(([, found]) => found)).toEqual([...table.all()]);
          expect([...table.all()].length).toBe(naive.size);
          const [middle] = seen[Math.floor(seen.length / 2)] ?? [];
          if (middle !== undefined) {
            const before = [...ordered.descending(middle)].length;
            expect(before + 1 + [...ordered.ascending(middle)].length).toBe(seen.length);
          }
          const ofX = expected.filter(({ name }) => name === 'x');
          expect([...table.matching(index, 'x')].map(([, found]) => found)).toEqual(ofX);
          expect([...table.matchingBackwards(index, 'x')].map(([, found]) => found)).toEqual(ofX.reverse());
        }
      }),
    );
  });
});

const name = fc.constantFrom('a', 'B', 'b', 'ä', 'A\u0308', 'long name');
const command = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), name }),
  fc.record({ kind: fc.constant('rename' as const), which: fc.nat(9), name }),
  fc.record({ kind: fc.constant('delete' as const), which: fc.nat(9) }),
  fc.record({ kind: fc.constant('restore' as const), which: fc.nat(9) }),
  fc.record({ kind: fc.constant('set' as const), key: fc.constantFrom('k', 'l'), value: fc.constantFrom('1', '2') }),
  fc.record({ kind: fc.constant('swap' as const) }),
);

async function run(
  nodes: readonly Node[],
  commands: readonly (typeof command extends fc.Arbitrary<infer C> ? C : never)[],
) {
  const [first] = nodes;
  if (!first) throw new Error('there is no node');
  await first.createProject('crm');
  const ids: string[] = [];
  await Promise.all(
    commands.map(async (each, at) => {
      const node = nodes[at % nodes.length] ?? first;
      // Some come together, some one after another.
      for (let turns = at % 7; turns > 0; turns -= 1) await new Promise(setImmediate);
      const id = ids[('which' in each ? each.which : 0) % Math.max(1, ids.length)] ?? '';
      if (each.kind === 'create') {
        const answer = await node.createProxy('crm', each.name);
        if (answer.kind === 'appended') ids.push(subjectOf(answer));
      } else if (each.kind === 'rename')
        await node.execute('crm', { type: 'UpdateProxy', id, set: { name: each.name } });
      else if (each.kind === 'delete') await node.execute('crm', { type: 'DeleteProxy', id, failIfInUse: false });
      else if (each.kind === 'restore') await node.execute('crm', { type: 'RestoreProxy', id, past: undefined });
      else if (each.kind === 'set') {
        const value = { text: each.value, secretRef: 'unused' };
        const values = [{ environment: 'dev', value }];
        await node.execute('crm', { type: 'SetParameter', newId: `${each.key}-${at}` as never, key: each.key, values });
      } else {
        const renames = [
          { from: 'dev', to: 'prod' },
          { from: 'prod', to: 'dev' },
        ];
        await node.execute('crm', { type: 'UpdateProject', key: 'crm', set: {}, renames });
      }
    }),
  );
}

describe('the fold', () => {
  test('from zero, from a snapshot and live are the same at every position, on every node', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 40 }), fc.nat(), async (commands, at) => {
        const database = new MemoryDatabase();
        const store = () => new MemoryEventStore(database, { shared: true });
        const nodes = [new Node(store()), new Node(store())];
        await run(nodes, commands);
        const live = await Promise.all(nodes.map((node) => node.image('crm')));
        const fromZero = await new Node(store()).image('crm');
        expect(live.map(whole)).toEqual([whole(fromZero), whole(fromZero)]);

        const position = 1 + (at % fromZero.position);
        const then = await nodes[0]?.ledgers.viewAsOf('crm', { position });
        if (!then) throw new Error('there is no past');
        const snapshot = Image.restore(projectModel, { ...then, size: 0 }, storedSections(then.sections()));
        for await (const sealed of store().read('crm', { after: position })) snapshot.apply(sealed);
        expect(whole(snapshot)).toBe(whole(fromZero));

        const names = [...fromZero.view.proxies.ascending('NAME of ACTIVE')].map(([, { proxy }]) =>
          proxy.fields.name.trim().normalize('NFC').toLowerCase(),
        );
        expect(new Set(names).size).toBe(names.length);
        const positions: number[] = [];
        for await (const { commit } of store().read('crm')) positions.push(commit.position);
        expect(positions).toEqual(positions.map((_, index) => index + 1));
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

describe('the past', () => {
  test('is at every position of a thousand commands what was answered live at it', async () => {
    const node = new Node(new MemoryEventStore());
    const live = new Map<number, string>();
    await node.createProject('crm');
    const commands = fc.sample(command, { numRuns: 1_000, seed: 1 });
    const ids: string[] = [];
    for (const [at, each] of commands.entries()) {
      const id = ids[('which' in each ? each.which * 7 + at : 0) % Math.max(1, ids.length)] ?? '';
      const answer =
        each.kind === 'create'
          ? await node.createProxy('crm', `${each.name} ${at % 40}`)
          : each.kind === 'delete'
            ? await node.execute('crm', { type: 'DeleteProxy', id, failIfInUse: false })
            : each.kind === 'restore'
              ? await node.execute('crm', { type: 'RestoreProxy', id, past: undefined })
              : await node.execute('crm', { type: 'UpdateProxy', id, set: { host: `h${at}` } });
      if (answer.kind !== 'appended') continue;
      if (each.kind === 'create') ids.push(subjectOf(answer));
      live.set(answer.image.position, whole(answer.image));
    }
    expect(live.size).toBeGreaterThan(400);
    for (const [position, text] of live) {
      const then = await node.ledgers.viewAsOf('crm', { position });
      expect(then && whole(then)).toBe(text);
    }
  }, 60_000);
});
