import { jest } from '@jest/globals';
import { sealCommit } from '../../../src/event-sourcing/event.ts';
import { type CommitRange, StoreUnavailableError } from '../../../src/event-sourcing/event-store.ts';
import { changeFeed, type FedChange } from '../../../src/history/change-feed.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { CountingStore } from '../../support/counting-store.ts';
import { Node, refusalsOf, whole } from './node.ts';

/** A node that made project crm with proxies, and the log behind its back. */
async function started(...proxies: string[]) {
  const database = new MemoryDatabase();
  const open = () => new MemoryEventStore(database, { shared: true });
  const node = new Node(open());
  await node.createProject('crm');
  for (const name of proxies) await node.createProxy('crm', name);
  const log = database.commits.get('crm') ?? [];
  const keep = (count: number) => void log.splice(count);
  const positions = () => log.map(({ index }) => index.position);
  return { database, open, node, log, keep, positions };
}

async function tell(node: Node, store: MemoryEventStore, start?: { position: number; index?: number }) {
  const ended = new AbortController();
  const sight = () => 'everything' as const;
  const request = { project: 'crm', start, match: {}, sight, signal: ended.signal };
  const told: FedChange[] = [];
  const feed = changeFeed({ store, ledgers: node.ledgers }, request);
  const end = (async () => {
    for await (const change of feed) told.push(change);
  })();
  // Whoever looks at it later is told.
  end.catch(() => undefined);
  return { told, end, stop: () => ended.abort() };
}

const turns = async (count: number) => {
  for (let n = 0; n < count; n += 1) await new Promise(setImmediate);
};

describe('a log that got shorter behind an image', () => {
  test('is read again from its beginning, with an alarm', async () => {
    const { node, open, keep } = await started('one', 'two', 'three');
    keep(2);
    expect(whole(await node.image('crm'))).toBe(whole(await new Node(open()).image('crm')));
    expect(node.alarms).toEqual([expect.stringMatching(/shorter or was replaced.*built anew/)]);
  });

  test('decides no command: a name that only the lost commits took is free, and no position is left out', async () => {
    const { node, open, keep, positions } = await started('one', 'two', 'three');
    keep(2);
    expect((await node.createProxy('crm', 'three')).kind).toBe('appended');
    keep(1);
    expect(refusalsOf(await node.createProxy('crm', 'three'))).toEqual([]);
    expect(positions()).toEqual([1, 2]);
    expect((await new Node(open()).createProxy('crm', 'four')).kind).toBe('appended');
    expect((await node.createProxy('crm', 'five')).kind).toBe('appended');
    expect(positions()).toEqual([1, 2, 3, 4]);
  });

  test('ends as a project when nothing is left of it', async () => {
    const { node, keep, database } = await started('one');
    keep(0);
    database.commits.delete('crm');
    expect(await node.ledgers.viewAtHead('crm')).toBeUndefined();
    expect((await node.createProject('crm')).kind).toBe('appended');
  });

  test('is not taken for shorter when a server answers less than another one has', async () => {
    const { database, node } = await started('one', 'two');
    class Lagging extends MemoryEventStore {
      upTo = Number.POSITIVE_INFINITY;
      override read(project: string, range: CommitRange = {}) {
        return super.read(project, { ...range, upTo: Math.min(range.upTo ?? this.upTo, this.upTo) });
      }
    }
    const store = new Lagging(database, { shared: true });
    const behind = new Node(store);
    const before = await behind.image('crm');
    store.upTo = 2;
    await expect(behind.image('crm')).rejects.toThrow(StoreUnavailableError);
    expect(behind.alarms).toEqual([]);
    store.upTo = 9;
    await node.createProxy('crm', 'three');
    expect((await behind.image('crm')).position).toBe(before.position + 1);
  });
});

describe('a log that was replaced behind an image', () => {
  test('shows nothing of what was: neither now nor in the past', async () => {
    const { node, open, keep } = await started('one', 'two', 'three');
    await node.ledgers.viewAsOf('crm', { position: 3 });
    keep(2);
    const other = new Node(open());
    for (const name of ['4', '5', '6']) await other.createProxy('crm', name);
    expect((await node.image('crm')).hash).toBe((await other.image('crm')).hash);
    for (const position of [3, 4, 5]) {
      const [seen, stored] = await Promise.all([node, other].map((at) => at.ledgers.viewAsOf('crm', { position })));
      expect(seen?.hash).toBe(stored?.hash);
    }
  });

  test('answers for a past that got lost that there is none, and reads again', async () => {
    const { node, open, keep } = await started('one', 'two', 'three', 'four');
    keep(2);
    await expect(node.ledgers.viewAsOf('crm', { position: 4 })).rejects.toMatchObject({ wanted: 4, head: 2 });
    expect((await node.ledgers.view('crm'))?.hash).toBe((await new Node(open()).image('crm')).hash);
  });
});

describe('a feed', () => {
  test('ends behind what got lost, in the words for a position beyond the head', async () => {
    const { node, open, keep } = await started('one', 'two', 'three');
    const store = open();
    const feed = await tell(node, store, { position: 0 });
    await turns(10);
    expect(feed.told).toHaveLength(4);
    keep(2);
    await node.image('crm');
    await expect(feed.end).rejects.toThrow('position 4 is beyond the head of the log, which is at 2');
  });

  test('ends behind what was replaced, at the same position as well as before a higher one', async () => {
    for (const more of [['4'], ['4', '5', '6']]) {
      const { node, open, keep } = await started('one', 'two');
      const feed = await tell(node, open());
      await turns(10);
      keep(2);
      const other = new Node(open());
      for (const name of more) await other.createProxy('crm', name);
      await node.image('crm');
      await expect(feed.end).rejects.toThrow(`position 3 is beyond the head of the log, which was replaced`);
      expect(feed.told).toEqual([]);
    }
  });

  test('before the loss goes on', async () => {
    const { node, open, keep } = await started('one', 'two', 'three');
    const other = new Node(open());
    const feed = await tell(other, open(), { position: 1 });
    // It was told of nothing that got lost: its node had not seen that yet.
    keep(2);
    await turns(10);
    const behind = await tell(node, open(), { position: 1, index: 0 });
    await node.image('crm');
    await node.createProxy('crm', 'new');
    await Promise.all([node, other].map((at) => at.image('crm')));
    await turns(10);
    for (const { told, stop } of [feed, behind]) {
      expect(told.map(({ recorded }) => recorded.event.subject?.name)).toEqual(['one', 'new']);
      stop();
    }
  });
});

describe('a log whose chain does not fit', () => {
  test('stops its project, and says where', async () => {
    const { log, open } = await started('one', 'two', 'three', 'four');
    log.splice(2, 2);
    const node = new Node(open());
    await expect(node.ledgers.view('crm')).rejects.toMatchObject({ name: 'BrokenChainError', position: 5 });
    await expect(node.createProxy('crm', 'a')).rejects.toThrow('project crm is stopped at position 5');
    expect(node.alarms).toHaveLength(1);
  });

  test('is looked at again at most once in 30 s, and goes on once it is whole', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    try {
      const { database, node, log } = await started('one', 'two', 'three');
      const lost = log.splice(2, 1);
      const store = new CountingStore(database, { shared: true });
      const behind = new Node(store);
      for (let tries = 0; tries < 20; tries += 1) {
        await expect(behind.image('crm')).rejects.toThrow('stopped at position 4');
        await jest.advanceTimersByTimeAsync(1_000);
      }
      expect(store.reads).toBe(1);
      log.splice(2, 0, ...lost);
      await jest.advanceTimersByTimeAsync(11_000);
      expect(whole(await behind.image('crm'))).toBe(whole(await node.image('crm')));
    } finally {
      jest.useRealTimers();
    }
  });

  test('stops it behind an image too, when it goes on with another chain', async () => {
    const { database, node, log } = await started('one');
    const [, last] = log;
    if (!last) throw new Error('there is no commit');
    const image = await node.image('crm');
    const foreign = sealCommit({
      ...JSON.parse(Buffer.from(last.body).toString()),
      position: 3,
      commitId: 'foreign',
      previousHash: 'f'.repeat(64),
    });
    await new MemoryEventStore(database, { shared: true }).append([foreign]);
    await expect(node.image('crm')).rejects.toMatchObject({ name: 'BrokenChainError', position: 3 });
    expect(image.position).toBe(2);
  });
});
