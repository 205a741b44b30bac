import type { SealedCommit } from '../../event-sourcing/event.ts';
import { StoreUnusableError } from '../../event-sourcing/event-store.ts';
import { type CommitIndex, type EventIndex, indexOf, openStored, placeOf } from '../commit-index.ts';
import type { SqliteConnection, SqlValue } from './connection.ts';

/** Bodies in memory at once, unless one alone is larger. */
const LARGEST_RUN_BYTES = 1024 * 1024;

/** A row without its body. */
interface CommitHead {
  readonly position: number;
  readonly at: string;
  readonly actorId: string;
  readonly claim: string;
  readonly hash: string;
  /** Of the body. */
  readonly bytes: number;
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

/** The commits at these positions, which ascend or descend, in that order. Compares the copies beside each body with the body. */
export function* commitsAt(
  connection: SqliteConnection,
  project: string,
  positions: readonly number[],
): Generator<SealedCommit> {
  const heads = new Map(headsAt(connection, project, positions).map((head) => [head.position, head]));
  const wanted = positions.map((position) => {
    const head = heads.get(position);
    if (!head) throw new StoreUnusableError(`a stored commit is missing: ${placeOf({ project, position })}`);
    return head;
  });
  for (const run of runs(wanted)) {
    const at = run.map(({ position }) => position);
    const [bodies, events] = [bodiesOf(connection, project, run), eventsAt(connection, project, at)];
    for (const { bytes: _, hash, ...copied } of run) {
      const { position } = copied;
      const copies = { project, ...copied, events: events.get(position) ?? [] };
      yield openStored(bodies.get(position) ?? new Uint8Array(), hash, copies);
    }
  }
}

/** Parts of a page whose bodies may be in memory at once. */
function* runs(heads: readonly CommitHead[]): Generator<CommitHead[]> {
  let run: CommitHead[] = [];
  let total = 0;
  for (const head of heads) {
    if (run.length > 0 && total + head.bytes > LARGEST_RUN_BYTES) {
      yield run;
      run = [];
      total = 0;
    }
    run.push(head);
    total += head.bytes;
  }
  if (run.length > 0) yield run;
}

// What follows asks for many rows in one: handing over each by itself would cost as much as reading them.

function headsAt(connection: SqliteConnection, project: string, positions: readonly number[]): CommitHead[] {
  const among = amongPositions(positions);
  const rows = listOf(
    connection,
    `SELECT json_group_array(json_array(position, at, actor_id, claim, hash, length(body))) AS list
      FROM commits WHERE project = ? AND ${among.sql}`,
    ...[project, ...among.values],
  ) as [position: number, at: string, actorId: string, claim: string, hash: string, bytes: number][];
  return rows.map(([position, at, actorId, claim, hash, bytes]) => ({ position, at, actorId, claim, hash, bytes }));
}

/** By their commits' positions, and of each commit in their order. */
function eventsAt(
  connection: SqliteConnection,
  project: string,
  positions: readonly number[],
): ReadonlyMap<number, EventIndex[]> {
  const among = amongPositions(positions);
  const rows = listOf(
    connection,
    `SELECT json_group_array(json_array(position, type, subject)) AS list FROM
      (SELECT position, type, subject FROM commit_events NOT INDEXED WHERE project = ? AND ${among.sql} ORDER BY position, n)`,
    ...[project, ...among.values],
  ) as [position: number, type: string, subject: string | null][];
  const events = new Map<number, EventIndex[]>();
  for (const [position, type, subject] of rows) {
    const event = subject === null ? { type } : { type, subject };
    const ofCommit = events.get(position);
    if (ofCommit) ofCommit.push(event);
    else events.set(position, [event]);
  }
  return events;
}

/** By position. Parts of one piece of memory, which is as large as they are together. */
function bodiesOf(
  connection: SqliteConnection,
  project: string,
  heads: readonly CommitHead[],
): ReadonlyMap<number, Uint8Array> {
  const inOrder = heads.toSorted((a, b) => a.position - b.position);
  const among = amongPositions(inOrder.map(({ position }) => position));
  // SQLite takes bytes here as they are, whether they are text or not.
  const [row] = connection.all(
    `SELECT CAST(group_concat(body, '') AS BLOB) AS bodies FROM
      (SELECT body FROM commits WHERE project = ? AND ${among.sql} ORDER BY position)`,
    ...[project, ...among.values],
  ) as { bodies: ArrayBuffer }[];
  if (!row) return new Map();
  let from = 0;
  return new Map(
    inOrder.map(({ position, bytes }) => {
      from += bytes;
      return [position, new Uint8Array(row.bodies, from - bytes, bytes)];
    }),
  );
}

/** Positions in their order, or the other way round. Without gaps they are a range, which SQLite goes through faster. */
function amongPositions(positions: readonly number[]): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const [one = 0, other = 0] = [positions[0], positions.at(-1)];
  const [first, last] = [Math.min(one, other), Math.max(one, other)];
  return last - first + 1 === positions.length
    ? { sql: 'position >= ? AND position <= ?', values: [first, last] }
    : { sql: 'position IN (SELECT value FROM json_each(?))', values: [JSON.stringify(positions)] };
}

/** What a query gathers as `list`. */
function listOf(connection: SqliteConnection, sql: string, ...values: readonly SqlValue[]): unknown[] {
  const { list } = connection.get(sql, ...values) as { list: string };
  return JSON.parse(list) as unknown[];
}
