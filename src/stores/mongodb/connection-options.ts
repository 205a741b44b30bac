import type { CollectionOptions, MongoClientOptions } from 'mongodb';
import { StoreSettingsError } from '../../event-sourcing/event-store.ts';

/**
 * How long the server may take for a majority to have a write. What it has not told by then is of unknown outcome, not
 * undone.
 */
const WRITE_CONCERN = { w: 'majority', journal: true, wtimeoutMS: 5_000 } as const;

/** The write concern as commands spell it. */
export const WRITE_CONCERN_OF_COMMANDS = {
  w: WRITE_CONCERN.w,
  j: WRITE_CONCERN.journal,
  wtimeout: WRITE_CONCERN.wtimeoutMS,
};

/** What every collection is opened with: what was read is what a majority has, and stays. */
export const COLLECTION_OPTIONS: CollectionOptions = {
  readPreference: 'primary',
  readConcern: { level: 'majority' },
  writeConcern: WRITE_CONCERN,
};

/** Every wait has an end. */
export const CLIENT_OPTIONS: MongoClientOptions = {
  appName: 'proxy-ledger',
  ...COLLECTION_OPTIONS,
  // Servers that only speak the protocol lack it, and what it would repeat is settled by the ledger.
  retryWrites: false,
  retryReads: true,
  serverSelectionTimeoutMS: 3_000,
  connectTimeoutMS: 3_000,
  waitQueueTimeoutMS: 3_000,
  socketTimeoutMS: 10_000,
};

/** Options of the URL that would weaken the store's promises or its bounds, in lower case. */
const NOT_FOR_THE_URL = new Set([
  'w',
  'wtimeout',
  'wtimeoutms',
  'journal',
  'j',
  'fsync',
  'readpreference',
  'readpreferencetags',
  'maxstalenessseconds',
  'readconcernlevel',
  'retrywrites',
  'retryreads',
  'timeoutms',
  ...Object.keys(CLIENT_OPTIONS).map((option) => option.toLowerCase()),
]);

const DEFAULT_DATABASE = 'proxy_ledger';

/**
 * The URL without the options that are the store's to choose, and the name of the database. No part of the URL, which
 * may hold a password, is in the message of an error.
 */
export function readUrl(url: string): { url: string; databaseName: string } {
  const parts = /^(?<server>mongodb(?:\+srv)?:\/\/[^/?#]+)(?:\/(?<database>[^?#]*))?(?:\?(?<options>.*))?$/s.exec(
    url,
  )?.groups;
  if (!parts?.server)
    throw new StoreSettingsError('MONGODB_URL is not of the form mongodb://HOST:PORT/DATABASE?OPTIONS');
  const options = [...new URLSearchParams(parts.options)].filter(([name]) => !NOT_FOR_THE_URL.has(name.toLowerCase()));
  return {
    url: `${parts.server}/${parts.database ?? ''}${options.length > 0 ? `?${new URLSearchParams(options)}` : ''}`,
    databaseName: databaseNameOf(parts.database),
  };
}

function databaseNameOf(path: string | undefined): string {
  const name = decoded(path ?? '') || DEFAULT_DATABASE;
  if (FORBIDDEN_IN_NAMES.test(name) || Buffer.byteLength(name) > LONGEST_NAME) {
    throw new StoreSettingsError(
      `MONGODB_URL's database name is not one that MongoDB takes: at most ${LONGEST_NAME} bytes, without / \\ . " $ and spaces`,
    );
  }
  return name;
}

/** https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions; in bytes. */
const LONGEST_NAME = 63;
const FORBIDDEN_IN_NAMES = /[/\\. "$\0]/;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StoreSettingsError("MONGODB_URL's database name is not properly percent-encoded");
  }
}
