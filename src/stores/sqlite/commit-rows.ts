import type { SealedCommit } from '../../event-sourcing/event.ts';
import { StoreUnusableError } from '../../event-sourcing/event-store.ts';
import { type CommitIndex, indexOf, openStored, placeOf } from '../commit-index.ts';
import type { SqliteConnection } from './connection.ts';

/** Bodies in memory at once, unless one alone is larger. */
const LARGEST_RUN_BYTES = 1024 * 1024;

interface CommitRow {
  readonly position: number;
  readonly at: string;
  readonly actor_id: string;
  readonly claim: string;
  readonly hash: string;
  readonly body: ArrayBuffer;
  /** A JSON array of pairs: type and subject or null, in the order of the events. */
  readonly events: string;
}

/** False when another commit has its claim. */
export function insertCommit(connection: SqliteConnection, { commit, body, hash }: SealedCommit): boolean {
  const index = indexOf(commit);
  const { project, position, at, actorId, claim } = index;
  const inserted = connection.run(
    `INSERT INTO commits (project, position, at, actor_id, claim, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (project, claim) DO NOTHING`,
    ...[project, position, at, actorId, claim, hash, body],
  );
  if (inserted === 0) return false;
  insertEvents(connection, index);
  return true;
}

export function insertEvents(
  connection: SqliteConnection,
  { project, position, events }: Pick<CommitIndex, 'project' | 'position' | 'events'>,
): void {
  for (const [n, { type, subject = null }] of events.entries()) {
    connection.run(
      'INSERT INTO commit_events (project, position, n, type, subject) VALUES (?, ?, ?, ?, ?)',
      ...[project, position, n, type, subject],
    );
  }
}

/** The commits at these positions, in the order given. Compares the copies beside each body with the body. */
export function* commitsAt(
  connection: SqliteConnection,
  project: string,
  positions: readonly number[],
): Generator<SealedCommit> {
  for (const run of runs(connection, project, positions)) {
    const rows = connection.all(
      `SELECT position, at, actor_id, claim, hash, body,
          (SELECT json_group_array(json_array(type, subject)) FROM
            (SELECT type, subject FROM commit_events AS e
              WHERE e.project = c.project AND e.position = c.position ORDER BY n)) AS events
        FROM commits AS c WHERE project = ? AND position IN (SELECT value FROM json_each(?))`,
      project,
      JSON.stringify(run),
    ) as CommitRow[];
    const byPosition = new Map(rows.map((row) => [row.position, row]));
    for (const position of run) {
      const row = byPosition.get(position);
      if (!row) throw new StoreUnusableError(`a stored commit is missing: ${placeOf({ project, position })}`);
      yield open(project, row);
    }
  }
}

function* runs(connection: SqliteConnection, project: string, positions: readonly number[]): Generator<number[]> {
  const rows = connection.all(
    `SELECT position, length(body) AS bytes FROM commits
      WHERE project = ? AND position IN (SELECT value FROM json_each(?))`,
    project,
    JSON.stringify(positions),
  ) as { position: number; bytes: number }[];
  const sizes = new Map(rows.map(({ position, bytes }) => [position, bytes]));
  let run: number[] = [];
  let total = 0;
  for (const position of positions) {
    const bytes = sizes.get(position) ?? 0;
    if (run.length > 0 && total + bytes > LARGEST_RUN_BYTES) {
      yield run;
      run = [];
      total = 0;
    }
    run.push(position);
    total += bytes;
  }
  if (run.length > 0) yield run;
}

function open(project: string, row: CommitRow): SealedCommit {
  const { position, at, actor_id: actorId, claim, events } = row;
  return openStored(new Uint8Array(row.body), row.hash, { project, position, at, actorId, claim, events }, copiesOf);
}

/** As a row has them: its events are compared as the text that they come in. */
function copiesOf({ project, position, at, actorId, claim, events }: CommitIndex) {
  const pairs = events.map(({ type, subject = null }) => [type, subject]);
  return { project, position, at, actorId, claim, events: JSON.stringify(pairs) };
}
