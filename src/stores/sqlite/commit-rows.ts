import type { SealedCommit } from '../../event-sourcing/event.ts';
import { StoreUnusableError } from '../../event-sourcing/event-store.ts';
import { openStored, placeOf } from '../commit-index.ts';
import type { SqliteConnection } from './connection.ts';

/** Bodies in memory at once, unless one alone is larger. */
const LARGEST_RUN_BYTES = 1024 * 1024;

interface CommitRow {
  readonly position: number;
  readonly at: string;
  readonly actor_id: string;
  readonly idempotency_key: string | null;
  readonly hash: string;
  readonly body: ArrayBuffer;
  /** JSON arrays of text. */
  readonly subjects: string;
  readonly types: string;
}

/** The commits at these positions, in the order given. Compares the copies beside each body with the body. */
export function* commitsAt(
  connection: SqliteConnection,
  project: string,
  positions: readonly number[],
): Generator<SealedCommit> {
  for (const run of runs(connection, project, positions)) {
    const rows = connection.all(
      `SELECT position, at, actor_id, idempotency_key, hash, body,
          (SELECT json_group_array(subject) FROM commit_subjects AS s
            WHERE s.project = c.project AND s.position = c.position) AS subjects,
          (SELECT json_group_array(type) FROM commit_types AS t
            WHERE t.project = c.project AND t.position = c.position) AS types
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
  return openStored(new Uint8Array(row.body), row.hash, {
    project,
    position: row.position,
    at: row.at,
    actorId: row.actor_id,
    ...(row.idempotency_key !== null && { idempotencyKey: row.idempotency_key }),
    subjects: JSON.parse(row.subjects) as string[],
    types: JSON.parse(row.types) as string[],
  });
}
