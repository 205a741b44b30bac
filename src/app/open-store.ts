import path from 'node:path';
import type { Config } from '../config/config.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';
import type { SnapshotStore } from '../event-sourcing/snapshots/snapshot-store.ts';
import type { SecretStore } from '../secrets/secret-store.ts';

export interface Stores {
  readonly events: EventStore;
  readonly secrets: SecretStore;
  readonly snapshots: SnapshotStore;
}

/** Each adapter is loaded when it is used: a driver takes its time. */
export async function openStore({ mongodbUrl, dataDir }: Config): Promise<Stores> {
  if (mongodbUrl !== undefined) return (await import('../stores/mongodb/open-mongo.ts')).openMongo(mongodbUrl);
  const { openSqlite } = await import('../stores/sqlite/open-sqlite.ts');
  return openSqlite(databaseFile(dataDir));
}

export function databaseFile(dataDir: string): string {
  return path.join(dataDir, 'proxy-ledger.sqlite');
}

/** For the ledgers in memory, in bytes. */
export const LEDGER_MEMORY = 512 * 1024 * 1024;
