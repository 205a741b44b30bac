import type { CountRange } from '../../event-sourcing/event-store.ts';
import { type Bounds, boundsOf } from './commit-positions.ts';
import type { SqliteConnection, SqlValue } from './connection.ts';

/** So many positions are counted before other work gets its turn: some milliseconds' worth of them. */
const SLICE = 5_000;

/** Counts by one index, slice by slice. Throws the signal's reason once it is aborted. */
export async function countEvents(
  connection: SqliteConnection,
  project: string,
  range: CountRange,
  signal?: AbortSignal,
): Promise<number> {
  const { after, upTo } = boundsOf(connection, project, range);
  let count = 0;
  for (let from = after; from < upTo; from += SLICE) {
    signal?.throwIfAborted();
    count += countWithin(connection, project, { after: from, upTo: Math.min(from + SLICE, upTo) }, range.where);
    await new Promise(setImmediate);
  }
  return count;
}

function countWithin(
  connection: SqliteConnection,
  project: string,
  { after, upTo }: Bounds,
  where: CountRange['where'] = {},
): number {
  const { subjects, actorId, types } = where;
  const conditions = ['walked.project = ?', 'walked.position > ?', 'walked.position <= ?'];
  const values: SqlValue[] = [project, after, upTo];
  const among = (column: string, texts: readonly string[] | undefined) => {
    if (texts === undefined) return;
    conditions.push(`${column} IN (${texts.map(() => '?').join(', ')})`);
    values.push(...texts);
  };
  among('subject', subjects);
  among('type', types);
  among('actor_id', actorId === undefined ? undefined : [actorId]);
  const sql = `SELECT count(*) AS n FROM ${tablesOf(where)} WHERE ${conditions.join(' AND ')}`;
  return (connection.get(sql, ...values) as { n: number }).n;
}

/** The index that is walked is named; what else the filter asks is looked up by position. */
function tablesOf({ subjects, actorId, types }: NonNullable<CountRange['where']>): string {
  if (subjects !== undefined) {
    const walked = 'commit_events AS walked INDEXED BY events_by_subject';
    return actorId === undefined ? walked : `${walked} CROSS JOIN ${sameCommit('commits')}`;
  }
  if (actorId !== undefined) {
    return `commits AS walked INDEXED BY commits_by_actor CROSS JOIN ${sameCommit('commit_events')}`;
  }
  return types === undefined ? 'commit_events AS walked' : 'commit_events AS walked INDEXED BY events_by_type';
}

function sameCommit(table: 'commits' | 'commit_events'): string {
  return `${table} AS other ON other.project = walked.project AND other.position = walked.position`;
}
