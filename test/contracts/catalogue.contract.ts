import { describe, expect, test } from '@jest/globals';
import { eventOf, logOf, plain, positionsOf, readAll } from './commits.ts';
import { appendAll, type EventStoreContext, NASTY_TEXTS, newProject } from './event-store-context.ts';

/** What every event store promises of looking up: idempotency keys, projects, the catalogue of projects. */
export function catalogueContract(context: EventStoreContext): void {
  describe('idempotency keys', () => {
    test('find their commit, in their project and of their actor alone', async () => {
      const [project, other] = [newProject(), newProject()];
      const idempotency = (key: string) => ({ key, keyId: 'k1', digest: 'ab'.repeat(32) });
      const actor = (id: string) => ({ kind: 'USER' as const, id, name: 'somebody', auth: 'none' as const });
      const log = logOf(project, NASTY_TEXTS.length, (position) => ({
        idempotency: idempotency(NASTY_TEXTS[position - 1] ?? ''),
        actor: actor(NASTY_TEXTS[NASTY_TEXTS.length - position] ?? ''),
      }));
      await appendAll(context.store, log);
      await appendAll(context.store, logOf(other, 3));
      for (const sealed of log) {
        const { actor, idempotency } = sealed.commit;
        const key = idempotency?.key ?? '';
        const found = await context.store.findByIdempotencyKey(project, actor.id, key);
        expect(found && plain(found)).toEqual(plain(sealed));
        expect(await context.store.findByIdempotencyKey(other, actor.id, key)).toBeUndefined();
        expect(await context.store.findByIdempotencyKey(project, `${actor.id} else`, key)).toBeUndefined();
        expect(await positionsOf(context.store, project, { where: { actorId: actor.id } })).toEqual([
          sealed.commit.position,
        ]);
      }
      expect(await context.store.findByIdempotencyKey(project, 'x-actor:ada', '')).toBeUndefined();
    });
  });

  describe('projects', () => {
    test('are kept apart, whatever their keys are', async () => {
      const stem = newProject();
      const logs = NASTY_TEXTS.map((text) => logOf(`${text}${stem}`, 2, () => ({ events: [eventOf('Made', text)] })));
      for (const log of logs) await appendAll(context.store, log);
      for (const log of logs) {
        const project = log[0]?.commit.project ?? '';
        const subject = project.slice(0, -stem.length);
        expect((await readAll(context.store, project)).map(plain)).toEqual(log.map(plain));
        expect(await context.store.countEvents(project, { where: { subjects: [subject] } })).toBe(2);
        expect(await context.store.countEvents(project, { where: { subjects: [`${subject}.`] } })).toBe(0);
        expect(await context.store.head(project)).toEqual({ position: 2, hash: log[1]?.hash });
      }
    });

    test('are listed once each, in order, within bounds', async () => {
      const stem = newProject();
      const keys = ['b', 'a', 'c', 'a-1', 'a1', 'b2'].map((key) => `${stem}-${key}`);
      await context.store.registerProjects(keys);
      for (const key of keys) await context.store.registerProjects([key, `${stem}-a`]);
      const sorted = [...keys].sort();
      const within = { after: stem, before: `${stem}~`, limit: 100 };
      expect(await context.store.projects(within)).toEqual(sorted);
      expect(await context.store.projects({ ...within, direction: 'backwards' })).toEqual([...sorted].reverse());
      expect(await context.store.projects({ ...within, limit: 2 })).toEqual(sorted.slice(0, 2));
      expect(await context.store.projects({ ...within, limit: 2, direction: 'backwards' })).toEqual(
        sorted.slice(-2).reverse(),
      );
      expect(await context.store.projects({ ...within, after: sorted[2] ?? '' })).toEqual(sorted.slice(3));
      expect(await context.store.projects({ ...within, before: sorted[2] ?? '' })).toEqual(sorted.slice(0, 2));
      expect(await context.store.projects({ limit: 1_000 })).toEqual(expect.arrayContaining(keys));
      expect(await context.store.countProjects()).toBe((await context.store.projects({ limit: 1_000 })).length);
    });

    test('with commits are told in order, from behind a key on, whatever the catalogue has', async () => {
      const stem = newProject();
      const keys = ['__proto__', '$x', 'b', 'a', 'A', 'a-1', 'a1'].map((text) => `${stem}-${text}`);
      await context.store.registerProjects([`${stem}-empty`, keys[0] ?? '']);
      for (const key of keys) await appendAll(context.store, logOf(key, 3));
      const sorted = [...keys].sort();
      const behind = async (after: string | undefined, limit = 100) =>
        (await context.store.projectsWithCommits(after, limit)).filter((key) => key.startsWith(stem));
      expect(await behind(stem)).toEqual(sorted);
      expect(await behind(stem, 3)).toEqual(sorted.slice(0, 3));
      expect(await behind(sorted[2])).toEqual(sorted.slice(3));
      expect(await behind(sorted[2], 1)).toEqual(sorted.slice(3, 4));
      expect(await behind(`${sorted[2]}-`, 1)).toEqual(sorted.slice(3, 4));
      expect(await behind(sorted.at(-1))).toEqual([]);
      expect(await behind(undefined, 1_000)).toEqual(sorted);
      expect(await context.store.projectsWithCommits(stem, 0)).toEqual([]);
    });
  });
}
