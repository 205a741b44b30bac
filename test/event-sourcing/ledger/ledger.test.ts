import { sealCommit } from '../../../src/event-sourcing/event.ts';
import type { EventStore } from '../../../src/event-sourcing/event-store.ts';
import { newProxyId } from '../../../src/proxies/proxy-events.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { commitOf } from '../../contracts/commits.ts';
import type { EventStoreBench } from '../../contracts/event-store-context.ts';
import { MEMORY, mongoSubject, SQLITE } from '../../contracts/subjects.ts';
import { FAULTS, type Fault, FaultyEventStore } from '../../support/faulty-store.ts';
import { findMongo } from '../../support/mongo.ts';
import { ACTOR, Node, refusalsOf, subjectOf, whole } from './node.ts';

async function positions(store: EventStore, project: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { commit } of store.read(project)) found.push(commit.position);
  return found;
}

async function started(...script: Fault[]) {
  return startedOn(new MemoryEventStore(), ...script);
}

async function startedOn(inner: EventStore, ...script: Fault[]) {
  const store = new FaultyEventStore(inner);
  const node = new Node(store);
  await node.createProject('crm');
  store.script.push(...script);
  return { inner, store, node };
}

describe('group commit', () => {
  test('appends what comes together at once, each decided on what the one before left', async () => {
    const { inner, node } = await started();
    const answers = await Promise.all(['a', 'b', 'A ', 'c'].map((name) => node.createProxy('crm', name)));
    expect(answers.map(({ kind }) => kind)).toEqual(['appended', 'appended', 'refused', 'appended']);
    expect(await positions(inner, 'crm')).toEqual([1, 2, 3, 4]);
    const images = answers.flatMap((answer) => (answer.kind === 'appended' ? [answer.image.position] : []));
    expect(images).toEqual([2, 3, 4]);
  });

  test('a command whose secrets cannot be written fails alone', async () => {
    const { inner, node } = await started();
    const [bad, good] = await Promise.allSettled([
      node.createProxy('crm', 'bad', { prepare: () => Promise.reject(new Error('the disk is full')) }),
      node.createProxy('crm', 'good'),
    ]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'the disk is full' } });
    expect(good).toMatchObject({ status: 'fulfilled', value: { kind: 'appended' } });
    expect(await positions(inner, 'crm')).toEqual([1, 2]);
  });

  test('refuses what is too much to wait', async () => {
    const { node } = await started({ kind: 'slow', turns: 50 });
    const first = node.createProxy('crm', 'first');
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    const answers = await Promise.allSettled(
      Array.from({ length: 1_001 }, (_, index) => node.createProxy('crm', `p${index}`)),
    );
    expect((await first).kind).toBe('appended');
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { name: 'StoreUnavailableError' } }]);
  });
});

const mongo = await findMongo();
afterAll(async () => {
  if (!('skipped' in mongo)) await mongo.stop();
});

describe.each([MEMORY, SQLITE, mongoSubject(mongo)])('an outcome that is not known, on $name,', ({ open, skipped }) => {
  let bench: EventStoreBench;
  const testHere = skipped === undefined ? test : test.skip;
  beforeEach(async () => {
    if (skipped === undefined) bench = await open();
  });
  afterEach(() => bench?.close());

  testHere.each(FAULTS.map((fault) => [Object.values(fault).join(' '), fault] as const))(
    '%s, is settled: everything is stored once, and answered so',
    async (_, fault) => {
      const { inner, node } = await startedOn(bench.store, fault);
      const answers = await Promise.all(['a', 'b', 'c'].map((name) => node.createProxy('crm', name)));
      expect(answers.map(({ kind }) => kind)).toEqual(['appended', 'appended', 'appended']);
      expect(await positions(inner, 'crm')).toEqual([1, 2, 3, 4]);
      expect((await node.image('crm')).view.proxies.size('NAME of ACTIVE')).toBe(3);
    },
  );

  testHere(
    'is told as such when the store answers nothing but errors, and looked up before the next decision',
    async () => {
      const failing = Array.from({ length: 6 }, (): Fault => ({ kind: 'error-after-success' }));
      const { inner, node } = await startedOn(bench.store, ...failing);
      await expect(node.createProxy('crm', 'a')).rejects.toMatchObject({ name: 'OutcomeUnknownError' });
      expect(refusalsOf(await node.createProxy('crm', 'A'))).toEqual(['NAME_TAKEN']);
      expect(await positions(inner, 'crm')).toEqual([1, 2]);
    },
  );
});

describe('an outcome that is not known', () => {
  test('finds what its events refer to prepared whenever it may land', async () => {
    const { inner, store, node } = await started();
    store.script.push({ kind: 'lost-request' }, { kind: 'lost-request' });
    const heads: (number | undefined)[] = [];
    const prepare = async () => void heads.push((await inner.head('crm'))?.position);
    expect((await node.createProxy('crm', 'a', { prepare })).kind).toBe('appended');
    expect(heads).toEqual([1, 1, 1]);
  });

  test('a refusal decided on an append that lost its position is decided again', async () => {
    const { inner, store, node } = await started();
    store.script.push({
      kind: 'rival',
      commits: ({ commit }) => {
        const [event] = commit.events;
        const subject = { id: newProxyId('crm'), name: 'elsewhere', version: 1 };
        const { set: given } = (event?.data ?? {}) as { set?: object };
        const set = { ...given, name: 'elsewhere' };
        return [
          sealCommit({
            ...commit,
            commitId: 'rival',
            events: [{ type: 'ProxyConnectionCreated', v: 1, subject, data: { set } }],
          }),
        ];
      },
    });
    const [append, refusal] = await Promise.all([node.createProxy('crm', 'wanted'), node.createProxy('crm', 'WANTED')]);
    expect([append.kind, refusalsOf(refusal)]).toEqual(['appended', ['NAME_TAKEN']]);
    expect(await positions(inner, 'crm')).toEqual([1, 2, 3]);
    expect(store.met).toEqual(['rival']);
  });
});

describe('a store that is away', () => {
  test('fails what comes meanwhile, and is used again once it is back', async () => {
    const { inner, store, node } = await started();
    store.goAway(2);
    await expect(node.createProxy('crm', 'a')).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    await expect(node.createProxy('crm', 'a')).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    expect((await node.createProxy('crm', 'a')).kind).toBe('appended');
    expect(await positions(inner, 'crm')).toEqual([1, 2]);
  });
});

describe('idempotency keys', () => {
  const claim = (digest: string) => ({
    idempotency: {
      key: 'k',
      keyId: 'key',
      digest,
      matches: (recorded: { digest: string }) => recorded.digest === digest,
    },
  });

  test('answer the first commit again, to the same actor and for the same input', async () => {
    const { inner, node } = await started();
    await node.createProxy('crm', 'a', claim('one'));
    expect(await node.createProxy('crm', 'a', claim('one'))).toEqual({ kind: 'replayed', position: 2 });
    expect(await node.createProxy('crm', 'a', claim('other'))).toEqual({ kind: 'key-reused' });
    const other = { ...claim('one'), actor: { ...ACTOR, id: 'x-actor:b' } };
    expect(refusalsOf(await node.createProxy('crm', 'a', other))).toEqual(['NAME_TAKEN']);
    const restarted = new Node(inner);
    expect(await restarted.createProxy('crm', 'a', claim('one'))).toEqual({ kind: 'replayed', position: 2 });
    expect(await positions(inner, 'crm')).toEqual([1, 2]);
  });
});

describe('looking at a log', () => {
  test('of the past, by position and by time', async () => {
    const { node } = await started();
    const first = await node.createProxy('crm', 'a');
    await node.createProxy('crm', 'b');
    const then = await node.ledgers.viewAsOf('crm', { position: 2 });
    expect(then?.view.proxies.size('NAME of ACTIVE')).toBe(1);
    if (first.kind !== 'appended') throw new Error(first.kind);
    expect((await node.ledgers.viewAsOf('crm', { time: '2999-01-01T00:00:00.000Z' }))?.position).toBe(3);
    expect((await node.ledgers.viewAsOf('crm', { time: '9999-12-31T23:59:59.999Z' }))?.position).toBe(3);
    expect((await node.ledgers.viewAsOf('crm', { time: '9999-12-31T23:59:59.998Z' }))?.position).toBe(3);
    expect(await node.ledgers.viewAsOf('crm', { time: '2000-01-01T00:00:00.000Z' })).toBeUndefined();
    expect(await node.ledgers.viewAsOf('crm', { position: 0 })).toBeUndefined();
    expect(await node.ledgers.viewAsOf('nobody', { position: 1 })).toBeUndefined();
    await expect(node.ledgers.viewAsOf('crm', { position: 4 })).rejects.toMatchObject({ name: 'BeyondHeadError' });
  });

  test('with an event that no decoder knows stops that project alone, and says where', async () => {
    const { inner, node } = await started();
    await node.createProject('other');
    const image = await node.image('crm');
    const poison = sealCommit({
      ...commitOf('crm', 2, { previousHash: image.hash }).commit,
      events: [{ type: 'ProxyPainted', v: 1, data: {} }],
    });
    await inner.append([poison]);
    const restarted = new Node(inner);
    await expect(restarted.ledgers.view('crm')).rejects.toMatchObject({ name: 'UndecodableEventError', position: 2 });
    await expect(restarted.createProxy('crm', 'a')).rejects.toThrow(/position 2/);
    expect((await restarted.createProxy('other', 'a')).kind).toBe('appended');
    expect((await restarted.ledgers.viewAsOf('other', { position: 1 }))?.position).toBe(1);
  });

  test('waits for a position that is to come', async () => {
    const { node } = await started();
    const waiting = node.ledgers.view('crm', 2);
    await node.createProxy('crm', 'a');
    expect((await waiting)?.position).toBe(2);
  });
});

describe('two nodes on one store', () => {
  const pair = async (database = new MemoryDatabase()) => {
    const store = () => new MemoryEventStore(database, { shared: true });
    const nodes: [Node, Node] = [new Node(store()), new Node(store())];
    await nodes[0].createProject('crm');
    return nodes;
  };

  test('a name is won once, however they race', async () => {
    const [one, two] = await pair();
    for (let round = 0; round < 50; round += 1) {
      const answers = await Promise.all([one, two, one, two].map((node) => node.createProxy('crm', `name ${round}`)));
      expect(answers.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
      expect(answers.flatMap(refusalsOf)).toEqual(['NAME_TAKEN', 'NAME_TAKEN', 'NAME_TAKEN']);
    }
    expect((await one.image('crm')).hash).toBe((await two.image('crm')).hash);
  });

  test('a name that one frees can be taken on the other at once', async () => {
    const [one, two] = await pair();
    let holder = subjectOf(await one.createProxy('crm', 'the name'));
    for (let round = 0; round < 50; round += 1) {
      const [deleting, taking] = round % 2 ? [one, two] : [two, one];
      const deleted = await deleting.execute('crm', { type: 'DeleteProxy', id: holder, failIfInUse: false });
      expect(deleted.kind).toBe('appended');
      holder = subjectOf(await taking.createProxy('crm', 'the name'));
    }
  });

  test('a suffix that was rolled back is forgotten, and so is its past', async () => {
    const database = new MemoryDatabase();
    const [one] = await pair(database);
    for (const name of ['a', 'b', 'c']) await one.createProxy('crm', name);
    await one.ledgers.viewAsOf('crm', { position: 3 });
    database.commits.get('crm')?.splice(2);
    const fresh = new Node(new MemoryEventStore(database, { shared: true }));
    for (const name of ['d', 'e', 'f', 'g']) await fresh.createProxy('crm', name);

    expect(whole(await one.image('crm'))).toBe(whole(await fresh.image('crm')));
    expect(one.alarms).toEqual([expect.stringMatching(/built anew/)]);
    const [seen, stored] = await Promise.all([one, fresh].map((node) => node.ledgers.viewAsOf('crm', { position: 3 })));
    expect(seen && whole(seen)).toBe(stored && whole(stored));
  });

  test('no-ops and refusals are true at the head', async () => {
    const [one, two] = await pair();
    const id = subjectOf(await one.createProxy('crm', 'p'));
    await two.execute('crm', { type: 'UpdateProxy', id, set: { host: 'second' } });
    const back = await one.execute('crm', { type: 'UpdateProxy', id, set: { host: 'h' } });
    expect(back.kind).toBe('appended');
    const stale = await two.execute('crm', { type: 'UpdateProxy', id, set: { host: 'x' }, expectedVersion: 2 });
    expect(refusalsOf(stale)).toEqual(['VERSION_CONFLICT']);
  });
});

describe('a key older than what is remembered', () => {
  test('is found by its index, and answers the first commit', async () => {
    const inner = new MemoryEventStore();
    const node = new Node(inner);
    await node.createProject('crm');
    const claim = {
      idempotency: {
        key: 'old',
        keyId: 'key',
        digest: 'd',
        matches: ({ digest }: { digest: string }) => digest === 'd',
      },
    };
    const id = subjectOf(await node.createProxy('crm', 'p', claim));
    for (let count = 0; count < 10_050; count += 50) {
      const edits = Array.from({ length: 50 }, (_, index) => `h${count + index}`);
      await Promise.all(edits.map((host) => node.execute('crm', { type: 'UpdateProxy', id, set: { host } })));
    }
    expect((await node.image('crm')).recall(ACTOR.id, 'old')).toBeUndefined();
    expect(await node.createProxy('crm', 'p', claim)).toEqual({ kind: 'replayed', position: 2 });
    expect((await new Node(inner).createProxy('crm', 'p', claim)).kind).toBe('replayed');
  }, 60_000);
});
