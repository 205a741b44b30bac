import fc from 'fast-check';
import type { SealedCommit } from '../../../src/event-sourcing/event.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { logOf } from '../../contracts/commits.ts';
import { FaultyEventStore, randomFaults } from '../../support/faulty-store.ts';
import { ALL, CatalogueNode, entriesIn, KNOWN_TO_NOBODY } from './catalogue-node.ts';
import { Node } from './node.ts';

function start(database = new MemoryDatabase(), { shared = false } = {}) {
  const store = new FaultyEventStore(new MemoryEventStore(database, { shared }));
  const node = new CatalogueNode(store);
  return { database, store, node, catalogue: node.catalogue };
}

async function appendTo(database: MemoryDatabase, commits: readonly SealedCommit[]): Promise<void> {
  await new MemoryEventStore(database).append(commits);
}

describe('the repair of the catalogue', () => {
  test('completes it from the first commits of all logs, however many they are', async () => {
    const { database, catalogue, node } = start();
    const keys = Array.from({ length: 203 }, (_, n) => `p-${n}`);
    for (const key of keys) await appendTo(database, logOf(key, 1));
    await catalogue.add('p-7', KNOWN_TO_NOBODY);
    await catalogue.repair();
    expect(await catalogue.projects(ALL)).toEqual([...keys].sort());
    expect(node.opened).toEqual([]);
  });

  test('goes on from where it was, once the store is back', async () => {
    const { database, store, catalogue, node } = start();
    for (let n = 0; n < 3; n += 1) await appendTo(database, logOf(`p-${n}`, 1));
    store.goAway(2);
    await catalogue.repair();
    expect(await catalogue.count()).toBe(3);
    expect(node.warnings).toHaveLength(2);
  });

  test('lets the process end while the store is away', async () => {
    const { store, node, catalogue } = start();
    store.goAway(1_000_000);
    const repair = catalogue.repair();
    node.stopping.abort();
    await repair;
    expect(await catalogue.projects(ALL).catch((error: Error) => error.name)).toBe('StoreUnavailableError');
  });

  test('opens the ledgers alone whose entries are missing or late', async () => {
    const database = new MemoryDatabase();
    const before = start(database).node;
    const projects = ['missing', 'late', 'right', 'ungranted'];
    for (const project of projects) await before.createProject(project);
    for (const project of projects.slice(0, 3)) await before.grant(project, 'ada');
    await before.settled();
    const silent = new Node(new MemoryEventStore(database));
    const identity = 'https://id#grace';
    await silent.execute('late', { type: 'GrantAccess', kind: 'USER', identity, role: 'OWNER' });
    await silent.createProxy('right', 'changes nobody that may read');
    database.entries.delete('missing');
    const { node, catalogue } = start(database);
    await catalogue.repair();
    expect(node.opened.sort()).toEqual(['late', 'missing']);
    expect(await entriesIn(database)).toEqual({ missing: ['ada'], late: ['ada', 'grace'], right: ['ada'] });
    await catalogue.repair();
    expect(node.opened).toHaveLength(2);
  });

  test('leaves alone a project that is stopped', async () => {
    const { database, node, catalogue } = start();
    await node.createProject('crm');
    await node.grant('crm', 'ada');
    await node.settled();
    await appendTo(database, [...logOf('stopped', 1, () => ({ events: [{ type: 'AccessGranted', v: 1, data: {} }] }))]);
    await catalogue.repair();
    expect(await catalogue.projects(ALL)).toEqual(['crm', 'stopped']);
    expect(await entriesIn(database)).toEqual({ crm: ['ada'] });
  });
});

describe('an entry of a log that was replaced', () => {
  /** A project with so many grants, and its log behind the nodes' back. */
  async function granted(...subs: string[]) {
    const database = new MemoryDatabase();
    const { node } = start(database, { shared: true });
    await node.createProject('crm');
    for (const sub of subs) await node.grant('crm', sub);
    await node.settled();
    expect(await entriesIn(database)).toEqual({ crm: [...subs].sort() });
    const log = database.commits.get('crm') ?? [];
    return { database, node, log };
  }

  /** The same project as somebody made it elsewhere. */
  async function replaceBy(database: MemoryDatabase, ...subs: string[]): Promise<void> {
    const elsewhere = new MemoryDatabase();
    const { node } = start(elsewhere);
    await node.createProject('crm');
    for (const sub of subs) await node.grant('crm', sub);
    database.commits.set('crm', elsewhere.commits.get('crm') ?? []);
  }

  test.each([
    ['by a shorter one', ['eve']],
    ['by one of the same length', ['eve', 'mallory', 'trent']],
    ['by a longer one', ['eve', 'mallory', 'trent', 'walter']],
    ['by one in which nobody was granted anything', []],
  ])('%s is corrected by the ledger that notices it, and by a start', async (_, subs) => {
    for (const byStart of [false, true]) {
      const { database, node } = await granted('ada', 'grace', 'alan');
      await replaceBy(database, ...subs);
      const next = byStart ? start(database, { shared: true }).node : node;
      await (byStart ? next.catalogue.repair() : next.ledgers.viewAtHead('crm'));
      await next.settled();
      expect(await entriesIn(database)).toEqual(subs.length === 0 ? {} : { crm: [...subs].sort() });
      expect(await next.readers('crm')).toEqual([...subs].sort());
    }
  });

  test('that lost its newest commits is corrected, and what comes to stand in their place is noted', async () => {
    const { database, node, log } = await granted('ada', 'grace', 'alan');
    log.splice(2);
    await node.ledgers.viewAtHead('crm');
    await node.settled();
    expect(await entriesIn(database)).toEqual({ crm: ['ada'] });
    await node.grant('crm', 'eve');
    await node.settled();
    expect(await entriesIn(database)).toEqual({ crm: ['ada', 'eve'] });
  });
});

const SUBS = ['ada', 'grace', 'alan'];
const PROJECTS = ['crm', 'erp'];

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('grant', 'revoke'),
      node: fc.nat(1),
      project: fc.constantFrom(...PROJECTS),
      sub: fc.constantFrom(...SUBS),
    }),
  },
  fc.record({ kind: fc.constant('look'), node: fc.nat(1), project: fc.constantFrom(...PROJECTS) }),
  fc.record({ kind: fc.constant('crash'), node: fc.nat(1) }),
  fc.record({ kind: fc.constant('silence'), node: fc.nat(1), notes: fc.integer({ min: 1, max: 3 }) }),
);

/** A store whose entries are lost now and then, told or not. */
class Forgetful extends FaultyEventStore {
  silences = 0;

  override async noteCatalogueEntries(...given: Parameters<FaultyEventStore['noteCatalogueEntries']>): Promise<void> {
    if (this.silences <= 0) return super.noteCatalogueEntries(...given);
    this.silences -= 1;
    // As of a process that ends before it comes to it.
    return new Promise(() => {});
  }
}

test('after any history of grants on two nodes, with faults and crashes, a repaired catalogue says what the logs say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(), async (steps, seed) => {
      const database = new MemoryDatabase();
      const boot = (n: number) => {
        const inner = new MemoryEventStore(database, { shared: true });
        const store = new Forgetful(inner, [], randomFaults(seed + n));
        return { store, node: new CatalogueNode(store) };
      };
      let boots = 2;
      const nodes = [boot(0), boot(1)];
      const maker = new Node(new MemoryEventStore(database));
      for (const project of PROJECTS) await maker.createProject(project);
      for (const each of steps) {
        const { store, node } = nodes[each.node] as ReturnType<typeof boot>;
        if ('sub' in each) {
          // What a fault makes of it, the log says.
          const done = each.kind === 'grant' ? node.grant(each.project, each.sub) : node.revoke(each.project, each.sub);
          await done.catch(() => undefined);
        } else if ('project' in each) await node.ledgers.viewAtHead(each.project).catch(() => undefined);
        else if ('notes' in each) store.silences = each.notes;
        else {
          node.stopping.abort();
          node.ledgers.stop();
          nodes[each.node] = boot(boots);
          boots += 1;
        }
      }
      for (const { store, node } of nodes) {
        await store.landAll();
        node.stopping.abort();
        node.ledgers.stop();
      }
      const { node } = start(database, { shared: true });
      await node.catalogue.repair();
      const truth = new Node(new MemoryEventStore(database));
      for (const project of PROJECTS) {
        const { view } = await truth.image(project);
        const holding = [...view.grants.all()].filter(({ revokedAt }) => revokedAt === undefined);
        const readers = holding.map(({ identity }) => identity.replace('https://id#', '')).sort();
        expect(await node.readers(project)).toEqual(readers);
        for (const sub of SUBS) expect((await node.listed(sub)).includes(project)).toBe(readers.includes(sub));
      }
      node.ledgers.stop();
      truth.ledgers.stop();
    }),
    { numRuns: 40 },
  );
});
