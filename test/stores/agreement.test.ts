import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GENESIS_HASH, type SealedCommit } from '../../src/event-sourcing/event.ts';
import type { EventStore } from '../../src/event-sourcing/event-store.ts';
import { MemoryEventStore } from '../../src/stores/memory.ts';
import { openSqlite } from '../../src/stores/sqlite/open-sqlite.ts';
import { eventOf, follow, plain, readAll, timeOf } from '../contracts/commits.ts';

const ACTORS = ['x-actor:ada', 'x-actor:grace'];
const KEYS = ['a', 'b', 'c'];
const SUBJECTS = ['one', 'two', 'three'];
const TYPES = ['Made', 'Moved', 'Gone'];

const event = fc.record({ type: fc.constantFrom(...TYPES), subject: fc.option(fc.constantFrom(...SUBJECTS)) });
const commit = fc.record({
  actor: fc.constantFrom(...ACTORS),
  key: fc.option(fc.constantFrom(...KEYS)),
  events: fc.array(event, { minLength: 1, maxLength: 4 }),
});
/** So many positions behind the head, or before it. */
const batch = fc.record({ gap: fc.integer({ min: -2, max: 1 }), commits: fc.array(commit, { maxLength: 4 }) });
const filter = fc.record(
  {
    subjects: fc.subarray(SUBJECTS),
    types: fc.subarray(TYPES),
    actorId: fc.constantFrom(...ACTORS),
    since: fc.integer({ min: 0, max: 12 }).map(timeOf),
    until: fc.integer({ min: 0, max: 12 }).map(timeOf),
  },
  { requiredKeys: [] },
);

test('stores agree on what lands and on what is counted, and no key is in two commits of one actor', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(batch, { maxLength: 8 }),
      fc.array(filter, { maxLength: 6 }),
      async (batches, filters) => {
        const directory = mkdtempSync(join(tmpdir(), 'agreement-'));
        const stores: EventStore[] = [new MemoryEventStore(), openSqlite(join(directory, 'ledger.db')).events];
        try {
          for (const { gap, commits } of batches) {
            const sealed = await next(stores, gap, commits);
            const [one, other] = await Promise.all(stores.map((store) => store.append(sealed)));
            expect(other).toEqual(one);
          }
          const [one = [], other] = await Promise.all(stores.map((store) => readAll(store, 'p')));
          expect(other?.map(plain)).toEqual(one.map(plain));
          const keys = one.flatMap(
            ({ commit: { actor, idempotency } }) => idempotency && [[actor.id, idempotency.key]],
          );
          const given = keys.filter((key) => key !== undefined).map((key) => JSON.stringify(key));
          expect(new Set(given).size).toBe(given.length);
          for (const where of filters) {
            const counts = stores.map((store) => store.countEvents('p', { where, after: 1 }));
            const [counted, countedToo] = await Promise.all(counts);
            expect([where, countedToo]).toEqual([where, counted]);
          }
        } finally {
          for (const store of stores) await store.close();
          rmSync(directory, { recursive: true });
        }
      },
    ),
    { numRuns: 30 },
  );
});

const PROJECTS = ['p1', 'p2', 'p3'];
const READERS = ['ada', 'grace', 'group:a b'];
const entry = fc.record({
  project: fc.constantFrom(...PROJECTS),
  position: fc.integer({ min: 1, max: 4 }),
  commitId: fc.constantFrom('x', 'y'),
});
const catalogueStep = fc.oneof(
  fc.record({ note: fc.array(entry, { maxLength: 3 }) }),
  fc.record({ drop: entry }),
  fc.record({ list: fc.subarray(READERS), backwards: fc.boolean(), limit: fc.integer({ min: 0, max: 3 }) }),
);

/** One commit has one list of readers, whoever notes it. */
function withReaders(noted: { readonly project: string; readonly position: number; readonly commitId: string }) {
  const { position, commitId } = noted;
  return { ...noted, readers: READERS.filter((_, n) => (position + n + (commitId === 'x' ? 0 : 1)) % 2 === 0) };
}

test('stores agree on who may read what, and the order of noting does not matter', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(catalogueStep, { maxLength: 12 }), async (steps) => {
      const directory = mkdtempSync(join(tmpdir(), 'agreement-'));
      const sqlite = openSqlite(join(directory, 'ledger.db')).events;
      const stores: EventStore[] = [new MemoryEventStore(), sqlite];
      const onBoth = async (work: (store: EventStore, n: number) => Promise<unknown>) => {
        const [one, other] = await Promise.all(stores.map(work));
        expect(other).toEqual(one);
      };
      try {
        for (const step of steps) {
          await onBoth(async (store, n) => {
            if ('drop' in step) return store.dropCatalogueEntry(step.drop);
            if ('list' in step) {
              const { list: readers, backwards, limit } = step;
              const direction = backwards ? 'backwards' : 'forwards';
              return [await store.projects({ readers, direction, limit }), await store.countProjects(readers)];
            }
            const entries = step.note.map(withReaders);
            return store.noteCatalogueEntries(n === 0 ? entries : entries.reverse());
          });
          await onBoth(async (store) => {
            const entries = await store.catalogueEntries(PROJECTS);
            const mayRead = await Promise.all(
              PROJECTS.map((project) => Promise.all(READERS.map((reader) => store.isReadBy(project, [reader])))),
            );
            return [mayRead, entries.map((each) => ({ ...each, readers: [...each.readers].sort() }))];
          });
        }
      } finally {
        for (const store of stores) await store.close();
        rmSync(directory, { recursive: true });
      }
    }),
    { numRuns: 30 },
  );
});

type Wanted = typeof commit extends fc.Arbitrary<infer T> ? T : never;

async function next([store]: readonly EventStore[], gap: number, commits: readonly Wanted[]): Promise<SealedCommit[]> {
  const head = (await store?.head('p')) ?? { position: 0, hash: GENESIS_HASH };
  const from = { ...head, position: Math.max(0, head.position + gap) };
  return follow('p', from, commits.length, (position) => {
    const { actor, key, events } = commits[position - from.position - 1] as Wanted;
    return {
      actor: { kind: 'USER', id: actor, name: actor, auth: 'header' },
      ...(key !== null && { idempotency: { key, keyId: 'k1', digest: 'ab' } }),
      events: events.map(({ type, subject }) => eventOf(type, subject ?? undefined)),
    };
  });
}
