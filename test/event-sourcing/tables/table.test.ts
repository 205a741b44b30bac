import fc from 'fast-check';
import { changesOf } from '../../../src/event-sourcing/tables/section.ts';
import { joinKey } from '../../../src/event-sourcing/tables/sort-keys.ts';
import { Table, type TableDefinition } from '../../../src/event-sourcing/tables/table.ts';
import { storedSections } from '../../support/stored-sections.ts';

interface Row {
  readonly id: string;
  readonly labels: readonly string[];
  /** In no key. */
  readonly note?: number;
}

const LABELS = 'by label';
const definition: TableDefinition<Row> = {
  indexes: { FIRST: ({ labels }) => labels[0], LAST: ({ labels }) => labels.at(-1) },
  atOnce: ['FIRST'],
  manifold: { [LABELS]: ({ labels, id }) => labels.map((label) => joinKey(label, `name of ${id}`)) },
};

const label = fc.constantFrom('a', 'b', 'c');
const row = fc.record({ id: fc.constantFrom('1', '2', '3', '4'), labels: fc.array(label, { maxLength: 4 }) });

function idsOf(table: Table<Row>, wanted: string): string[] {
  return [...table.matching(LABELS, wanted)].map(([, { id }]) => id);
}

function expectIndexed(table: Table<Row>): void {
  const rows = [...table.all()];
  const labels = [...new Set(rows.flatMap((each) => each.labels))].sort();
  expect([...table.firstParts(LABELS)]).toEqual(labels);
  for (const each of ['a', 'b', 'c']) {
    expect(idsOf(table, each)).toEqual(rows.filter((one) => one.labels.includes(each)).map(({ id }) => id));
  }
}

describe('an index that files a row under any number of keys', () => {
  test('finds the rows of each of them, in forks and from what was stored too', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), fc.array(row, { maxLength: 6 }), (before, after) => {
        const table = Table.empty(definition);
        for (const each of before) table.put(each);
        const known = [...table.all()];
        const fork = table.fork();
        for (const each of after) fork.put(each);
        expectIndexed(fork);
        expectIndexed(table);
        expect([...table.all()]).toEqual(known);
        expectIndexed(Table.restore(definition, 't', storedSections(table.sections('t'), fork.sections('t'))));
      }),
    );
  });

  test('counts what its entries take of memory, and no more of it once they are gone', () => {
    const table = Table.empty(definition);
    table.put({ id: '1', labels: [] });
    const least = table.bytes;
    table.put({ id: '1', labels: ['a', 'b', 'c'] });
    expect(table.bytes).toBeGreaterThan(least);
    table.put({ id: '1', labels: [] });
    expect(table.bytes).toBe(least);
  });
});

describe('a change of a row', () => {
  test('is made of the row that is there, or of none, and may leave it as it is', () => {
    const table = Table.empty(definition);
    table.change('1', (before) => (before ? undefined : { id: '1', labels: ['a'] }));
    const fork = table.fork();
    fork.change('1', (before) => before && { ...before, labels: [...before.labels, 'b'] });
    fork.change('1', () => undefined);
    fork.change('2', () => undefined);
    expect([...fork.all()]).toEqual([{ id: '1', labels: ['a', 'b'] }]);
    expect([...table.all()]).toEqual([{ id: '1', labels: ['a'] }]);
    expect(fork.find('FIRST', 'a')?.labels).toEqual(['a', 'b']);
    expectIndexed(fork);
    expectIndexed(table);
  });
});

describe('the rows of an index', () => {
  const noted = fc.record({
    id: fc.constantFrom('1', '2', '3', '4'),
    labels: fc.array(label, { maxLength: 2 }),
    note: fc.nat(3),
  });

  /** Each index answers the very rows that there are, each under its own key. */
  async function expectCurrent(table: Table<Row>): Promise<void> {
    const rows = [...table.all()];
    for (const [name, key] of [
      ['FIRST', ({ labels }: Row) => labels[0]],
      ['LAST', ({ labels }: Row) => labels.at(-1)],
    ] as const) {
      const filed = rows.filter((each) => key(each) !== undefined);
      const entries = filed.map((each) => [joinKey(key(each) ?? '', each.id), each] as const);
      const ordered = await table.ordered(name);
      expect([...ordered.ascending()]).toEqual(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
      expect([...ordered.descending()]).toEqual(entries.toReversed());
      for (const [, each] of ordered.ascending()) expect(each).toBe(table.get(each.id));
    }
    for (const [, each] of table.ascending(LABELS)) expect(each).toBe(table.get(each.id));
    expectIndexed(table);
  }

  test('are those of its own table, whatever was put into its forks, was stored, or was read before', async () => {
    const some = fc.array(noted, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(some, some, some, fc.boolean(), async (before, after, last, isRead) => {
        const table = Table.empty(definition);
        for (const each of before) table.put(each);
        if (isRead) await expectCurrent(table);
        const fork = table.fork();
        for (const each of after) fork.put(each);
        const restored = Table.restore(definition, 't', storedSections(table.sections('t'), fork.sections('t')));
        const next = restored.fork();
        for (const each of last) next.put(each);
        // The one that follows first: it shares what was stored with the one before it.
        for (const each of [next, restored, fork, table]) await expectCurrent(each);
        for (const each of last) fork.put(each);
        expect([...next.all()]).toEqual([...fork.all()]);
        const again = storedSections(restored.sections('t'), next.sections('t'));
        await expectCurrent(Table.restore(definition, 't', again));
      }),
    );
  });

  test('are not stored again with an index whose keys stay', () => {
    const table = Table.empty(definition);
    for (const id of ['1', '2']) table.put({ id, labels: ['a', 'b'], note: 1 });
    const fork = table.fork();
    fork.put({ id: '1', labels: ['a', 'b'], note: 2 });
    fork.put({ id: '2', labels: ['a', 'c'], note: 2 });
    const [, first, labels] = changesOf(fork.sections('t'), table.sections('t')) ?? [];
    expect([...(first?.entries ?? [])]).toEqual([]);
    expect(new Map(labels?.entries)).toEqual(
      new Map([
        [joinKey('b', 'name of 2', '2'), undefined],
        [joinKey('c', 'name of 2', '2'), ''],
      ]),
    );
  });
});

describe('an index that two others make', () => {
  const parted: TableDefinition<Row> = {
    indexes: {
      few: ({ labels }) => (labels.length < 2 ? (labels[0] ?? '') : undefined),
      many: ({ labels }) => (labels.length < 2 ? undefined : labels[0]),
      all: ({ labels }) => labels[0] ?? '',
      both: ['few', 'many'],
    },
    atOnce: ['few'],
  };

  test('has the rows of both in one order, from any entry on, upwards and downwards', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), fc.option(label), async (rows, from) => {
        const table = Table.empty(parted);
        for (const each of rows) table.put(each);
        const [both, all] = [await table.ordered('both'), await table.ordered('all')];
        expect(both.size).toBe(all.size);
        for (const entry of [undefined, from ?? '', ...[...all.ascending()].map(([key]) => key)]) {
          expect([...both.ascending(entry)]).toEqual([...all.ascending(entry)]);
          expect([...both.descending(entry)]).toEqual([...all.descending(entry)]);
        }
      }),
    );
  });
});
