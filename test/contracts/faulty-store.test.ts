import { describe, expect, test } from '@jest/globals';
import { StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';
import { MemoryEventStore } from '../../src/stores/memory.ts';
import { FaultyEventStore, randomFaults } from '../support/faulty-store.ts';
import { commitOf, logOf, positionsOf } from './commits.ts';

describe('an injected fault', () => {
  const log = logOf('p', 3);

  test('of a lost acknowledgement leaves everything stored', async () => {
    const store = new FaultyEventStore(new MemoryEventStore(), [{ kind: 'lost-acknowledgement' }]);
    expect(await store.append(log)).toMatchObject({ landed: 0, outcome: 'unknown' });
    expect(await positionsOf(store, 'p')).toEqual([1, 2, 3]);
    expect(await store.append(log)).toMatchObject({ landed: 3, outcome: 'all' });
  });

  test('of a late landing lands after reads have said that it is absent', async () => {
    const store = new FaultyEventStore(new MemoryEventStore(), [{ kind: 'late-landing', reads: 2 }]);
    expect(await store.append(log)).toMatchObject({ landed: 0, outcome: 'unknown' });
    expect(await store.head('p')).toBeUndefined();
    expect(await positionsOf(store, 'p')).toEqual([]);
    expect(await positionsOf(store, 'p')).toEqual([1, 2, 3]);
  });

  test('of a late landing changes nothing when another commit was faster', async () => {
    const store = new FaultyEventStore(new MemoryEventStore(), [{ kind: 'late-landing', reads: 5 }]);
    const other = commitOf('p', 1);
    await store.append(log);
    await store.append([other]);
    await store.landAll();
    expect(await store.head('p')).toEqual({ position: 1, hash: other.hash });
  });

  test('of a prefix stores the prefix, and tells it or not', async () => {
    for (const told of [true, false]) {
      const store = new FaultyEventStore(new MemoryEventStore(), [{ kind: 'prefix', stored: 2, told }]);
      expect(await store.append(log)).toMatchObject({ landed: told ? 2 : 0, outcome: 'unknown' });
      expect(await positionsOf(store, 'p')).toEqual([1, 2]);
    }
  });

  test('of a lost request stores nothing', async () => {
    const store = new FaultyEventStore(new MemoryEventStore(), [{ kind: 'lost-request' }]);
    expect(await store.append(log)).toMatchObject({ landed: 0, outcome: 'unknown' });
    expect(await store.head('p')).toBeUndefined();
  });

  test('of a rival takes the position first', async () => {
    const other = commitOf('p', 1);
    const store = new FaultyEventStore(new MemoryEventStore(), [{ kind: 'rival', commits: () => [other] }]);
    expect(await store.append(log)).toMatchObject({ landed: 0, outcome: 'conflict' });
    expect(await store.head('p')).toEqual({ position: 1, hash: other.hash });
  });

  test('of an error after success throws what no store promises', async () => {
    const store = new FaultyEventStore(new MemoryEventStore(), [{ kind: 'error-after-success' }]);
    await expect(store.append(log)).rejects.toThrow('a fault of the driver');
    expect(await positionsOf(store, 'p')).toEqual([1, 2, 3]);
  });

  test('of a store that is away ends after so many calls', async () => {
    const store = new FaultyEventStore(new MemoryEventStore(), [{ kind: 'away', calls: 3 }]);
    await expect(store.append(log)).rejects.toThrow(StoreUnavailableError);
    await expect(store.head('p')).rejects.toThrow(StoreUnavailableError);
    await expect(positionsOf(store, 'p')).rejects.toThrow(StoreUnavailableError);
    expect(await store.append(log)).toMatchObject({ landed: 3, outcome: 'all' });
  });

  test('at random is the same for the same seed', () => {
    const draw = (seed: number) => {
      const next = randomFaults(seed);
      return Array.from({ length: 50 }, () => next());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(new Set(draw(7).map((fault) => fault?.kind)).size).toBeGreaterThan(4);
  });

  test('at random never makes the store lie about what landed', async () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const inner = new MemoryEventStore();
      const store = new FaultyEventStore(inner, [], randomFaults(seed));
      const long = logOf('p', 60);
      let landed = 0;
      for (let attempt = 0; attempt < 400 && landed < long.length; attempt += 1) {
        const batch = long.slice(landed, landed + 3);
        const result = await store.append(batch).catch(() => ({ landed: 0, outcome: 'unknown' }));
        landed += result.landed;
        const head = (await inner.head('p'))?.position ?? 0;
        expect(head).toBeGreaterThanOrEqual(landed);
        await store.head('p').catch(() => undefined);
      }
      expect(landed).toBe(long.length);
      expect(await positionsOf(inner, 'p')).toEqual(long.map(({ commit }) => commit.position));
    }
  });
});
