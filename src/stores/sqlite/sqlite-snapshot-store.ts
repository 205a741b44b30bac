import {
  MANIFEST,
  type SnapshotPart,
  type SnapshotPlace,
  type SnapshotStore,
} from '../../event-sourcing/snapshots/snapshot-store.ts';
import { withoutManifest } from '../snapshot-places.ts';
import type { SqliteConnection } from './connection.ts';

const PLACE = 'project = ? AND fold = ? AND position = ? AND base = ? AND writer = ?';

export class SqliteSnapshotStore implements SnapshotStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async put({ part, body, ...place }: SnapshotPart): Promise<void> {
    const sql = `INSERT INTO snapshots (project, fold, position, base, writer, part, body) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING`;
    await this.#connection.writeCache(() => this.#connection.run(sql, ...valuesOf(place), part, body));
  }

  async get(place: SnapshotPlace, part: number): Promise<Uint8Array | undefined> {
    const sql = `SELECT body FROM snapshots WHERE ${PLACE} AND part = ?`;
    const [row] = this.#connection.all(sql, ...valuesOf(place), part) as { body: ArrayBuffer }[];
    return row && new Uint8Array(row.body);
  }

  async places(project: string, fold: number): Promise<SnapshotPlace[]> {
    return this.#placesWith(project, fold, MANIFEST);
  }

  async unfinished(project: string, fold: number): Promise<SnapshotPlace[]> {
    return withoutManifest(this.#placesWith(project, fold, 0), this.#placesWith(project, fold, MANIFEST));
  }

  async delete(place: SnapshotPlace): Promise<void> {
    // In one transaction, so that there is no first and last.
    await this.#connection.writeCache(() =>
      this.#connection.run(`DELETE FROM snapshots WHERE ${PLACE}`, ...valuesOf(place)),
    );
  }

  #placesWith(project: string, fold: number, part: number): SnapshotPlace[] {
    const sql = `SELECT position, base, writer FROM snapshots WHERE project = ? AND fold = ? AND part = ?
      ORDER BY position, base, writer`;
    const found = this.#connection.all(sql, project, fold, part) as Omit<SnapshotPlace, 'project' | 'fold'>[];
    return found.map(({ position, base, writer }) => ({ project, fold, position, base, writer }));
  }
}

function valuesOf({ project, fold, position, base, writer }: SnapshotPlace): (string | number)[] {
  return [project, fold, position, base, writer];
}
