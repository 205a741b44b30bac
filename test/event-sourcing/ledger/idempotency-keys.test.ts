import { describe, expect, test } from '@jest/globals';
import { sealCommit } from '../../../src/event-sourcing/event.ts';
import { REMEMBERED_COMMITS } from '../../../src/event-sourcing/images/image.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { readAll } from '../../contracts/commits.ts';
import { FaultyEventStore } from '../../support/faulty-store.ts';
import { Node } from './node.ts';

const idempotency = { key: 'K', keyId: 'k1', digest: 'ab', matches: () => true };

/** A log of this length whose second commit has the key. */
async function logWithKey(length: number): Promise<MemoryDatabase> {
  const database = new MemoryDatabase();
  const store = new MemoryEventStore(database);
  const node = new Node(store);
  await node.createProject('p');
  await node.createProxy('p', 'once', { idempotency });
  const [, second] = await readAll(store, 'p');
  const [event] = second?.commit.events ?? [];
  if (!second || !event?.subject) throw new Error('the log is too short');
  const { set } = event.data as { set: object };
  const stem = event.subject.id.slice(0, -6);
  const { idempotency: _, ...commit } = second.commit;
  const log = [];
  let { hash } = second;
  for (let position = 3; position <= length; position += 1) {
    const subject = { name: `p${position}`, version: 1, id: `${stem}${1e5 + position}` };
    const data = { set: { ...set, name: subject.name } };
    const events = [{ type: 'ProxyConnectionCreated', v: 1, subject, data }];
    const sealed = sealCommit({ ...commit, position, commitId: `c${position}`, previousHash: hash, events });
    log.push(sealed);
    hash = sealed.hash;
  }
  await store.append(log);
  return database;
}

async function withKey(store: MemoryEventStore): Promise<number[]> {
  return (await readAll(store, 'p')).filter(({ commit }) => commit.idempotency).map(({ commit }) => commit.position);
}

describe('an idempotency key', () => {
  test('that is forgotten while its retry waits is found in the store', async () => {
    const store = new MemoryEventStore(await logWithKey(REMEMBERED_COMMITS + 1));
    const node = new Node(store);
    await node.image('p');
    const [other, ...retries] = await Promise.all([
      node.createProxy('p', 'other work'),
      node.createProxy('p', 'once again', { idempotency }),
      node.createProxy('p', 'and again', { idempotency }),
    ]);
    expect(other?.kind).toBe('appended');
    for (const retry of retries) expect(retry).toEqual({ kind: 'replayed', position: 2 });
    await node.createProxy('p', 'more work');
    expect(await node.createProxy('p', 'later', { idempotency })).toEqual({ kind: 'replayed', position: 2 });
    expect(await withKey(store)).toEqual([2]);
  });

  test('that the index does not tell in time is refused by the store, and then replayed', async () => {
    const store = new MemoryEventStore(await logWithKey(REMEMBERED_COMMITS + 2));
    const inner = store.findByIdempotencyKey.bind(store);
    let asked = 0;
    // As from a server that lags behind.
    store.findByIdempotencyKey = async (...args) => {
      asked += 1;
      return asked === 1 ? undefined : inner(...args);
    };
    expect(await new Node(store).createProxy('p', 'once again', { idempotency })).toEqual({
      kind: 'replayed',
      position: 2,
    });
    expect(await withKey(store)).toEqual([2]);
  });

  test('of a commit whose outcome is unknown, and that another commit has, is settled as lost', async () => {
    const database = await logWithKey(REMEMBERED_COMMITS + 2);
    const inner = new MemoryEventStore(database);
    const store = new FaultyEventStore(inner, [{ kind: 'lost-request' }]);
    const find = store.findByIdempotencyKey.bind(store);
    let asked = 0;
    store.findByIdempotencyKey = async (...args) => {
      asked += 1;
      return asked === 1 ? undefined : find(...args);
    };
    expect(await new Node(store).createProxy('p', 'again', { idempotency })).toEqual({ kind: 'replayed', position: 2 });
    expect(await withKey(inner)).toEqual([2]);
  });
});
