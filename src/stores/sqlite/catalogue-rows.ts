import type { CatalogueEntry, ProjectRange, TokenUse } from '../../event-sourcing/event-store.ts';
import { isGreater, mergeKeys } from '../catalogue-order.ts';
import type { SqliteConnection } from './connection.ts';

type Place = Omit<CatalogueEntry, 'readers'>;

export function registerProjects(connection: SqliteConnection, keys: readonly string[]): void {
  for (const key of keys) connection.run('INSERT INTO projects (project) VALUES (?) ON CONFLICT DO NOTHING', key);
}

/** A query has as many arms as one of these, so that there are few queries to prepare. */
const ARMS = [1, 10, 100];

/** By the primary keys alone. */
export function listProjects(connection: SqliteConnection, range: ProjectRange): string[] {
  const { readers, after, before, direction = 'forwards', limit } = range;
  const above = after === undefined ? '' : 'AND project > ?';
  const below = before === undefined ? '' : 'AND project < ?';
  const bounds = [after, before].filter((bound) => bound !== undefined);
  const inOrder = (sql: string, values: readonly string[]): string[] => {
    const order = `ORDER BY project ${direction === 'forwards' ? 'ASC' : 'DESC'} LIMIT ?`;
    const rows = connection.all(`${sql} ${order}`, ...values, limit);
    return (rows as { project: string }[]).map(({ project }) => project);
  };
  if (!readers) return inOrder(`SELECT project FROM projects WHERE true ${above} ${below}`, bounds);
  const ofReader = `SELECT project FROM readers WHERE reader = ? ${above} ${below}`;
  // SQLite merges the arms of a union in the order of projects, and stops at the limit.
  const lists = armsOf(readers).map((arms) =>
    inOrder(
      arms.map(() => ofReader).join(' UNION '),
      arms.flatMap((reader) => [reader, ...bounds]),
    ),
  );
  return mergeKeys(lists, range);
}

/** Readers in parts of at most the most arms; where a part has fewer than its query, the last one is asked for again. */
function armsOf(readers: readonly string[]): string[][] {
  const most = ARMS.at(-1) ?? 1;
  const parts: string[][] = [];
  for (let from = 0; from < readers.length; from += most) {
    const part = readers.slice(from, from + most);
    const arms = ARMS.find((count) => count >= part.length) ?? most;
    parts.push([...part, ...Array<string>(arms - part.length).fill(part.at(-1) ?? '')]);
  }
  return parts;
}

export function countProjects(connection: SqliteConnection, readers?: readonly string[]): number {
  const counted = readers
    ? connection.get(
        'SELECT count(DISTINCT project) AS n FROM readers WHERE reader IN (SELECT value FROM json_each(?))',
        JSON.stringify(readers),
      )
    : connection.get('SELECT count(*) AS n FROM projects');
  return (counted as { n: number }).n;
}

/** One look at the primary key for each of them, whatever is there. */
export function isReadBy(connection: SqliteConnection, project: string, readers: readonly string[]): boolean {
  const row = connection.get(
    // SQLite keeps the order of a cross join: else it might go through all readers of the project.
    'SELECT 1 FROM json_each(?) CROSS JOIN readers NOT INDEXED ON reader = value AND project = ? LIMIT 1',
    JSON.stringify(readers),
    project,
  );
  return row !== undefined;
}

export function findEntry(connection: SqliteConnection, project: string): CatalogueEntry | undefined {
  const place = findPlace(connection, project);
  return place && { ...place, readers: findReaders(connection, project) };
}

/** Leaves the one that is there if that is the greater one. */
export function noteEntry(connection: SqliteConnection, entry: CatalogueEntry): void {
  const { project, position, commitId } = entry;
  const there = findPlace(connection, project);
  if (there && !isGreater(entry, there)) return;
  connection.run(
    `INSERT INTO catalogue (project, position, commit_id) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET position = excluded.position, commit_id = excluded.commit_id`,
    ...[project, position, commitId],
  );
  const [before, readers] = [new Set(findReaders(connection, project)), new Set(entry.readers)];
  for (const reader of before) {
    if (!readers.has(reader)) connection.run('DELETE FROM readers WHERE reader = ? AND project = ?', reader, project);
  }
  for (const reader of readers) {
    if (!before.has(reader)) connection.run('INSERT INTO readers (reader, project) VALUES (?, ?)', reader, project);
  }
}

export function dropEntry(connection: SqliteConnection, { project, position, commitId }: Place): void {
  const dropped = connection.run(
    'DELETE FROM catalogue WHERE project = ? AND position = ? AND commit_id = ?',
    ...[project, position, commitId],
  );
  if (dropped > 0) connection.run('DELETE FROM readers WHERE project = ?', project);
}

function findReaders(connection: SqliteConnection, project: string): string[] {
  const rows = connection.all('SELECT reader FROM readers WHERE project = ? ORDER BY reader', project);
  return (rows as { reader: string }[]).map(({ reader }) => reader);
}

function findPlace(connection: SqliteConnection, project: string): Place | undefined {
  const row = connection.get('SELECT position, commit_id FROM catalogue WHERE project = ?', project) as
    | { position: number; commit_id: string }
    | undefined;
  return row && { project, position: row.position, commitId: row.commit_id };
}

export function noteTokenUse(connection: SqliteConnection, { project, tokenId, hour }: TokenUse): void {
  connection.run(
    `INSERT INTO token_uses (project, token_id, hour) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET hour = max(hour, excluded.hour)`,
    ...[project, tokenId, hour],
  );
}

export function findTokenUses(
  connection: SqliteConnection,
  project: string,
  tokenIds: readonly string[],
): ReadonlyMap<string, string> {
  const rows = connection.all(
    'SELECT token_id, hour FROM token_uses WHERE project = ? AND token_id IN (SELECT value FROM json_each(?))',
    project,
    JSON.stringify(tokenIds),
  ) as { token_id: string; hour: string }[];
  return new Map(rows.map(({ token_id, hour }) => [token_id, hour]));
}
