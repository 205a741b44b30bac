import { sealCommit } from '../../src/event-sourcing/event.ts';
import { SecretLifetimes } from '../../src/live/secret-lifetimes.ts';
import { MemoryDatabase } from '../../src/stores/memory.ts';
import { SLICE_MS } from '../../src/words/slices.ts';
import { Node, subjectOf } from '../event-sourcing/ledger/node.ts';
import { CountingStore } from '../support/counting-store.ts';

const anything = () => true;

/** A project `crm` with a proxy, whose password can be changed. */
async function started() {
  const database = new MemoryDatabase();
  const store = new CountingStore(database);
  const node = new Node(store);
  await node.createProject('crm');
  const id = subjectOf(await node.createProxy('crm', 'p'));
  const password = (secretRef: string) =>
    node.execute('crm', {
      type: 'UpdateProxy',
      id,
      set: { authType: 'BASIC', user: 'u', password: { secretRef } },
    });
  return { database, store, node, password };
}

/** Appends an event behind the newest commit, past all rules. */
async function forge(store: CountingStore, type: string, previousHash?: string): Promise<void> {
  const head = await store.head('crm');
  if (!head) throw new Error('there is no project');
  for await (const { commit } of store.read('crm', { after: head.position - 1 })) {
    const events = [{ type, v: 1, data: {} }];
    const next = { ...commit, position: head.position + 1, commitId: 'forged', events };
    await store.append([sealCommit({ ...next, previousHash: previousHash ?? head.hash })]);
    return;
  }
}

describe('the lifetimes of secrets', () => {
  test('are those of the log at its end, each time they are asked for', async () => {
    const { store, password } = await started();
    const lifetimes = new SecretLifetimes(store);
    await password('first');
    expect((await lifetimes.of('crm', anything))('first')).toEqual({});
    await password('second');
    const lifetimeOf = await lifetimes.of('crm', anything);
    expect(lifetimeOf('first')).toEqual({ forgottenAt: expect.any(String) });
    expect(lifetimeOf('second')).toEqual({});
    expect(lifetimeOf('third')).toBeUndefined();
  });

  test('are found without reading again what was read before', async () => {
    const { store, node, password } = await started();
    await password('first');
    for (let each = 0; each < 50; each += 1) await node.createProxy('crm', `p${each}`);
    const lifetimes = new SecretLifetimes(store);
    await lifetimes.of('crm', anything);
    store.commits = 0;
    await lifetimes.of('crm', anything);
    expect(store.commits).toBe(0);
    await node.createProxy('crm', 'one more');
    store.commits = 0;
    await lifetimes.of('crm', anything);
    // The one it had read last, to see that it is there still, and the one behind it.
    expect(store.commits).toBe(2);
  });

  test('of no project are told when its log has an event that nobody knows, and what came before it is not read again', async () => {
    const { store, password } = await started();
    await password('first');
    const lifetimes = new SecretLifetimes(store);
    await forge(store, 'FromTheFuture');
    await expect(lifetimes.of('crm', anything)).rejects.toThrow('position 4');
    store.commits = 0;
    await expect(lifetimes.of('crm', anything)).rejects.toThrow('position 4');
    expect(store.commits).toBeLessThanOrEqual(2);
  });

  test('are not told of a log whose chain is broken', async () => {
    const { store, password } = await started();
    await password('first');
    await forge(store, 'ProjectUpdated', 'f'.repeat(64));
    await expect(new SecretLifetimes(store).of('crm', anything)).rejects.toThrow('does not continue the chain');
  });

  test('are not told of a log of which the store gives less than there is', async () => {
    const { database, password } = await started();
    await password('first');
    const short = new (class extends CountingStore {
      override async *read(project: string) {
        yield* super.read(project, { upTo: 1 });
      }
    })(database);
    await expect(new SecretLifetimes(short).of('crm', anything)).rejects.toThrow('position 2');
  });

  test('are those of the log that is there when it was put back to an earlier one', async () => {
    const { database, store, node, password } = await started();
    await password('first');
    const lifetimes = new SecretLifetimes(store);
    await password('second');
    await lifetimes.of('crm', anything);
    database.commits.get('crm')?.pop();
    node.ledgers.stop();
    const lifetimeOf = await lifetimes.of('crm', anything);
    expect(lifetimeOf('first')).toEqual({});
    expect(lifetimeOf('second')).toBeUndefined();
  });

  test('are remembered of so many secrets at most: the project read longest ago is read again', async () => {
    const { store, node, password } = await started();
    await password('first');
    await node.createProject('other');
    const lifetimes = new SecretLifetimes(store, 0);
    await lifetimes.of('crm', anything);
    store.commits = 0;
    await lifetimes.of('crm', anything);
    expect(store.commits).toBe(3);
  });

  test('of no project without a commit are known', async () => {
    const { store } = await started();
    expect((await new SecretLifetimes(store).of('none', anything))('first')).toBeUndefined();
  });

  test('are looked for in slices, and not any more when it is told to stop', async () => {
    const { database, store, node } = await started();
    for (let each = 0; each < 20; each += 1) await node.createProxy('crm', `p${each}`);
    const slow = new (class extends CountingStore {
      override async *read() {
        for await (const sealed of store.read('crm')) {
          // Takes the whole slice for each.
          for (const until = performance.now() + SLICE_MS; performance.now() < until; );
          yield sealed;
        }
      }
    })(database);
    const stop = new AbortController();
    setImmediate(() => stop.abort(new Error('stopping')));
    await expect(new SecretLifetimes(slow).of('crm', anything, stop.signal)).rejects.toThrow('stopping');
  });
});
