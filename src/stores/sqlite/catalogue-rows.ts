import type { CatalogueEntry, ProjectRange, TokenUse } from '../../event-sourcing/event-store.ts';
import { isGreater, mergeKeys } from '../catalogue-order.ts';
import type { SqliteConnection } from './connection.ts';

type Place = Omit<CatalogueEntry, 'readers'>;

export function registerProjects(connection: SqliteConnection, keys: readonly string[]): void {
  for (const key of keys) connection.run('INSERT INTO projects (project) VALUES (?) ON CONFLICT DO NOTHING', key);
}

/** Of each reader's projects the first ones are read, by the primary key. */
export function listProjects(connection: SqliteConnection, range: ProjectRange): string[] {
  const { readers } = range;
  if (!readers) return firstKeys(connection, 'projects', range);
  const lists = [...new Set(readers)].map((reader) => firstKeys(connection, 'readers', range, reader));
  return mergeKeys(lists, range);
}

function firstKeys(
  connection: SqliteConnection,
  table: 'projects' | 'readers',
  { after, before, direction = 'forwards', limit }: ProjectRange,
  reader?: string,
): string[] {
  const conditions = [
    ['reader = ?', reader],
    ['project > ?', after],
    ['project < ?', before],
  ].filter(([, value]) => value !== undefined) as [string, string][];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`;
  const rows = connection.all(
    `SELECT project FROM ${table} ${where} ORDER BY project ${direction === 'forwards' ? 'ASC' : 'DESC'} LIMIT ?`,
    ...conditions.map(([, value]) => value),
    limit,
  );
  return (rows as { project: string }[]).map(({ project }) => project);
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

export function findEntry(connection: SqliteConnection, project: string): CatalogueEntry | undefined {
  const place = findPlace(connection, project);
  if (!place) return undefined;
  const rows = connection.all('SELECT reader FROM readers WHERE project = ? ORDER BY reader', project);
  return { ...place, readers: (rows as { reader: string }[]).map(({ reader }) => reader) };
}

/** Leaves the one that is there if that is the greater one. */
export function noteEntry(connection: SqliteConnection, entry: CatalogueEntry): void {
  const { project, position, commitId, readers } = entry;
  const there = findPlace(connection, project);
  if (there && !isGreater(entry, there)) return;
  if (there) dropEntry(connection, there);
  connection.run('INSERT INTO catalogue (project, position, commit_id) VALUES (?, ?, ?)', project, position, commitId);
  for (const reader of readers) connection.run('INSERT INTO readers (reader, project) VALUES (?, ?)', reader, project);
}

export function dropEntry(connection: SqliteConnection, { project, position, commitId }: Place): void {
  const dropped = connection.run(
    'DELETE FROM catalogue WHERE project = ? AND position = ? AND commit_id = ?',
    ...[project, position, commitId],
  );
  if (dropped > 0) connection.run('DELETE FROM readers WHERE project = ?', project);
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
