import type { KeyCheck, KeyMark, SealedSecret, SecretStore } from '../../secrets/secret-store.ts';
import type { SqliteConnection } from './connection.ts';

const PAGE = 256;

const COLUMNS = 'project, secret_id, key_id, resource_id, sealed, created_at';

interface SecretRow {
  readonly project: string;
  readonly secret_id: string;
  readonly key_id: string;
  readonly resource_id: string;
  readonly sealed: ArrayBuffer;
  readonly created_at: string;
}

export class SqliteSecretStore implements SecretStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async put(secrets: readonly SealedSecret[]): Promise<void> {
    await this.#connection.write(() => {
      for (const { project, secretId, keyId, resourceId, sealed, createdAt } of secrets) {
        this.#connection.run(
          `INSERT INTO secrets (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
          ...[project, secretId, keyId, resourceId, sealed, createdAt],
        );
      }
    });
  }

  async get(project: string, secretId: string): Promise<SealedSecret[]> {
    const sql = `SELECT ${COLUMNS} FROM secrets WHERE project = ? AND secret_id = ? ORDER BY key_id`;
    return (this.#connection.all(sql, project, secretId) as SecretRow[]).map(open);
  }

  async projects(): Promise<string[]> {
    // Each found by the index from the one before: a plain DISTINCT would go through all secrets at once.
    const sql = 'SELECT project FROM secrets WHERE project > ? ORDER BY project LIMIT 1';
    const found: string[] = [];
    for (let last = ''; ; ) {
      const row = this.#connection.get(sql, last) as { project: string } | undefined;
      if (!row) return found;
      last = row.project;
      found.push(last);
      if (found.length % PAGE === 0) await new Promise(setImmediate);
    }
  }

  async *all(project: string): AsyncIterable<SealedSecret> {
    const sql = `SELECT ${COLUMNS} FROM secrets WHERE project = ? AND (secret_id, key_id) > (?, ?)
      ORDER BY secret_id, key_id LIMIT ${PAGE}`;
    let last = { secret_id: '', key_id: '' };
    for (;;) {
      const page = this.#connection.all(sql, project, last.secret_id, last.key_id) as SecretRow[];
      yield* page.map(open);
      const end = page.at(-1);
      if (!end || page.length < PAGE) return;
      last = end;
      await new Promise(setImmediate);
    }
  }

  async delete(project: string, secretId: string, keyId: string): Promise<void> {
    const sql = 'DELETE FROM secrets WHERE project = ? AND secret_id = ? AND key_id = ?';
    await this.#connection.write(() => this.#connection.run(sql, project, secretId, keyId));
  }

  async keyChecks(): Promise<KeyCheck[]> {
    return (this.#connection.all('SELECT key_id, key_check FROM key_checks ORDER BY key_id') as KeyCheckRow[]).map(
      ({ key_id, key_check }) => ({ keyId: key_id, check: key_check }),
    );
  }

  async putKeyCheck({ keyId, check }: KeyCheck): Promise<void> {
    const sql = 'INSERT INTO key_checks (key_id, key_check) VALUES (?, ?) ON CONFLICT DO NOTHING';
    await this.#connection.write(() => this.#connection.run(sql, keyId, check));
  }

  async keyMarks(): Promise<KeyMark[]> {
    return (this.#connection.all('SELECT key_id, mark FROM key_marks ORDER BY key_id, mark') as KeyMarkRow[]).map(
      ({ key_id, mark }) => ({ keyId: key_id, mark }),
    );
  }

  async putKeyMark({ keyId, mark }: KeyMark): Promise<void> {
    const sql = 'INSERT INTO key_marks (key_id, mark) VALUES (?, ?) ON CONFLICT DO NOTHING';
    await this.#connection.write(() => this.#connection.run(sql, keyId, mark));
  }

  async hasKeyMark({ keyId, mark }: KeyMark): Promise<boolean> {
    return this.#connection.get('SELECT 1 FROM key_marks WHERE key_id = ? AND mark = ?', keyId, mark) !== undefined;
  }
}

interface KeyCheckRow {
  readonly key_id: string;
  readonly key_check: string;
}

interface KeyMarkRow {
  readonly key_id: string;
  readonly mark: KeyMark['mark'];
}

function open(row: SecretRow): SealedSecret {
  return {
    project: row.project,
    secretId: row.secret_id,
    keyId: row.key_id,
    resourceId: row.resource_id,
    sealed: new Uint8Array(row.sealed),
    createdAt: row.created_at,
  };
}
