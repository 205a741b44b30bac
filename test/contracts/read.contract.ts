import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CommitFilter } from '../../src/event-sourcing/event-store.ts';
import { eventOf, follow, logOf, positionsOf, timeOf } from './commits.ts';
import { appendAll, type EventStoreContext, newProject } from './event-store-context.ts';

/** What every event store promises of `read` and `countEvents`. */
export function readContract(context: EventStoreContext): void {
  describe('read', () => {
    const project = newProject();
    const eventsAt = (position: number) => [
      eventOf(position % 2 ? 'Odd' : 'Even', `thing-${position % 5}`),
      eventOf(position % 10 ? 'Odd' : 'Tenth', position % 7 ? `thing-${position % 5}` : 'thing-of-seven'),
      eventOf('Always'),
    ];
    const people = ['x-actor:ada', 'x-actor:Ada', 'token:7'];
    beforeAll(async () => {
      await appendAll(
        context.store,
        logOf(project, 60, (position) => ({
          // Four commits share a time.
          at: timeOf(Math.floor(position / 4)),
          actor: { kind: 'USER', id: people[position % 3] ?? '', name: 'somebody', auth: 'none' },
          events: eventsAt(position),
        })),
      );
      await appendAll(context.store, logOf(newProject(), 10));
    });

    const all = Array.from({ length: 60 }, (_, index) => index + 1);

    test('streams a range, forwards and backwards, with a limit', async () => {
      expect(await positionsOf(context.store, project)).toEqual(all);
      expect(await positionsOf(context.store, project, { direction: 'backwards' })).toEqual([...all].reverse());
      expect(await positionsOf(context.store, project, { after: 55 })).toEqual([56, 57, 58, 59, 60]);
      expect(await positionsOf(context.store, project, { upTo: 3 })).toEqual([1, 2, 3]);
      expect(await positionsOf(context.store, project, { after: 10, upTo: 13 })).toEqual([11, 12, 13]);
      expect(await positionsOf(context.store, project, { after: 10, limit: 2 })).toEqual([11, 12]);
      expect(await positionsOf(context.store, project, { upTo: 13, limit: 2, direction: 'backwards' })).toEqual([
        13, 12,
      ]);
      expect(await positionsOf(context.store, project, { after: 58, direction: 'backwards' })).toEqual([60, 59]);
    });

    test('answers nothing for an empty range', async () => {
      expect(await positionsOf(context.store, project, { after: 60 })).toEqual([]);
      expect(await positionsOf(context.store, project, { after: 7, upTo: 7 })).toEqual([]);
      expect(await positionsOf(context.store, project, { after: 9, upTo: 7 })).toEqual([]);
      expect(await positionsOf(context.store, project, { limit: 0 })).toEqual([]);
      expect(await positionsOf(context.store, project, { upTo: 1_000_000, after: 59 })).toEqual([60]);
      expect(await positionsOf(context.store, newProject())).toEqual([]);
    });

    test.each([
      ['a subject', { subjects: ['thing-of-seven'] }, (n: number) => n % 7 === 0],
      ['a subject twice in one commit', { subjects: ['thing-2'] }, (n: number) => n % 5 === 2],
      ['an unknown subject', { subjects: ['thing'] }, () => false],
      ['several subjects', { subjects: ['thing-0', 'thing-2'] }, (n: number) => n % 5 === 0 || n % 5 === 2],
      [
        'several subjects, one of them in commits of another',
        { subjects: ['thing-of-seven', 'thing-1', 'thing'] },
        (n: number) => n % 7 === 0 || n % 5 === 1,
      ],
      ['positions', { positions: [60, 3, 11, 99] }, (n: number) => [3, 11, 60].includes(n)],
      ['no position at all', { positions: [] }, () => false],
      ['positions and a subject', { positions: [3, 5, 12], subjects: ['thing-2'] }, (n: number) => n === 12],
      ['positions and types', { positions: [3, 10, 20], types: ['Tenth'] }, (n: number) => n === 10 || n === 20],
      ['no subject at all', { subjects: [] }, () => false],
      ['a hundred subjects', { subjects: Array.from({ length: 100 }, (_, index) => `thing-${index}`) }, () => true],
      [
        'several subjects, an actor and types',
        { subjects: ['thing-0', 'thing-1'], actorId: 'token:7', types: ['Odd'] },
        (n: number) => (n % 5 === 0 || n % 5 === 1) && n % 3 === 2 && (n % 2 === 1 || n % 10 !== 0),
      ],
      ['an actor', { actorId: 'x-actor:ada' }, (n: number) => n % 3 === 0],
      ['an actor of another case', { actorId: 'x-actor:Ada' }, (n: number) => n % 3 === 1],
      ['a type', { types: ['Tenth'] }, (n: number) => n % 10 === 0],
      ['several types', { types: ['Odd', 'Even'] }, () => true],
      ['several types, one of them unknown', { types: ['Tenth', 'Never'] }, (n: number) => n % 10 === 0],
      ['no type at all', { types: [] }, () => false],
      ['since', { since: timeOf(14) }, (n: number) => n >= 56],
      ['since a time between two', { since: '2026-01-01T00:00:13.001Z' }, (n: number) => n >= 56],
      ['since a time to come', { since: timeOf(1_000) }, () => false],
      ['until', { until: timeOf(1) }, (n: number) => n < 4],
      ['until the first', { until: timeOf(0) }, () => false],
      ['until a time to come', { until: timeOf(1_000) }, () => true],
      ['since and until', { since: timeOf(2), until: timeOf(4) }, (n: number) => n >= 8 && n < 16],
      [
        'a subject and an actor',
        { subjects: ['thing-2'], actorId: 'token:7' },
        (n: number) => n % 5 === 2 && n % 3 === 2,
      ],
      ['a subject and types', { subjects: ['thing-0'], types: ['Tenth', 'Odd'] }, (n: number) => n % 5 === 0],
      ['an actor and types', { actorId: 'token:7', types: ['Tenth'] }, (n: number) => n % 3 === 2 && n % 10 === 0],
      [
        'everything',
        { subjects: ['thing-0'], actorId: 'token:7', types: ['Even', 'Tenth'], since: timeOf(2), until: timeOf(12) },
        (n: number) => n % 5 === 0 && n % 3 === 2 && n % 2 === 0 && n >= 8 && n < 48,
      ],
    ])('filters by %s', async (_, where: CommitFilter, matching) => {
      const expected = all.filter(matching);
      expect(await positionsOf(context.store, project, { where })).toEqual(expected);
      expect(await positionsOf(context.store, project, { where, direction: 'backwards' })).toEqual(
        [...expected].reverse(),
      );
      expect(await positionsOf(context.store, project, { where, limit: 2 })).toEqual(expected.slice(0, 2));
      const within = expected.filter((n) => n > 10 && n <= 50);
      expect(await positionsOf(context.store, project, { where, after: 10, upTo: 50 })).toEqual(within);
      expect(
        await positionsOf(context.store, project, { where, after: 10, upTo: 50, direction: 'backwards', limit: 3 }),
      ).toEqual([...within].reverse().slice(0, 3));
      const { positions, ...countable } = where;
      if (positions) return;
      const count = (commits: readonly number[]) =>
        commits.flatMap(eventsAt).filter(({ type, subject }) => matchesAlone(countable, type, subject?.id)).length;
      expect(await context.store.countEvents(project, { where: countable })).toBe(count(expected));
      expect(await context.store.countEvents(project, { where: countable, after: 10, upTo: 50 })).toBe(count(within));
    });

    test('counts all events where no filter is given, and none of an empty range', async () => {
      expect(await context.store.countEvents(project, {})).toBe(180);
      expect(await context.store.countEvents(project, { after: 58 })).toBe(6);
      expect(await context.store.countEvents(project, { after: 60 })).toBe(0);
      expect(await context.store.countEvents(newProject(), {})).toBe(0);
    });

    test('gives up counting with its signal', async () => {
      const reason = new Error('the client went away');
      const counting = context.store.countEvents(project, { where: { types: ['Odd'] } }, AbortSignal.abort(reason));
      await expect(counting).rejects.toBe(reason);
    });

    test('may be left early, and started again', async () => {
      for (let n = 0; n < 50; n += 1) {
        for await (const { commit } of context.store.read(project)) {
          if (commit.position === 3) break;
        }
      }
      const failing = async () => {
        for await (const { commit } of context.store.read(project)) throw new Error(`at ${commit.position}`);
      };
      await expect(failing()).rejects.toThrow('at 1');
      expect(await positionsOf(context.store, project, { limit: 1 })).toEqual([1]);
    });

    test('has no gap and no repeat while commits are appended', async () => {
      const own = await context.open();
      const growing = newProject();
      const log = logOf(growing, 700);
      await appendAll(own.store, log.slice(0, 600));
      const forwards: number[] = [];
      for await (const { commit } of own.store.read(growing)) {
        forwards.push(commit.position);
        const from = 600 + commit.position / 6;
        if (commit.position % 120 === 0) await appendAll(own.store, log.slice(from - 20, from));
      }
      expect(forwards.length).toBeGreaterThanOrEqual(600);
      expect(forwards).toEqual(log.slice(0, forwards.length).map(({ commit }) => commit.position));

      const more = follow(growing, { position: 700, hash: log.at(-1)?.hash ?? '' }, 70);
      const backwards: number[] = [];
      for await (const { commit } of own.store.read(growing, { direction: 'backwards' })) {
        backwards.push(commit.position);
        const from = (700 - commit.position) / 10;
        if (commit.position % 100 === 0) await appendAll(own.store, more.slice(from, from + 10));
      }
      expect(backwards).toEqual(log.map(({ commit }) => commit.position).reverse());
      expect(await own.store.head(growing)).toEqual({ position: 770, hash: more.at(-1)?.hash });
      await own.close();
    });

    test('goes through a long log, filtered or not', async () => {
      const own = await context.open();
      const long = newProject();
      const log = logOf(long, 1_500, (position) => ({ events: [eventOf(position % 2 ? 'Odd' : 'Even', 'thing-1')] }));
      await appendAll(own.store, log);
      expect(await positionsOf(own.store, long)).toEqual(log.map(({ commit }) => commit.position));
      expect(await positionsOf(own.store, long, { where: { types: ['Odd', 'Even'] }, direction: 'backwards' })).toEqual(
        log.map(({ commit }) => commit.position).reverse(),
      );
      const odd = log.map(({ commit }) => commit.position).filter((position) => position % 2 === 1);
      expect(await positionsOf(own.store, long, { where: { types: ['Odd'], subjects: ['thing-1'] } })).toEqual(odd);
      expect(await positionsOf(own.store, long, { limit: 1_000 })).toHaveLength(1_000);
      await own.close();
    });
  });
}

/** Whether an event matches by itself what a filter asks of events. */
function matchesAlone({ subjects, types }: CommitFilter, type: string, subject = ''): boolean {
  return (subjects?.includes(subject) ?? true) && (types?.includes(type) ?? true);
}
