import type { EventStore } from '../../event-sourcing/event-store.ts';
import type { SnapshotStore } from '../../event-sourcing/snapshots/snapshot-store.ts';
import type { SecretStore } from '../../secrets/secret-store.ts';
import { SqliteConnection } from './connection.ts';
import { prepareSchema } from './schema.ts';
import { SqliteEventStore } from './sqlite-event-store.ts';
import { SqliteSecretStore } from './sqlite-secret-store.ts';
import { SqliteSnapshotStore } from './sqlite-snapshot-store.ts';

export interface SqliteDatabase {
  /** Closing it closes the file. */
  readonly events: EventStore;
  readonly secrets: SecretStore;
  readonly snapshots: SnapshotStore;
}

/**
 * Opens or creates a database file; this process alone holds it until it is closed.
 * Throws `StoreUnusableError`: held by another process, damaged, another program's, or a newer version's.
 */
export function openSqlite(file: string): SqliteDatabase {
  const connection = SqliteConnection.open(file);
  try {
    prepareSchema(connection);
  } catch (error) {
    connection.close();
    throw error;
  }
  return {
    events: new SqliteEventStore(connection),
    secrets: new SqliteSecretStore(connection),
    snapshots: new SqliteSnapshotStore(connection),
  };
}
