import { describe, expect, test } from '@jest/globals';
import type { Actor } from '../../src/event-sourcing/event.ts';
import { commitOf, eventOf, follow, logOf, plain, positionsOf, readAll } from './commits.ts';
import { appendAll, type EventStoreContext, NASTY_TEXTS, newProject } from './event-store-context.ts';

/** What every event store promises of `append` and `head`. */
export function appendContract(context: EventStoreContext): void {
  describe('append', () => {
    test('stores commits in order and answers how many landed', async () => {
      const project = newProject();
      expect(await context.store.append(logOf(project, 3))).toMatchObject({ landed: 3, outcome: 'all' });
      expect(await positionsOf(context.store, project)).toEqual([1, 2, 3]);
    });

    test('of nothing stores nothing', async () => {
      expect(await context.store.append([])).toMatchObject({ landed: 0, outcome: 'all' });
    });

    test('of a position that another commit has is a conflict, and changes nothing', async () => {
      const project = newProject();
      const first = commitOf(project, 1);
      await appendAll(context.store, [first]);
      expect(await context.store.append([commitOf(project, 1)])).toMatchObject({ landed: 0, outcome: 'conflict' });
      expect((await readAll(context.store, project)).map(plain)).toEqual([first].map(plain));
    });

    test('of several whose first lost its position stores none of them', async () => {
      const project = newProject();
      await appendAll(context.store, logOf(project, 2));
      const late = follow(project, { position: 1, hash: commitOf(project, 1).hash }, 3);
      expect(await context.store.append(late)).toMatchObject({ landed: 0, outcome: 'conflict' });
      expect(await positionsOf(context.store, project)).toEqual([1, 2]);
    });

    test('of a commit that is there already, byte for byte, counts as landed', async () => {
      const project = newProject();
      const log = logOf(project, 3);
      await appendAll(context.store, log);
      expect(await context.store.append(log)).toMatchObject({ landed: 3, outcome: 'all' });
      expect((await readAll(context.store, project)).map(plain)).toEqual(log.map(plain));
    });

    test('goes on behind those that are there already', async () => {
      const project = newProject();
      const log = logOf(project, 5);
      await appendAll(context.store, log.slice(0, 2));
      expect(await context.store.append(log)).toMatchObject({ landed: 5, outcome: 'all' });
      expect(await positionsOf(context.store, project)).toEqual([1, 2, 3, 4, 5]);
    });

    test('answers the landed prefix when a later commit lost its position', async () => {
      const project = newProject();
      const log = logOf(project, 4);
      await appendAll(context.store, log.slice(0, 2));
      await appendAll(context.store, [commitOf(project, 3)]);
      expect(await context.store.append(log)).toMatchObject({ landed: 2, outcome: 'conflict' });
      expect(await positionsOf(context.store, project)).toEqual([1, 2, 3]);
    });

    test('refuses commits that do not follow each other, and stores none of them', async () => {
      const project = newProject();
      const other = newProject();
      await expect(context.store.append([commitOf(project, 1), commitOf(project, 3)])).rejects.toThrow(RangeError);
      await expect(context.store.append([commitOf(project, 1), commitOf(other, 2)])).rejects.toThrow(RangeError);
      await expect(context.store.append([commitOf(project, 0)])).rejects.toThrow(RangeError);
      expect(await context.store.head(project)).toBeUndefined();
    });

    test('keeps its own copy of the bytes', async () => {
      const project = newProject();
      const sealed = commitOf(project, 1);
      const body = Uint8Array.from(sealed.body);
      const before = plain(sealed);
      await appendAll(context.store, [{ ...sealed, body }]);
      body.fill(0x20);
      const [stored] = await readAll(context.store, project);
      expect(stored && plain(stored)).toEqual(before);
      stored?.body.fill(0x20);
      expect((await readAll(context.store, project)).map(plain)).toEqual([before]);
    });

    test('keeps bodies to the byte, whatever text is in them', async () => {
      const project = newProject();
      const log = logOf(project, NASTY_TEXTS.length, (position) => ({
        reason: `${NASTY_TEXTS[position - 1]}\u0000\u001f\u2028\u{10FFFF}`,
        events: [
          eventOf('ThingChanged', 'thing-1', { [NASTY_TEXTS[position - 1] ?? '']: 1e21, deep: [null, { '': '' }] }),
        ],
      }));
      await appendAll(context.store, log);
      expect((await readAll(context.store, project)).map(plain)).toEqual(log.map(plain));
    });

    test('takes commits of a mebibyte', async () => {
      const own = await context.open();
      const project = newProject();
      const log = logOf(project, 5, (position) => ({
        events: [eventOf('ThingChanged', 'thing-1', { text: String(position).repeat(1024 * 1024) })],
      }));
      await appendAll(own.store, log);
      expect((await readAll(own.store, project)).map(plain)).toEqual(log.map(plain));
      await own.close();
    });

    test('refuses a commit that is larger than any store takes', async () => {
      const project = newProject();
      const events = [eventOf('ThingChanged', 'thing-1', { text: 'x'.repeat(8 * 1024 * 1024) })];
      await expect(context.store.append([commitOf(project, 1, { events })])).rejects.toThrow(RangeError);
      expect(await context.store.head(project)).toBeUndefined();
    });

    test('of an idempotency key that another commit of its actor has is a conflict, and changes nothing', async () => {
      const project = newProject();
      const log = logOf(project, 3, keyed('once'));
      expect(await context.store.append(log)).toMatchObject({ landed: 1, outcome: 'conflict' });
      expect((await readAll(context.store, project)).map(plain)).toEqual(log.slice(0, 1).map(plain));
      const [first] = log;
      const other = follow(project, { position: 1, hash: first?.hash ?? '' }, 2, (position) =>
        keyed(`key ${position}`)(),
      );
      await appendAll(context.store, other);
      expect(await positionsOf(context.store, project)).toEqual([1, 2, 3]);
    });

    test('takes a key again in another project, and of another actor', async () => {
      const [project, other] = [newProject(), newProject()];
      const actors = ['ada', 'Ada', 'ada"]'].map((id) => ({ kind: 'USER', id, name: 'a', auth: 'none' }) as const);
      await appendAll(
        context.store,
        logOf(project, 3, (position) => ({ ...keyed('once')(), actor: actors[position - 1] as Actor })),
      );
      await appendAll(context.store, logOf(other, 1, keyed('once')));
    });

    test('of a commit that has a key and is there already counts as landed', async () => {
      const project = newProject();
      const log = logOf(project, 2, (position) => keyed(`key ${position}`)());
      await appendAll(context.store, log.slice(0, 1));
      await appendAll(context.store, log);
    });

    test('lets exactly one of many writers have a position', async () => {
      const writers = [context.store];
      for (let n = 1; n < 4; n += 1) writers.push((await context.another()) ?? context.store);
      const project = newProject();
      let head = { position: 0, hash: commitOf(project, 1).commit.previousHash };
      for (let round = 0; round < 25; round += 1) {
        const attempts = writers
          .flatMap((writer) => [writer, writer])
          .map((writer) => ({ writer, log: follow(project, head, 2) }));
        const results = await Promise.all(attempts.map(({ writer, log }) => writer.append(log)));
        const winners = results.flatMap((result, index) => (result.outcome === 'all' ? [attempts[index]] : []));
        expect(winners).toHaveLength(1);
        expect(results.filter(({ landed, outcome }) => landed === 0 && outcome === 'conflict')).toHaveLength(
          attempts.length - 1,
        );
        const last = winners[0]?.log.at(-1);
        expect(await context.store.head(project)).toEqual({ position: head.position + 2, hash: last?.hash });
        head = { position: head.position + 2, hash: last?.hash ?? '' };
      }
      expect(await positionsOf(context.store, project)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    });
  });

  describe('hasCommitAt', () => {
    test('tells whether a position is taken, in its project alone', async () => {
      const project = newProject();
      await appendAll(context.store, logOf(project, 3));
      const other = (await context.another()) ?? context.store;
      for (const [position, isTaken] of [
        [1, true],
        [3, true],
        [4, false],
        [40, false],
      ] as const) {
        expect(await other.hasCommitAt(project, position)).toBe(isTaken);
      }
      expect(await other.hasCommitAt(newProject(), 1)).toBe(false);
    });
  });

  describe('headHints', () => {
    test('change soon after a log grew, and speak of the projects that were asked for', async () => {
      const [project, other] = [newProject(), newProject()];
      const log = logOf(project, 3);
      const seen = new Set<string | undefined>();
      const reader = (await context.another()) ?? context.store;
      const hintOf = async () => (await reader.headHints([project, newProject()])).get(project);
      const change = async () => {
        let hint = await hintOf();
        for (let tries = 0; tries < 500 && seen.has(hint); tries += 1) {
          await new Promise((resolve) => setTimeout(resolve, 10));
          hint = await hintOf();
        }
        expect(seen.has(hint)).toBe(false);
        seen.add(hint);
      };
      seen.add(await hintOf());
      await appendAll(context.store, log.slice(0, 2));
      await appendAll(context.store, logOf(other, 1));
      await change();
      await appendAll(context.store, log.slice(2));
      await change();
      expect([...(await reader.headHints([project])).keys()]).toEqual([project]);
      expect((await reader.headHints([])).size).toBe(0);
    });
  });

  describe('head', () => {
    test('is undefined before the first commit, then the newest one', async () => {
      const project = newProject();
      expect(await context.store.head(project)).toBeUndefined();
      const log = logOf(project, 12);
      await appendAll(context.store, log);
      expect(await context.store.head(project)).toEqual({ position: 12, hash: log[11]?.hash });
    });
  });
}

function keyed(key: string) {
  return () => ({ idempotency: { key, keyId: 'k1', digest: 'ab'.repeat(32) } });
}
