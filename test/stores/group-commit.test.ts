import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AppendResult } from '../../src/event-sourcing/event-store.ts';
import { StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';
import { type CommitRow, rowOf } from '../../src/stores/sqlite/commit-rows.ts';
import { GroupCommit } from '../../src/stores/sqlite/group-commit.ts';
import { logOf } from '../contracts/commits.ts';

type Appends = readonly (readonly CommitRow[])[];

const rowsOf = (project: string, bytes = 0): readonly CommitRow[] =>
  logOf(project, 1).map((sealed) => ({ ...rowOf(sealed), ...(bytes > 0 && { body: new Uint8Array(bytes) }) }));

const projectsOf = (appends: Appends) => appends.map(([first]) => first?.project);

const ALL: AppendResult = { landed: 1, outcome: 'all' };

describe('group commit', () => {
  test('takes what came while a transaction was under way together, in order', async () => {
    const groups: unknown[] = [];
    const commit = new GroupCommit(async (appends) => {
      groups.push(projectsOf(appends));
      await new Promise(setImmediate);
      return appends.map(() => ALL);
    });
    await Promise.all(['a', 'b', 'c'].map((project) => commit.append(rowsOf(project))));
    await commit.append(rowsOf('d'));
    expect(groups).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  test('tells each append what became of it alone', async () => {
    const commit = new GroupCommit(async (appends) => {
      await new Promise(setImmediate);
      return appends.map(([first]) => (first?.project === 'b' ? { landed: 0, outcome: 'conflict' } : ALL));
    });
    const outcomes = await Promise.all(['a', 'b', 'c'].map((project) => commit.append(rowsOf(project))));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['all', 'conflict', 'all']);
  });

  test('fails one that no transaction takes alone, and all while the store is away', async () => {
    let error: Error = new TypeError('a text with a NUL');
    const commit = new GroupCommit(async (appends) => {
      await new Promise(setImmediate);
      if (projectsOf(appends).includes('b')) throw error;
      return appends.map(() => ALL);
    });
    const settle = () =>
      Promise.all(['a', 'b', 'c'].map((project) => commit.append(rowsOf(project)).catch(({ message }) => message)));
    expect(await settle()).toEqual([ALL, error.message, ALL]);
    error = new StoreUnavailableError('away');
    expect(await settle()).toEqual([ALL, 'away', 'away']);
  });

  test('takes at most 1,000 commits at once, unless one append alone has more', async () => {
    const groups: number[][] = [];
    const commit = new GroupCommit(async (appends) => {
      groups.push(appends.map((rows) => rows.length));
      await new Promise(setImmediate);
      return appends.map(() => ALL);
    });
    const [row] = rowsOf('p') as [CommitRow];
    await Promise.all([1, 600, 400, 1, 1_200, 5].map((count) => commit.append(Array(count).fill(row))));
    expect(groups).toEqual([[1], [600, 400], [1], [1_200], [5]]);
  });

  test('never takes more than 8 MiB at once, unless one append alone is larger', async () => {
    const MIB = 1024 * 1024;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 }), async (sizes) => {
        const groups: number[][] = [];
        const commit = new GroupCommit(async (appends) => {
          groups.push(appends.map(([row]) => (row?.body.length ?? 0) / MIB));
          await new Promise(setImmediate);
          return appends.map(() => ALL);
        });
        const body = (mib: number) => ({
          ...(rowsOf('p')[0] as CommitRow),
          body: { byteLength: mib * MIB, length: mib * MIB } as Uint8Array,
        });
        await Promise.all(sizes.map((mib) => commit.append([body(mib)])));
        expect(groups.flat()).toEqual(sizes);
        for (const group of groups) {
          expect(group.length === 1 || group.reduce((sum, mib) => sum + mib, 0) <= 8).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});
