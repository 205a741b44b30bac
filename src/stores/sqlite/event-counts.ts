import type { CountRange } from '../../event-sourcing/event-store.ts';
import { isSliceOver, nextSlice } from '../../words/slices.ts';
import { type Bounds, boundsOf } from './commit-positions.ts';
import type { SqliteConnection, SqlValue } from './connection.ts';

/** So many positions are counted in one query: a few milliseconds' worth of them. */
const POSITIONS_OF_QUERY = 2_000;

/** Counts by one index, slice by slice. Throws the signal's reason once it is aborted. */
export async function countEvents(
  connection: SqliteConnection,
  project: string,
  range: CountRange,
  signal?: AbortSignal,
): Promise<number> {
  const { after, upTo } = boundsOf(connection, project, range);
  let count = 0;
  for (let from = after; from < upTo; from += POSITIONS_OF_QUERY) {
    signal?.throwIfAborted();
    count += countWithin(
      connection,
      project,
      { after: from, upTo: Math.min(from + POSITIONS_OF_QUERY, upTo) },
      range.where,
    );
    if (isSliceOver()) await nextSlice(signal);
  }
  return count;
}

function countWithin(
  connection: SqliteConnection,
  project: string,
  { after, upTo }: Bounds,
  { subjects, actorId, types }: NonNullable<CountRange['where']> = {},
): number {
  const within = {
    sql: 'walked.project = ? AND walked.position > ? AND walked.position <= ?',
    values: [project, after, upTo],
  };
  const query =
    actorId !== undefined && subjects === undefined
      ? ofActor(within, actorId, types)
      : ofEvents(within, { subjects, actorId, types });
  return (connection.get(query.sql, ...query.values) as { n: number }).n;
}

/** The commits of the actor are walked, and the events of each are counted. */
function ofActor(within: Condition, actorId: string, types: readonly string[] | undefined): Condition {
  const typed = among('type', types);
  // Without an index: by the primary key.
  const events = `SELECT count(*) FROM commit_events AS e NOT INDEXED
    WHERE e.project = walked.project AND e.position = walked.position AND ${typed.sql}`;
  return {
    sql: `SELECT ifnull(sum((${events})), 0) AS n FROM commits AS walked INDEXED BY commits_by_actor
      WHERE ${within.sql} AND actor_id = ?`,
    values: [...typed.values, ...within.values, actorId],
  };
}

/** The events of the subjects are walked, or those of the types, or all. */
function ofEvents(
  within: Condition,
  {
    subjects,
    actorId,
    types,
  }: { [Member in 'subjects' | 'types']: readonly string[] | undefined } & {
    readonly actorId: string | undefined;
  },
): Condition {
  const index = subjects === undefined ? types && 'events_by_type' : 'events_by_subject';
  const conditions = [within, among('subject', subjects), among('type', types), hasActor(actorId)];
  return {
    sql: `SELECT count(*) AS n FROM commit_events AS walked ${index ? `INDEXED BY ${index}` : 'NOT INDEXED'}
      WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`,
    values: conditions.flatMap(({ values }) => values),
  };
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

const ALL: Condition = { sql: 'true', values: [] };

function among(column: 'subject' | 'type', texts: readonly string[] | undefined): Condition {
  return texts ? { sql: `${column} IN (${texts.map(() => '?').join(', ')})`, values: texts } : ALL;
}

function hasActor(actorId: string | undefined): Condition {
  if (actorId === undefined) return ALL;
  const commit = 'c.project = walked.project AND c.position = walked.position AND c.actor_id = ?';
  return { sql: `EXISTS (SELECT 1 FROM commits AS c WHERE ${commit})`, values: [actorId] };
}
