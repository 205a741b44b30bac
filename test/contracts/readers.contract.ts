import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { CatalogueEntry } from '../../src/event-sourcing/event-store.ts';
import { type EventStoreContext, NASTY_TEXTS, newProject } from './event-store-context.ts';

let noted = 0;

function entryOf(project: string, position: number, readers: readonly string[]): CatalogueEntry {
  noted += 1;
  return { project, position, commitId: `commit-${String(noted).padStart(9, '0')}`, readers };
}

/** In the order of their readers, which stores may hand out in any. */
function sorted(entries: readonly CatalogueEntry[]): CatalogueEntry[] {
  const inOrder = entries.map((entry) => ({ ...entry, readers: [...entry.readers].sort() }));
  return inOrder.sort((a, b) => (a.project < b.project ? -1 : 1));
}

/** What every event store promises of who may read which project, and of when tokens were used. */
export function readersContract(context: EventStoreContext): void {
  describe('an entry of the catalogue', () => {
    test('is found by its project, whatever that and its readers are called', async () => {
      const stem = newProject();
      const entries = NASTY_TEXTS.map((text, n) => entryOf(`${text}${stem}`, n + 1, [text, `${text}${text}`]));
      await context.store.noteCatalogueEntries(entries);
      const keys = entries.map(({ project }) => project);
      expect(sorted(await context.store.catalogueEntries([...keys, `${stem}-other`]))).toEqual(sorted(entries));
      expect(await context.store.catalogueEntries([`${stem}-other`])).toEqual([]);
      expect(await context.store.catalogueEntries([])).toEqual([]);
      for (const { project, readers } of entries) {
        const listed = await context.store.projects({ readers: [readers[0] ?? ''], limit: 1_000 });
        expect(listed.filter((key) => key.endsWith(stem))).toEqual([project]);
        for (const other of keys) {
          expect([other, await context.store.isReadBy(other, readers)]).toEqual([other, other === project]);
        }
      }
    });

    test('gives way to one of a greater position alone, however they come', async () => {
      const project = newProject();
      const [first, second, third] = [1, 2, 3].map((n) => entryOf(project, n, [`${project} ${n}`]));
      if (!first || !second || !third) throw new Error('three were made');
      const other = (await context.another()) ?? context.store;
      const standing: (CatalogueEntry | undefined)[] = [];
      for (const [store, entry] of [
        [context.store, second],
        [other, first],
        [other, third],
        [context.store, second],
      ] as const) {
        await store.noteCatalogueEntries([entry]);
        standing.push((await context.store.catalogueEntries([project]))[0]);
      }
      expect(standing).toEqual([second, second, third, third]);
      for (const { readers } of [first, second]) {
        expect(await context.store.projects({ readers, limit: 10 })).toEqual([]);
        expect(await context.store.countProjects(readers)).toBe(0);
        expect(await context.store.isReadBy(project, readers)).toBe(false);
      }
      expect(await other.isReadBy(project, third.readers)).toBe(true);
      expect(await context.store.projects({ readers: third.readers, limit: 10 })).toEqual([project]);
    });

    test('is the greatest one when many are noted at once, on two handles', async () => {
      const project = newProject();
      const reader = (position: number) => `${project} ${position}`;
      const entries = Array.from({ length: 20 }, (_, n) => entryOf(project, (n % 10) + 1, [reader((n % 10) + 1)]));
      const stores = [context.store, (await context.another()) ?? context.store];
      await Promise.all(entries.map((entry, n) => stores[n % 2]?.noteCatalogueEntries([entry])));
      const greatest = entries.filter(({ position }) => position === 10).at(-1);
      for (const store of stores) expect(await store.catalogueEntries([project])).toEqual([greatest]);
      const readers = entries.map(({ position }) => reader(position));
      expect(await context.store.countProjects(readers)).toBe(1);
      expect(await context.store.countProjects(readers.filter((each) => each !== reader(10)))).toBe(0);
    });

    test('of a commit that is gone can be dropped, and no other with it', async () => {
      const [project, untouched] = [newProject(), newProject()];
      const gone = entryOf(project, 9, ['ada']);
      const kept = entryOf(untouched, 9, ['ada']);
      await context.store.noteCatalogueEntries([gone, kept]);
      for (const other of [
        { ...gone, position: 8 },
        { ...gone, commitId: 'commit-x' },
      ]) {
        await context.store.dropCatalogueEntry(other);
        expect(await context.store.catalogueEntries([project])).toEqual([gone]);
      }
      await context.store.dropCatalogueEntry(gone);
      expect(await context.store.isReadBy(project, ['ada'])).toBe(false);
      expect(await context.store.catalogueEntries([project, untouched])).toEqual([kept]);
      const right = entryOf(project, 3, ['grace']);
      await context.store.noteCatalogueEntries([right]);
      expect(await context.store.catalogueEntries([project])).toEqual([right]);
    });

    test('may have no reader, and many', async () => {
      const [nobody, many] = [newProject(), newProject()];
      const readers = Array.from({ length: 1_200 }, (_, n) => `${many} ${n}`);
      const entries = [entryOf(nobody, 1, []), entryOf(many, 1, readers)];
      await context.store.noteCatalogueEntries(entries);
      expect(sorted(await context.store.catalogueEntries([nobody, many]))).toEqual(sorted(entries));
      expect(await context.store.projects({ readers: [`${many} 1199`], limit: 2 })).toEqual([many]);
      const others = Array.from({ length: 450 }, (_, n) => `${nobody} ${n}`);
      for (const asked of [[], others]) {
        expect(await context.store.isReadBy(many, asked)).toBe(false);
        expect(await context.store.isReadBy(many, [...asked, `${many} 1199`])).toBe(true);
        expect(await context.store.isReadBy(nobody, [...asked, `${many} 1199`])).toBe(false);
      }
    });
  });

  describe('projects that somebody may read', () => {
    test('are listed and counted once each, in order, within bounds', async () => {
      const stem = newProject();
      const reader = (n: number) => `${stem} group ${n}`;
      const keys = ['b', 'a', 'c', 'a-1', 'a1', 'b2', 'd', 'e'].map((key) => `${stem}-${key}`);
      const entries = keys.map((key, n) => entryOf(key, 1, [reader(n % 3), reader(3), reader(100 + n), 'others']));
      await context.store.noteCatalogueEntries(entries);
      const groups = (ns: readonly number[]) => ns.map(reader);
      const inOrder = [...keys].sort();
      // More than are asked for at once.
      const all = groups(Array.from({ length: 450 }, (_, n) => n));
      for (const readers of [groups([3]), all, groups([0, 1, 2])]) {
        expect(await context.store.projects({ readers, limit: 100 })).toEqual(inOrder);
        expect(await context.store.countProjects(readers)).toBe(8);
        const backwards = { readers, direction: 'backwards' } as const;
        expect(await context.store.projects({ ...backwards, limit: 100 })).toEqual([...inOrder].reverse());
        expect(await context.store.projects({ readers, limit: 3 })).toEqual(inOrder.slice(0, 3));
        expect(await context.store.projects({ ...backwards, limit: 3 })).toEqual(inOrder.slice(-3).reverse());
        const [after = '', before = ''] = [inOrder[1], inOrder[6]];
        expect(await context.store.projects({ readers, after, before, limit: 100 })).toEqual(inOrder.slice(2, 6));
        expect(await context.store.projects({ readers, after, before, limit: 2 })).toEqual(inOrder.slice(2, 4));
        expect(await context.store.projects({ ...backwards, before, limit: 2 })).toEqual([inOrder[5], inOrder[4]]);
      }
      expect(await context.store.projects({ readers: groups([103]), limit: 5 })).toEqual([keys[3]]);
      expect(await context.store.countProjects(groups([0, 103, 103]))).toBe(3);
      for (const readers of [[], groups([99])]) {
        expect(await context.store.projects({ readers, limit: 5 })).toEqual([]);
        expect(await context.store.countProjects(readers)).toBe(0);
      }
      expect(await context.store.projects({ readers: all, limit: 0 })).toEqual([]);
    });

    test('are not among those that are registered for that alone', async () => {
      const project = newProject();
      const count = await context.store.countProjects();
      await context.store.noteCatalogueEntries([entryOf(project, 1, ['ada'])]);
      expect(await context.store.countProjects()).toBe(count);
      expect(await context.store.projects({ after: project.slice(0, -1), limit: 1 })).not.toEqual([project]);
    });
  });

  describe('uses of tokens', () => {
    test('are kept by the latest hour, for each token of each project', async () => {
      const [project, other] = [newProject(), newProject()];
      const hour = (n: number) => new Date(Date.UTC(2026, 0, 1, n)).toISOString();
      const use = (tokenId: string, n: number, of = project) => ({ project: of, tokenId, hour: hour(n) });
      await context.store.noteTokenUses([use('a', 5), use('b', 2), use('a', 7, other)]);
      await context.store.noteTokenUses([use('a', 4), use('b', 3)]);
      await context.store.noteTokenUses([]);
      expect(await context.store.tokenUses(project, ['a', 'b', 'c'])).toEqual(
        new Map([
          ['a', hour(5)],
          ['b', hour(3)],
        ]),
      );
      expect(await context.store.tokenUses(other, ['a', 'b'])).toEqual(new Map([['a', hour(7)]]));
      expect(await context.store.tokenUses(randomUUID(), ['a'])).toEqual(new Map());
      expect(await context.store.tokenUses(project, [])).toEqual(new Map());
    });
  });
}
