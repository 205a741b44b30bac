import { jest } from '@jest/globals';
import { type EventStore, StoreUnavailableError } from '../../../src/event-sourcing/event-store.ts';
import { type Followed, Follower } from '../../../src/event-sourcing/ledger/follower.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { CountingStore } from '../../support/counting-store.ts';
import { Node } from './node.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a follower', () => {
  function following(lastUsed = Number.NEGATIVE_INFINITY) {
    const reads: string[] = [];
    const alarms: string[] = [];
    const hints = new Map<string, string>();
    const known = new Set<string>();
    let asked = 0;
    let fault: Error | undefined;
    const followed = ['p', 'q'].map(
      (project): Followed => ({
        lastUsed,
        ledger: {
          project,
          position: 1,
          knows: (hash) => known.has(hash),
          catchUp: async () => {
            reads.push(project);
            if (fault) throw fault;
          },
        },
      }),
    );
    const store: Pick<EventStore, 'headHints'> = {
      headHints: async () => {
        asked += 1;
        if (fault) throw fault;
        return hints;
      },
    };
    const follower = new Follower(
      store,
      () => followed,
      (message) => void alarms.push(message),
    );
    const pass = async (ms: number) => {
      await jest.advanceTimersByTimeAsync(ms);
      return reads.splice(0);
    };
    const fail = (error: Error | undefined) => {
      fault = error;
    };
    return { hints, known, pass, fail, alarms, follower, asked: () => asked };
  }

  test('reads nothing of logs that nobody uses and no hint speaks of, for half a minute', async () => {
    const { pass, asked, follower } = following();
    expect(await pass(29_000)).toEqual([]);
    expect(asked()).toBeLessThan(50);
    expect((await pass(5_000)).sort()).toEqual(['p', 'q']);
    follower.stop();
  });

  test('reads a log once for each hint that it does not know', async () => {
    const { hints, known, pass, follower } = following();
    hints.set('p', 'one');
    expect(await pass(1_000)).toEqual(['p']);
    expect(await pass(2_000)).toEqual([]);
    known.add('own');
    hints.set('p', 'own');
    expect(await pass(2_000)).toEqual([]);
    hints.set('p', 'two').set('q', 'three');
    expect((await pass(1_000)).sort()).toEqual(['p', 'q']);
    follower.stop();
  });

  test('reads what is in use at each look, whatever the hints say', async () => {
    const { pass, follower } = following(performance.now());
    expect((await pass(4_000)).filter((project) => project === 'p').length).toBeGreaterThanOrEqual(4);
    await pass(2_000);
    expect(await pass(2_000)).toEqual([]);
    follower.stop();
  });

  test('reads every log while there are no hints, and tells of a fault that no store promises', async () => {
    const { pass, fail, alarms, follower } = following();
    fail(new StoreUnavailableError('away'));
    expect(new Set(await pass(2_000))).toEqual(new Set(['p', 'q']));
    expect(alarms).toEqual([]);
    fail(new Error('a fault of the driver'));
    await pass(1_000);
    expect(new Set(alarms)).toEqual(
      new Set(['the hints at logs that grew are not read', 'a project cannot be followed']),
    );
    follower.stop();
  });

  test('stops', async () => {
    const { pass, asked, follower } = following();
    follower.stop();
    await pass(60_000);
    expect(asked()).toBe(0);
  });
});

describe('ledgers that other processes write to', () => {
  test('are followed though the wall clock of the node was set back', async () => {
    const database = new MemoryDatabase();
    const [here, there] = [1, 2].map(() => new Node(new MemoryEventStore(database, { shared: true })));
    if (!here || !there) throw new Error('there are no nodes');
    await there.createProject('crm');
    await here.image('crm');
    let woken = 0;
    const tail = await here.ledgers.tail('crm', () => {
      woken += 1;
    });
    await jest.advanceTimersByTimeAsync(10_000);
    jest.setSystemTime(Date.now() - 3_600_000);
    await there.createProxy('crm', 'a');
    await jest.advanceTimersByTimeAsync(1_000);
    expect([(await here.ledgers.view('crm'))?.position, tail.current().position, woken]).toEqual([2, 2, 1]);
    tail.leave();
  });

  test('cost one question when they are idle, however many there are', async () => {
    const database = new MemoryDatabase();
    const writer = new Node(new MemoryEventStore(database));
    const store = new CountingStore(database, { shared: true });
    const node = new Node(store);
    for (let count = 0; count < 50; count += 1) {
      await writer.createProject(`p${count}`);
      await node.image(`p${count}`);
    }
    await jest.advanceTimersByTimeAsync(6_000);
    store.reads = 0;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(store.reads).toBe(0);
    await writer.createProxy('p7', 'a');
    await jest.advanceTimersByTimeAsync(1_000);
    expect([store.reads, (await node.ledgers.view('p7'))?.position]).toEqual([1, 2]);
  });
});
