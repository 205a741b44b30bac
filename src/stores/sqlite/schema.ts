import { StoreUnusableError } from '../../event-sourcing/event-store.ts';
import type { SqliteConnection } from './connection.ts';

/** "PLdg": tells our files from other programs' (https://www.sqlite.org/fileformat2.html#application_id). */
const APPLICATION_ID = 0x504c6467;
const SCHEMA_VERSION = 2;

const SNAPSHOTS = `
  CREATE TABLE snapshots (
    project TEXT NOT NULL,
    fold INTEGER NOT NULL,
    position INTEGER NOT NULL,
    base INTEGER NOT NULL,
    part INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (project, fold, position, base, part)
  ) STRICT;
  CREATE INDEX snapshot_manifests ON snapshots (project, fold, part, position, base);
`;

const SCHEMA = `
  CREATE TABLE commits (
    project TEXT NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 1),
    at TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    idempotency_key TEXT,
    hash TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (project, position)
  ) STRICT;
  CREATE INDEX commits_by_time ON commits (project, at, position);
  CREATE INDEX commits_by_actor ON commits (project, actor_id, position);
  CREATE INDEX commits_by_idempotency_key ON commits (project, actor_id, idempotency_key, position)
    WHERE idempotency_key IS NOT NULL;

  CREATE TABLE commit_subjects (
    project TEXT NOT NULL,
    subject TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (project, position, subject)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX commits_by_subject ON commit_subjects (project, subject, position);

  CREATE TABLE commit_types (
    project TEXT NOT NULL,
    type TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (project, position, type)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX commits_by_type ON commit_types (project, type, position);

  CREATE TABLE projects (project TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

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

/** From version 1: snapshots had no base. They are a cache. */
const MIGRATION = `
  DROP TABLE snapshots;
  ${SNAPSHOTS}
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Creates the tables in an empty file, and brings those of an earlier version up to date. Throws `StoreUnusableError` for
 * another program's file and a newer version's.
 */
export function prepareSchema(connection: SqliteConnection): void {
  connection.transaction(() => {
    const { tables } = connection.get('SELECT count(*) AS tables FROM sqlite_schema') as { tables: number };
    if (tables === 0) return connection.exec(SCHEMA);

    const { application } = connection.get('SELECT application_id AS application FROM pragma_application_id') as {
      application: number;
    };
    if (application !== APPLICATION_ID) throw new StoreUnusableError('the database file belongs to another program');

    const { version } = connection.get('SELECT user_version AS version FROM pragma_user_version') as {
      version: number;
    };
    if (version > SCHEMA_VERSION) {
      throw new StoreUnusableError(
        `the database file has schema version ${version}; this version of the server knows up to ${SCHEMA_VERSION}`,
      );
    }
    if (version === 1) return connection.exec(MIGRATION);
    if (version !== SCHEMA_VERSION) throw new StoreUnusableError(`the database file has schema version ${version}`);
  });
}
