import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonCodec, MapSection } from '../../../src/event-sourcing/tables/section.ts';
import { SortedMap } from '../../../src/event-sourcing/tables/sorted-map.ts';
import { storedSections } from '../../support/stored-sections.ts';

const codec = jsonCodec<number>();
const sections = (map: SortedMap<number>) => [new MapSection('map', map, codec)];
const restored = (first: SortedMap<number>, ...later: readonly SortedMap<number>[]) =>
  storedSections(sections(first), ...later.map(sections)).map('map', codec);

const byKey = ([a]: readonly [string, number], [b]: readonly [string, number]) => (a < b ? -1 : 1);
const key = fc.string({ unit: fc.constantFrom('a', 'b', '\u0000', '\n', 'é', '\u{1F600}'), maxLength: 4 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('set' as const), key, value: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fork' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('store' as const) }) },
);

describe('a sorted map', () => {
  test('agrees with a plain one, over leaves and changes that were stored too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key, fc.nat()), { maxLength: 300 }),
        fc.array(step, { maxLength: 80 }),
        fc.array(key, { minLength: 3, maxLength: 8 }),
        (pairs, steps, keys) => {
          // Each beside what was written last of it, if it came from a store.
          const maps = [
            { map: SortedMap.of(pairs), plain: new Map(pairs), times: [] as SortedMap<number>[] },
            { map: restored(SortedMap.of(pairs)), plain: new Map(pairs), times: [] as SortedMap<number>[] },
          ];
          for (const [at, each] of steps.entries()) {
            const one = maps[at % maps.length];
            if (!one) throw new Error('there is no map');
            if (each.kind === 'set') {
              one.map.set(each.key, each.value);
              one.plain.set(each.key, each.value);
            } else if (each.kind === 'delete') {
              one.map.delete(each.key);
              one.plain.delete(each.key);
            } else if (each.kind === 'fork') {
              maps.push({ map: one.map.fork(), plain: new Map(one.plain), times: [...one.times] });
            } else {
              const [first = SortedMap.of([...one.plain]), ...later] = [...one.times, one.map.fork()];
              one.map = restored(first, ...later);
              one.times = [one.map.fork()];
            }
          }
          for (const { map, plain } of maps) {
            const expected = [...plain].sort(byKey);
            expect(map.size).toBe(expected.length);
            expect([...map.ascending()]).toEqual(expected);
            expect([...map.values()]).toEqual(expected.map(([, value]) => value));
            expect([...map.descending()]).toEqual([...expected].reverse());
            for (const limit of keys) {
              expect(map.get(limit)).toBe(plain.get(limit));
              expect([...map.ascending(limit)]).toEqual(expected.filter(([each]) => each >= limit));
              expect([...map.descending(limit)]).toEqual(expected.filter(([each]) => each < limit).reverse());
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('tells what changed since an earlier copy, and nothing else', () => {
    for (const map of [SortedMap.of(PAIRS), restored(SortedMap.of(PAIRS))]) {
      const before = map.fork();
      expect(map.changesSince(before)).toEqual([]);
      map.set('k007', -1);
      map.set('new', 1);
      map.delete('k190');
      map.set('gone again', 1);
      map.delete('gone again');
      expect(map.changesSince(before)?.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual([
        ['k007', -1],
        ['k190', undefined],
        ['new', 1],
      ]);
      expect(before.changesSince(map)?.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual([
        ['k007', 7],
        ['k190', 190],
        ['new', undefined],
      ]);
      expect(map.changesSince(before, 3)).toHaveLength(3);
      expect(map.changesSince(before, 2)).toBeUndefined();
    }
  });

  test('has nothing in common with one that lies over other leaves', () => {
    expect(restored(SortedMap.of(PAIRS)).changesSince(restored(SortedMap.of(PAIRS)))).toBeUndefined();
  });

  test('reads only the leaves that it is asked for', () => {
    let read = 0;
    const counting = {
      ...codec,
      read: (text: string) => {
        read += 1;
        return codec.read(text, '');
      },
    };
    const map = storedSections(sections(SortedMap.of(PAIRS))).map('map', counting);
    expect(map.size).toBe(200);
    map.set('missing', 1);
    map.delete('missing');
    expect(read).toBe(0);
    expect(map.get('k100')).toBe(100);
    expect(read).toBeLessThanOrEqual(64);
  });
});

const PAIRS = Array.from({ length: 200 }, (_, at) => [`k${String(at).padStart(3, '0')}`, at] as const);
