import { StoreUnavailableError } from '../../event-sourcing/event-store.ts';
import {
  MANIFEST,
  type SnapshotPart,
  type SnapshotPlace,
  type SnapshotStore,
} from '../../event-sourcing/snapshot-store.ts';
import { type SqliteConnection, UnsureCommitError } from './connection.ts';

export class SqliteSnapshotStore implements SnapshotStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async put({ project, position, fold, part, body }: SnapshotPart): Promise<void> {
    const sql =
      'INSERT INTO snapshots (project, position, fold, part, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
    this.#write(() => this.#connection.run(sql, project, position, fold, part, body));
  }

  async get({ project, position, fold }: SnapshotPlace, part: number): Promise<Uint8Array | undefined> {
    const sql = 'SELECT body FROM snapshots WHERE project = ? AND position = ? AND fold = ? AND part = ?';
    const [row] = this.#connection.all(sql, project, position, fold, part) as { body: ArrayBuffer }[];
    return row && new Uint8Array(row.body);
  }

  async positions(project: string, fold: number): Promise<number[]> {
    const sql = 'SELECT position FROM snapshots WHERE project = ? AND fold = ? AND part = ? ORDER BY position';
    return (this.#connection.all(sql, project, fold, MANIFEST) as { position: number }[]).map(
      ({ position }) => position,
    );
  }

  async delete({ project, position, fold }: SnapshotPlace): Promise<void> {
    // In one transaction, so that there is no first and last.
    const sql = 'DELETE FROM snapshots WHERE project = ? AND position = ? AND fold = ?';
    this.#write(() => this.#connection.run(sql, project, position, fold));
  }

  #write(work: () => void): void {
    try {
      this.#connection.transaction(work);
    } catch (cause) {
      if (cause instanceof UnsureCommitError) throw new StoreUnavailableError(cause.message, { cause });
      throw cause;
    }
  }
}
