import type { CommitFilter, CommitRange } from '../../event-sourcing/event-store.ts';
import type { SqliteConnection, SqlValue } from './connection.ts';

/** Positions greater than `after`, up to `upTo`. */
export interface Bounds {
  readonly after: number;
  readonly upTo: number;
}

interface Query {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/**
 * The bounds of a range as the log stands now. Times become positions by halving, as `at` never runs backwards within a
 * project.
 */
export function boundsOf(connection: SqliteConnection, project: string, range: CommitRange): Bounds {
  const { since, until } = range.where ?? {};
  const head = number(connection, 'SELECT max(position) AS n FROM commits WHERE project = ?', project) ?? 0;
  const firstAt = (time: string) => firstPositionAt(connection, project, { time, head });
  const first = since === undefined ? 1 : firstAt(since);
  const beyond = until === undefined ? head + 1 : firstAt(until);
  return {
    after: Math.max(range.after ?? 0, first - 1),
    upTo: Math.min(range.upTo ?? head, beyond - 1),
  };
}

/** The first position whose commit is not before the time; behind the head where there is none. */
function firstPositionAt(
  connection: SqliteConnection,
  project: string,
  { time, head }: { readonly time: string; readonly head: number },
): number {
  let [low, high] = [1, head + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const sql = 'SELECT position, at FROM commits WHERE project = ? AND position >= ? ORDER BY position LIMIT 1';
    const row = connection.get(sql, project, middle) as { position: number; at: string } | undefined;
    if (row && row.at < time) low = row.position + 1;
    else high = middle;
  }
  return low;
}

/** Whether a filter leaves nothing out of its bounds. */
export function isWhole({ positions, subjects, actorId, types }: CommitFilter): boolean {
  return positions === undefined && subjects === undefined && actorId === undefined && types === undefined;
}

/** At most `limit` positions within the bounds that match the filter (its times excepted), in order. */
export function positions(
  connection: SqliteConnection,
  project: string,
  {
    bounds,
    where,
    direction,
    limit,
  }: { bounds: Bounds; where: CommitFilter; direction: 'forwards' | 'backwards'; limit: number },
): number[] {
  if (bounds.after >= bounds.upTo) return [];
  const { sql, values } = matching(project, bounds, where);
  const order = direction === 'forwards' ? 'ASC' : 'DESC';
  const found = connection.get(
    `SELECT json_group_array(position) AS list FROM (${sql} ORDER BY position ${order} LIMIT ?)`,
    ...[...values, limit],
  ) as { list: string };
  return JSON.parse(found.list) as number[];
}

/** Walks the narrowest index that the filter names; the rest of the filter is looked up at each position. */
function matching(
  project: string,
  { after, upTo }: Bounds,
  { positions, subjects, actorId, types }: CommitFilter,
): Query {
  const within = (table: string, index?: string): Query =>
    and(
      {
        sql: `SELECT DISTINCT position FROM ${table} AS walked ${index === undefined ? '' : `INDEXED BY ${index}`}
          WHERE project = ? AND position > ? AND position <= ?`,
        values: [project, after, upTo],
      },
      positions && { sql: 'position IN (SELECT value FROM json_each(?))', values: [JSON.stringify(positions)] },
    );
  // SQLite merges the arms of a union in the order of positions, and stops at the limit.
  const union = (arms: readonly Query[]): Query =>
    arms.length === 0
      ? and(within('commits'), { sql: 'false', values: [] })
      : { sql: arms.map(({ sql }) => sql).join(' UNION '), values: arms.flatMap(({ values }) => values) };
  if (subjects !== undefined) {
    const ofSubject = within('commit_events', 'events_by_subject');
    return union(
      subjects.map((subject) => and(ofSubject, equal('subject', subject), hasActor(actorId), hasType(types))),
    );
  }
  if (actorId !== undefined)
    return and(within('commits', 'commits_by_actor'), equal('actor_id', actorId), hasType(types));
  if (types === undefined) return within('commits');
  return union(types.map((type) => and(within('commit_events', 'events_by_type'), equal('type', type))));
}

function and(query: Query, ...conditions: readonly (Query | undefined)[]): Query {
  const present = conditions.filter((condition) => condition !== undefined);
  return {
    sql: [query.sql, ...present.map(({ sql }) => sql)].join(' AND '),
    values: [...query.values, ...present.flatMap(({ values }) => values)],
  };
}

function equal(column: 'subject' | 'actor_id' | 'type', value: string): Query {
  return { sql: `${column} = ?`, values: [value] };
}

function hasActor(actorId: string | undefined): Query | undefined {
  if (actorId === undefined) return undefined;
  return {
    sql: 'EXISTS (SELECT 1 FROM commits AS c WHERE c.project = walked.project AND c.position = walked.position AND c.actor_id = ?)',
    values: [actorId],
  };
}

function hasType(types: readonly string[] | undefined): Query | undefined {
  if (types === undefined) return undefined;
  const among = types.map(() => '?').join(', ');
  return {
    sql: `EXISTS (SELECT 1 FROM commit_events AS t WHERE t.project = walked.project AND t.position = walked.position AND t.type IN (${among}))`,
    values: types,
  };
}

function number(connection: SqliteConnection, sql: string, ...values: readonly SqlValue[]): number | undefined {
  const row = connection.get(sql, ...values) as { n: number | null } | undefined;
  return row?.n ?? undefined;
}
