import { StoreUnusableError } from '../../event-sourcing/event-store.ts';
import type { SqliteConnection } from './connection.ts';
import { rebuildCopies } from './rebuild-copies.ts';

/** "PLdg": tells our files from other programs' (https://www.sqlite.org/fileformat2.html#application_id). */
const APPLICATION_ID = 0x504c6467;
const SCHEMA_VERSION = 5;

const SNAPSHOTS = `
  CREATE TABLE snapshots (
    project TEXT NOT NULL,
    fold INTEGER NOT NULL,
    position INTEGER NOT NULL,
    base INTEGER NOT NULL,
    writer TEXT NOT NULL,
    part INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (project, fold, position, base, writer, part)
  ) STRICT;
  CREATE INDEX snapshot_manifests ON snapshots (project, fold, part, position, base, writer);
`;

const EVENTS = `
  CREATE TABLE commit_events (
    project TEXT NOT NULL,
    position INTEGER NOT NULL,
    n INTEGER NOT NULL,
    type TEXT NOT NULL,
    subject TEXT,
    PRIMARY KEY (project, position, n)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX events_by_subject ON commit_events (project, subject, position, type);
  CREATE INDEX events_by_type ON commit_events (project, type, position);
`;

const CATALOGUE = `
  CREATE TABLE catalogue (
    project TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    commit_id TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE readers (
    reader TEXT NOT NULL,
    project TEXT NOT NULL,
    PRIMARY KEY (reader, project)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX readers_by_project ON readers (project, reader);
  CREATE TABLE token_uses (
    project TEXT NOT NULL,
    token_id TEXT NOT NULL,
    hour TEXT NOT NULL,
    PRIMARY KEY (project, token_id)
  ) STRICT, WITHOUT ROWID;
`;

/** Which claims name an idempotency key: they are JSON arrays. The others are ids of commits, which no two have. */
export const NAMES_A_KEY = "substr(claim, 1, 1) = '['";

const CLAIMS = `CREATE UNIQUE INDEX commits_by_claim ON commits (project, claim) WHERE ${NAMES_A_KEY};`;

const SCHEMA = `
  CREATE TABLE commits (
    project TEXT NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 1),
    at TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    claim TEXT NOT NULL,
    hash TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (project, position)
  ) STRICT;
  CREATE INDEX commits_by_actor ON commits (project, actor_id, position);
  ${CLAIMS}
  ${EVENTS}
  CREATE TABLE projects (project TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  ${CATALOGUE}

  CREATE TABLE secrets (
    project TEXT NOT NULL,
    secret_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (project, secret_id, key_id)
  ) STRICT, WITHOUT ROWID;

  ${SNAPSHOTS}
  CREATE TABLE key_checks (key_id TEXT PRIMARY KEY, key_check TEXT NOT NULL) STRICT, WITHOUT ROWID;

  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * To version 3, from 1 and 2. Snapshots, which are a cache, told neither base (1) nor writer; a commit's row had its idempotency
 * key, its subjects and its types beside the body, where now its claim and its events are.
 */
function makeClaims(connection: SqliteConnection): void {
  connection.exec(`
    DROP TABLE snapshots;
    ${SNAPSHOTS}
    DROP TABLE commit_subjects;
    DROP TABLE commit_types;
    ${EVENTS}
    DROP INDEX commits_by_idempotency_key;
    ALTER TABLE commits RENAME COLUMN idempotency_key TO claim;
  `);
  rebuildCopies(connection);
  connection.exec(CLAIMS);
}

/**
 * From any version before: to 4, the tables of who may read what, which are filled from the logs; to 5, without the index
 * of times, which positions find as well, and with claims in their index only where they name a key.
 */
function migrate(connection: SqliteConnection, version: number): void {
  if (version < 3) makeClaims(connection);
  if (version < 4) connection.exec(CATALOGUE);
  connection.exec(`
    DROP INDEX commits_by_time;
    DROP INDEX commits_by_claim;
    ${CLAIMS}
    PRAGMA user_version = ${SCHEMA_VERSION};
  `);
}

/** It came without a version of its own: a server that does not know it does no harm. */
const KEY_MARKS = `
  CREATE TABLE IF NOT EXISTS key_marks (
    key_id TEXT NOT NULL,
    mark TEXT NOT NULL,
    PRIMARY KEY (key_id, mark)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Creates the tables in an empty file, and brings those of an earlier version up to date. Throws `StoreUnusableError` for
 * another program's file and a newer version's.
 */
export function prepareSchema(connection: SqliteConnection): void {
  prepareVersion(connection);
  connection.exec(KEY_MARKS);
}

function prepareVersion(connection: SqliteConnection): void {
  connection.transaction(() => {
    const { tables } = connection.get('SELECT count(*) AS tables FROM sqlite_schema') as { tables: number };
    if (tables === 0) return connection.exec(SCHEMA);

    const { application } = connection.get('SELECT application_id AS application FROM pragma_application_id') as {
      application: number;
    };
    if (application !== APPLICATION_ID)
      throw new StoreUnusableError('the database file belongs to another program; set DATA_DIR to another directory');

    const { version } = connection.get('SELECT user_version AS version FROM pragma_user_version') as {
      version: number;
    };
    if (version > SCHEMA_VERSION) {
      throw new StoreUnusableError(
        `the database file has schema version ${version}; this version of the server knows up to ${SCHEMA_VERSION}: start a newer one`,
      );
    }
    if (version >= 1 && version < SCHEMA_VERSION) return migrate(connection, version);
    if (version !== SCHEMA_VERSION) throw new StoreUnusableError(`the database file has schema version ${version}`);
  });
}
