import { jest } from '@jest/globals';
import type { SealedCommit } from '../../../src/event-sourcing/event.ts';
import type { AppendResult, CommitRange, EventStore } from '../../../src/event-sourcing/event-store.ts';
import { Turns } from '../../../src/event-sourcing/ledger/turns.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { Node, refusalsOf, subjectOf } from './node.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Lets this time pass in steps short enough for what goes on between them. */
async function pass(ms: number, step = 25): Promise<void> {
  for (let passed = 0; passed < ms; passed += step) {
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    await jest.advanceTimersByTimeAsync(step);
  }
  await new Promise(setImmediate);
}

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** What came of it, once it did. */
function fateOf(answer: Promise<{ readonly kind: string }>): { told?: string } {
  const fate: { told?: string } = {};
  answer.then(
    ({ kind }) => {
      fate.told = kind;
    },
    ({ name }: Error) => {
      fate.told = name;
    },
  );
  return fate;
}

const claimed = (key: string) => ({ idempotency: { key, keyId: 'k', digest: 'd', matches: () => true } });

async function positions(store: EventStore): Promise<number[]> {
  const found: number[] = [];
  for await (const { commit } of store.read('crm')) found.push(commit.position);
  return found;
}

describe('a command that loses every race', () => {
  test('is told after 10 s that nothing was appended', async () => {
    const database = new MemoryDatabase();
    const rival = new Node(new MemoryEventStore(database, { shared: true }));
    let races = 0;
    class Losing extends MemoryEventStore {
      override async append(commits: readonly SealedCommit[]): Promise<AppendResult> {
        await later(50);
        races += 1;
        await rival.createProxy('crm', `rival ${races}`);
        return super.append(commits);
      }
    }
    await rival.createProject('crm');
    const node = new Node(new Losing(database, { shared: true }));
    const fate = fateOf(node.createProxy('crm', 'mine'));
    await pass(9_500);
    expect(fate.told).toBeUndefined();
    await pass(1_000);
    expect(fate.told).toBe('StoreUnavailableError');
    const reached = races;
    expect(reached).toBeGreaterThan(100);
    await pass(5_000);
    expect(races).toBe(reached);
    expect((await rival.image('crm')).position).toBe(1 + races);
  });

  test('ends when it loses to commits that no read shows', async () => {
    let appends = 0;
    class Refusing extends MemoryEventStore {
      isRefusing = false;
      override async append(commits: readonly SealedCommit[]): Promise<AppendResult> {
        if (!this.isRefusing) return super.append(commits);
        appends += 1;
        return { landed: 0, outcome: 'conflict' };
      }
    }
    const store = new Refusing(new MemoryDatabase(), { shared: true });
    const node = new Node(store);
    await node.createProject('crm');
    store.isRefusing = true;
    const fate = fateOf(node.createProxy('crm', 'a'));
    await pass(1_000);
    expect(fate.told).toBe('StoreUnavailableError');
    expect(appends).toBe(5);
    expect(node.alarms).toEqual(['appends lose their position to commits that no read shows']);
    store.isRefusing = false;
    expect((await node.createProxy('crm', 'a')).kind).toBe('appended');
  });
});

describe('a command that could not be tried in time', () => {
  test('is not appended later, though its preparation ends', async () => {
    const store = new MemoryEventStore();
    const node = new Node(store);
    await node.createProject('crm');
    const fate = fateOf(node.createProxy('crm', 'slow', { prepare: () => later(15_000) }));
    await pass(11_000);
    expect(fate.told).toBe('StoreUnavailableError');
    await pass(10_000);
    expect(await positions(store)).toEqual([1]);
    expect((await node.createProxy('crm', 'slow')).kind).toBe('appended');
  });
});

describe('while it is not known whether a commit is stored', () => {
  class Silent extends MemoryEventStore {
    isSilent = false;
    override async append(commits: readonly SealedCommit[]): Promise<AppendResult> {
      if (!this.isSilent) return super.append(commits);
      return { landed: 0, outcome: 'unknown', cause: new Error('no answer') };
    }
  }

  test.each([false, true])('its key is told so again, and nobody else (store shared: %s)', async (shared) => {
    const store = new Silent(new MemoryDatabase(), { shared });
    const node = new Node(store);
    await node.createProject('crm');
    store.isSilent = true;
    const first = fateOf(node.createProxy('crm', 'a', claimed('K')));
    await pass(10_100);
    expect(first.told).toBe('OutcomeUnknownError');
    const others = [claimed('K'), claimed('L'), {}].map((more) => fateOf(node.createProxy('crm', 'a', more)));
    await pass(10_100);
    expect(others.map(({ told }) => told)).toEqual([
      'OutcomeUnknownError',
      'StoreUnavailableError',
      'StoreUnavailableError',
    ]);
    store.isSilent = false;
    await pass(2_000);
    const again = fateOf(node.createProxy('crm', 'a', claimed('K')));
    await pass(1_000);
    expect(again.told).toBe('replayed');
    expect(await positions(store)).toEqual([1, 2]);
  });

  test('an append that was sent just before the deadline has a moment to tell', async () => {
    class Slow extends MemoryEventStore {
      takes = 0;
      override async append(commits: readonly SealedCommit[]): Promise<AppendResult> {
        if (this.takes > 0) await later(this.takes);
        return super.append(commits);
      }
    }
    const store = new Slow();
    const node = new Node(store);
    await node.createProject('crm');
    store.takes = 9_500;
    const fates = [fateOf(node.createProxy('crm', 'first'))];
    await pass(100);
    fates.push(fateOf(node.createProxy('crm', 'second')));
    await pass(9_500);
    store.takes = 0;
    expect(fates.map(({ told }) => told)).toEqual(['appended', undefined]);
    await pass(1_000);
    expect(fates[1]?.told).toBeUndefined();
    await pass(2_000);
    expect(fates[1]?.told).toBe('OutcomeUnknownError');
    await pass(10_000);
    expect(await positions(store)).toEqual([1, 2, 3]);
  });
});

describe('an answer without an append', () => {
  /** Answers reads from what it had, as a primary does that was deposed unawares; only to a look it does not lie. */
  class Deposed extends MemoryEventStore {
    upTo = Number.POSITIVE_INFINITY;
    looks = 0;
    override read(project: string, range: CommitRange = {}) {
      return super.read(project, { ...range, upTo: Math.min(range.upTo ?? this.upTo, this.upTo) });
    }
    override async hasCommitAt(project: string, position: number) {
      this.looks += 1;
      if (this.looks === 3) this.upTo = Number.POSITIVE_INFINITY;
      return super.hasCommitAt(project, position);
    }
  }

  const stale = async () => {
    const database = new MemoryDatabase();
    const store = new Deposed(database, { shared: true });
    const [here, there] = [new Node(store), new Node(new MemoryEventStore(database, { shared: true }))];
    await here.createProject('crm');
    const id = subjectOf(await here.createProxy('crm', 'the name', claimed('K')));
    return { store, here, there, id };
  };
  const settled = async <T>(answer: Promise<T>): Promise<T> => {
    await pass(1_000);
    return answer;
  };

  test('is not given on what a deposed primary still has', async () => {
    const { store, here, there, id } = await stale();
    await there.execute('crm', { type: 'DeleteProxy', id, failIfInUse: false });
    store.upTo = 2;
    const taken = await settled(here.createProxy('crm', 'the name'));
    expect([taken.kind, store.looks]).toEqual(['appended', 4]);
  });

  test('costs one look for all commands that came together, and none beside an append', async () => {
    const { store, here } = await stale();
    const together = await Promise.all([1, 2, 3].map(() => here.createProxy('crm', 'the name')));
    expect(together.map(refusalsOf)).toEqual([['NAME_TAKEN'], ['NAME_TAKEN'], ['NAME_TAKEN']]);
    expect(store.looks).toBe(1);
    const beside = await Promise.all(['the name', 'other', 'other'].map((name) => here.createProxy('crm', name)));
    expect(beside.map(({ kind }) => kind)).toEqual(['refused', 'appended', 'refused']);
    expect(store.looks).toBe(1);
    expect((await here.createProxy('crm', 'the name', claimed('K'))).kind).toBe('replayed');
    expect(store.looks).toBe(2);
  });
});

describe('nodes that write one project', () => {
  test('each get a tenth of it and more', async () => {
    const database = new MemoryDatabase();
    let running = true;
    class Far extends MemoryEventStore {
      override async append(commits: readonly SealedCommit[]) {
        await later(2);
        const result = await super.append(commits);
        await later(2);
        return result;
      }
      override async *read(project: string, range?: CommitRange) {
        await later(2);
        yield* super.read(project, range);
        await later(2);
      }
    }
    const nodes = [1, 2, 3, 4].map(() => new Node(new Far(database, { shared: true })));
    const made = fateOf(nodes[0]?.createProject('crm') ?? Promise.reject(new Error('there is no node')));
    await pass(100);
    expect(made.told).toBe('appended');
    const shares = nodes.map(() => 0);
    const writers = [1, 2, 3, 4].flatMap((writer) =>
      nodes.map(async (node, at) => {
        for (let count = 0; running; count += 1) {
          await node.createProxy('crm', `${at} ${writer} ${count}`);
          shares[at] = (shares[at] ?? 0) + 1;
        }
      }),
    );
    await pass(1_200, 1);
    running = false;
    await pass(300, 1);
    await Promise.all(writers);
    const all = shares.reduce((sum, share) => sum + share, 0);
    for (const share of shares) expect(share / all).toBeGreaterThanOrEqual(0.1);
  }, 30_000);

  test('rest for one round trip after many appends in a row, and only then', () => {
    const turns = new Turns();
    const append = (isWin: boolean) => {
      const begun = performance.now();
      jest.advanceTimersByTime(5);
      turns.appended(isWin, begun);
      return turns.pause();
    };
    const run = (count: number) => Array.from({ length: count }, () => append(true));
    const pausesOf = (pauses: readonly number[]) => pauses.flatMap((pause, at) => (pause > 0 ? [[at, pause]] : []));
    const alone = pausesOf(run(64));
    const lost = append(false);
    const beside = pausesOf(run(16));
    expect([alone, lost, beside]).toEqual([
      [
        [31, 5],
        [63, 5],
      ],
      0,
      [
        [7, 5],
        [15, 5],
      ],
    ]);
    run(7);
    jest.advanceTimersByTime(5);
    expect(turns.pause()).toBe(0);
    expect(append(true)).toBe(0);
  });
});
