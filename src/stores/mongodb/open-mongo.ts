import { type Db, MongoClient } from 'mongodb';
import {
  type EventStore,
  StoreSettingsError,
  StoreUnavailableError,
  StoreUnusableError,
} from '../../event-sourcing/event-store.ts';
import type { SnapshotStore } from '../../event-sourcing/snapshots/snapshot-store.ts';
import type { SecretStore } from '../../secrets/secret-store.ts';
import { orUnavailable } from './commands.ts';
import { CLIENT_OPTIONS, readUrl } from './connection-options.ts';
import { prepareIndexes } from './indexes.ts';
import { MongoEventStore } from './mongo-event-store.ts';
import { MongoSecretStore } from './mongo-secret-store.ts';
import { MongoSnapshotStore } from './mongo-snapshot-store.ts';

export interface MongoDatabase {
  /** Closing it closes the connections. */
  readonly events: EventStore;
  readonly secrets: SecretStore;
  readonly snapshots: SnapshotStore;
}

/**
 * Connects to the database that the URL names (`proxy_ledger` if it names none), and creates what indexes are missing.
 * Concerns, read preference, retries and timeouts are the store's own, whatever the URL says of them.
 *
 * Throws `StoreSettingsError` for a URL that makes no sense, `StoreUnavailableError` when no server answers, and
 * `StoreUnusableError` for a database that lacks a unique index. No part of the URL is in their messages.
 */
export async function openMongo(url: string): Promise<MongoDatabase> {
  const { client, db } = connectionTo(url);
  try {
    await orUnavailable(() => client.connect());
    await prepareIndexes(db);
    return {
      events: new MongoEventStore(client, db),
      secrets: new MongoSecretStore(db),
      snapshots: new MongoSnapshotStore(db),
    };
  } catch (error) {
    await client.close();
    if (error instanceof StoreUnavailableError || error instanceof StoreUnusableError) throw error;
    // What the driver passes on from the system: of DNS, or of the files that the URL names.
    if ((error as NodeJS.ErrnoException).syscall?.startsWith('query')) {
      throw new StoreUnavailableError("MongoDB's servers are not found in DNS", { cause: error });
    }
    throw new StoreUnusableError("what the MongoDB URL names can't be used", { cause: error });
  }
}

function connectionTo(text: string): { client: MongoClient; db: Db } {
  const { url, databaseName } = readUrl(text);
  try {
    const client = new MongoClient(url, CLIENT_OPTIONS);
    return { client, db: client.db(databaseName) };
  } catch (error) {
    // Not as the cause: the driver's messages quote the URL.
    const unknown = /^options? [\w, ]+ (?:is|are) not supported$/.exec(error instanceof Error ? error.message : '');
    const why = unknown?.[0] ?? 'its hosts, ports or options make no sense';
    throw new StoreSettingsError(`MONGODB_URL can't be used: ${why}`);
  }
}
