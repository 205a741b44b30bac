import type { SealedCommit } from '../../event-sourcing/event.ts';
import { type CommitIndex, indexOf } from '../commit-index.ts';
import type { SqliteConnection, SqlValue } from './connection.ts';

/** A commit as the tables take it. */
export interface CommitRow extends CommitIndex {
  readonly hash: string;
  readonly body: Uint8Array;
}

export function rowOf({ commit, body, hash }: SealedCommit): CommitRow {
  return { ...indexOf(commit), hash, body };
}

/** So many rows go with one statement, as far as there are as many, so that there are few statements to prepare. */
const SIZES = [32, 8, 1];

const INSERT_COMMITS = insertsOf('commits', ['project', 'position', 'at', 'actor_id', 'claim', 'hash', 'body']);
const INSERT_EVENTS = insertsOf('commit_events', ['project', 'position', 'n', 'type', 'subject']);

/** Answers how many of the rows, which follow each other, it inserted: up to the first whose claim another commit has. */
export function insertCommits(connection: SqliteConnection, rows: readonly CommitRow[]): number {
  let inserted = 0;
  for (const part of partsOf(rows)) {
    const landed = insertPart(connection, part);
    inserted += landed;
    if (landed < part.length) break;
  }
  insertEvents(connection, rows.slice(0, inserted));
  return inserted;
}

function insertPart(connection: SqliteConnection, part: readonly CommitRow[]): number {
  if (insertRows(connection, INSERT_COMMITS, part.map(valuesOf)) === part.length) return part.length;
  const [first] = part;
  if (!first || part.length === 1) return 0;
  // Which of them it was is not told: they are taken back, and inserted one by one.
  connection.run(
    'DELETE FROM commits WHERE project = ? AND position >= ? AND position < ?',
    ...[first.project, first.position, first.position + part.length],
  );
  const refused = part.findIndex((row) => insertPart(connection, [row]) === 0);
  return refused === -1 ? part.length : refused;
}

export function insertEvents(
  connection: SqliteConnection,
  commits: readonly Pick<CommitIndex, 'project' | 'position' | 'events'>[],
): void {
  const rows = commits.flatMap(({ project, position, events }) =>
    events.map(({ type, subject = null }, n) => [project, position, n, type, subject]),
  );
  for (const part of partsOf(rows)) insertRows(connection, INSERT_EVENTS, part);
}

function valuesOf({ project, position, at, actorId, claim, hash, body }: CommitRow): readonly SqlValue[] {
  return [project, position, at, actorId, claim, hash, body];
}

/** Answers how many rows it inserted: one that has a key of another one is left out. */
function insertRows(
  connection: SqliteConnection,
  statements: ReadonlyMap<number, string>,
  rows: readonly (readonly SqlValue[])[],
): number {
  const sql = statements.get(rows.length);
  if (sql === undefined) throw new RangeError(`there is no statement for ${rows.length} rows`);
  return connection.run(sql, ...rows.flat());
}

/** Statements by how many rows they take. */
function insertsOf(table: string, columns: readonly string[]): ReadonlyMap<number, string> {
  const row = `(${columns.map(() => '?').join(', ')})`;
  const into = `INSERT INTO ${table} (${columns.join(', ')}) VALUES`;
  return new Map(SIZES.map((size) => [size, `${into} ${Array(size).fill(row).join(', ')} ON CONFLICT DO NOTHING`]));
}

function* partsOf<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; ) {
    const left = rows.length - from;
    const size = SIZES.find((each) => each <= left) ?? left;
    yield rows.slice(from, from + size);
    from += size;
  }
}
