import fc from 'fast-check';
import { type SubjectRange, subjectCommits } from '../../src/history/subject-commits.ts';
import { eventOf, logOf, positionsOf } from '../contracts/commits.ts';
import { CountingStore } from '../support/counting-store.ts';

const newest = { project: 'p', after: 0, direction: 'backwards' } as const;

/** Position n is about the resources that `about` names. */
async function storeOf(length: number, about: (position: number) => string[]): Promise<CountingStore> {
  const store = new CountingStore();
  await store.append(logOf('p', length, (n) => ({ events: about(n).map((subject) => eventOf('Changed', subject)) })));
  return store;
}

async function load(store: CountingStore, ranges: readonly SubjectRange[]): Promise<number[][]> {
  const loader = subjectCommits(store);
  const found = await Promise.all(ranges.map((range) => loader.load(range)));
  return found.map((commits) => commits.map(({ commit }) => commit.position));
}

describe('the histories of many resources', () => {
  test('are what each one read by itself is', async () => {
    const subjects = ['a', 'b', 'c', 'd', 'e'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.subarray(subjects), { maxLength: 60 }),
        fc.array(
          fc.record({
            project: fc.constantFrom('p', 'q'),
            subject: fc.constantFrom(...subjects, 'nobody'),
            direction: fc.constantFrom('forwards' as const, 'backwards' as const),
            after: fc.constantFrom(0, 3, 50),
            upTo: fc.constantFrom(60, 20, 2, 0),
            limit: fc.integer({ min: 0, max: 5 }),
          }),
          { maxLength: 12 },
        ),
        async (log, ranges) => {
          const store = await storeOf(log.length, (n) => log[n - 1] ?? []);
          const alone = await Promise.all(
            ranges.map(({ project, subject, ...range }) =>
              positionsOf(store, project, { ...range, where: { subjects: [subject] } }),
            ),
          );
          expect(await load(store, ranges)).toEqual(alone);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('cost one read of the store, however many they are', async () => {
    for (const count of [1, 10, 100]) {
      const store = await storeOf(count * 4, (n) => [`r${n % count}`]);
      const ranges = Array.from({ length: count }, (_, n) => ({ ...newest, subject: `r${n}`, upTo: 1_000, limit: 3 }));
      const found = await load(store, ranges);
      expect(found.every((positions) => positions.length === 3)).toBe(true);
      expect(store.reads).toBe(1);
    }
  });

  test('cost one read for every hundred of them', async () => {
    const store = await storeOf(250, (n) => [`r${n}`]);
    const ranges = Array.from({ length: 250 }, (_, n) => ({ ...newest, subject: `r${n + 1}`, upTo: 250, limit: 2 }));
    expect(await load(store, ranges)).toEqual(ranges.map((_, n) => [n + 1]));
    expect(store.reads).toBe(3);
  });

  test('cost one read more when some of them hide the others', async () => {
    const store = await storeOf(1_040, (n) => [n <= 40 ? `r${n % 20}` : `busy${n % 2}`]);
    const subjects = [...Array.from({ length: 20 }, (_, n) => `r${n}`), 'busy0', 'busy1'];
    const found = await load(
      store,
      subjects.map((subject) => ({ ...newest, subject, upTo: 1_040, limit: 2 })),
    );
    expect(found.every((positions) => positions.length === 2)).toBe(true);
    expect(store.reads).toBe(2);
    expect(store.commits).toBeLessThanOrEqual(2 * 2 * subjects.length);
  });

  test('never read a multiple of what is asked for, whatever hides what', async () => {
    // Each resource has so many commits that it hides all older ones.
    const store = await storeOf(2_000, (n) => [`r${Math.floor((n - 1) / 100)}`]);
    const ranges = Array.from({ length: 20 }, (_, n) => ({ ...newest, subject: `r${n}`, upTo: 2_000, limit: 5 }));
    const found = await load(store, ranges);
    expect(found.map(([first]) => first)).toEqual(ranges.map((_, n) => (n + 1) * 100));
    expect(found.every((positions) => positions.length === 5)).toBe(true);
    expect(store.commits).toBeLessThanOrEqual(3 * 20 * 5);
    expect(store.reads).toBeLessThanOrEqual(2 + 20);
  });
});
