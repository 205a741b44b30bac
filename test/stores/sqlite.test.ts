import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import Database from 'libsql';
import { UnsoundCommitError } from '../../src/event-sourcing/decoder.ts';
import { StoreUnusableError } from '../../src/event-sourcing/event-store.ts';
import { SqliteConnection, type SqlValue } from '../../src/stores/sqlite/connection.ts';
import { openSqlite } from '../../src/stores/sqlite/open-sqlite.ts';
import { eventOf, logOf, positionsOf, readAll } from '../contracts/commits.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sqlite-'));
  file = join(directory, 'data', 'ledger.db');
});
afterEach(() => rm(directory, { recursive: true }));

/** Writes a log of three commits, and then whatever the test wants behind the store's back. */
async function tampered(sql: string): Promise<void> {
  const { events } = openSqlite(file);
  const keyed = (position: number) => ({
    events: [eventOf('Made', `thing-${position}`)],
    idempotency: { key: `key-${position}`, keyId: 'k1', digest: 'ab' },
  });
  await events.append(logOf('p', 3, keyed));
  await events.close();
  const database = new Database(file);
  database.exec(sql);
  database.close();
}

/** The indexes of commits as they were before there were fewer. */
const ALL_INDEXES = `
  CREATE INDEX commits_by_time ON commits (project, at, position);
  DROP INDEX commits_by_claim;
  CREATE UNIQUE INDEX commits_by_claim ON commits (project, claim);
`;

const BEFORE_READERS = `
  ${ALL_INDEXES}
  DROP TABLE catalogue;
  DROP TABLE readers;
  DROP TABLE token_uses;
`;

/** Makes of a file's tables of commits what they were before there were claims. */
const BEFORE_CLAIMS = `
  ${BEFORE_READERS}
  DROP INDEX commits_by_claim;
  ALTER TABLE commits DROP COLUMN claim;
  ALTER TABLE commits ADD COLUMN idempotency_key TEXT;
  UPDATE commits SET idempotency_key = 'key-' || position;
  CREATE INDEX commits_by_idempotency_key ON commits (project, actor_id, idempotency_key, position)
    WHERE idempotency_key IS NOT NULL;
  DROP TABLE commit_events;
  CREATE TABLE commit_subjects (
    project TEXT NOT NULL, subject TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (project, position, subject)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE commit_types (
    project TEXT NOT NULL, type TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (project, position, type)
  ) STRICT, WITHOUT ROWID;
`;

describe('the file of a SQLite store', () => {
  test('is for its owner alone, and so is the directory made for it', async () => {
    const { events } = openSqlite(file);
    await events.append(logOf('p', 1));
    const modes = await Promise.all(
      [join(file, '..'), file, `${file}-wal`].map(async (path) => (await stat(path)).mode & 0o777),
    );
    expect(modes.map((mode) => mode.toString(8))).toEqual(['700', '600', '600']);
    await events.close();
  });

  test('is whole in one piece after closing', async () => {
    const { events } = openSqlite(file);
    await events.append(logOf('p', 1));
    await events.close();
    await expect(stat(`${file}-wal`)).rejects.toThrow('ENOENT');
    expect((await readFile(file)).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  test('can be closed and opened while a read of it is left half-way', async () => {
    const first = openSqlite(file);
    await first.events.append(logOf('p', 3));
    const reading = first.events.read('p')[Symbol.asyncIterator]();
    await reading.next();
    await first.events.close();
    const second = openSqlite(file);
    expect(await positionsOf(second.events, 'p')).toEqual([1, 2, 3]);
    await second.events.close();
  });

  test('of a newer version of the server is refused, and left as it is', async () => {
    await tampered('PRAGMA user_version = 99');
    expect(() => openSqlite(file)).toThrow(StoreUnusableError);
    expect(() => openSqlite(file)).toThrow('schema version 99');
  });

  test('of the first version is brought up to date, without its snapshots', async () => {
    await tampered(`
      ${BEFORE_CLAIMS}
      DROP TABLE snapshots;
      CREATE TABLE snapshots (
        project TEXT NOT NULL, position INTEGER NOT NULL, fold INTEGER NOT NULL, part INTEGER NOT NULL,
        body BLOB NOT NULL, PRIMARY KEY (project, fold, position, part)
      ) STRICT;
      CREATE INDEX snapshot_manifests ON snapshots (project, fold, part, position);
      INSERT INTO snapshots VALUES ('p', 1, 2, -1, x'00');
      PRAGMA user_version = 1;
    `);
    for (let start = 0; start < 2; start += 1) {
      const { events, snapshots } = openSqlite(file);
      expect(await positionsOf(events, 'p')).toEqual([1, 2, 3]);
      expect(await snapshots.places('p', 2)).toEqual([]);
      const place = { project: 'p', fold: 3, position: 3, base: 0, writer: 'w' };
      await snapshots.put({ ...place, part: -1, body: Uint8Array.of(1) });
      expect(await snapshots.places('p', 3)).toEqual([place]);
      await events.close();
    }
  });

  test('of the second version gives the commits their claims, each key to the first that has it', async () => {
    await tampered(`
      ${BEFORE_CLAIMS}
      UPDATE commits SET idempotency_key = 'key-1';
      UPDATE commits SET body = CAST(replace(CAST(body AS TEXT), '"key-2"', '"key-1"') AS BLOB);
      UPDATE commits SET body = x'00' WHERE position = 3;
      PRAGMA user_version = 2;
    `);
    for (let start = 0; start < 2; start += 1) {
      const { events } = openSqlite(file);
      expect(await events.countEvents('p', { where: { subjects: ['thing-2'] } })).toBe(1);
      expect((await events.findByIdempotencyKey('p', 'x-actor:ada', 'key-1'))?.commit.position).toBe(1);
      await expect(readAll(events, 'p', { after: 1, limit: 1 })).rejects.toThrow('position 2: its body is not what');
      await expect(readAll(events, 'p', { after: 2 })).rejects.toThrow("position 3: its body can't be read");
      await events.close();
    }
    const database = new Database(file);
    const claims = database.prepare('SELECT claim FROM commits ORDER BY position').all() as { claim: string }[];
    expect(claims.map(({ claim }) => claim)).toEqual([
      '["x-actor:ada","key-1"]',
      expect.stringMatching(/^commit-/),
      'unreadable 3',
    ]);
    database.close();
  });

  test('of the fourth version loses its index of times, and finds commits by time and by key as before', async () => {
    await tampered(`${ALL_INDEXES} PRAGMA user_version = 4;`);
    for (let start = 0; start < 2; start += 1) {
      const { events } = openSqlite(file);
      const [, second, third] = await readAll(events, 'p');
      const since = second?.commit.at ?? '';
      const until = third?.commit.at ?? '';
      expect((await readAll(events, 'p', { where: { since } })).map(({ hash }) => hash)).toEqual(
        [second, third].map((sealed) => sealed?.hash),
      );
      expect(await readAll(events, 'p', { where: { since, until } })).toEqual([second]);
      expect((await events.findByIdempotencyKey('p', 'x-actor:ada', 'key-2'))?.commit.position).toBe(2);
      const again = logOf('p', 4, () => ({ idempotency: { key: 'key-2', keyId: 'k1', digest: 'ab' } }));
      expect(await events.append(again.slice(3))).toEqual({ landed: 0, outcome: 'conflict' });
      await events.close();
    }
    const database = new Database(file);
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'commits_by_time'").all()).toEqual([]);
    database.close();
  });

  test('of the third version gets the tables of who may read what, and keeps the rest', async () => {
    await tampered(`${BEFORE_READERS} INSERT INTO projects VALUES ('p'); PRAGMA user_version = 3;`);
    const entry = { project: 'p', position: 2, commitId: 'c', readers: ['ada'] };
    for (let start = 0; start < 2; start += 1) {
      const { events } = openSqlite(file);
      expect(await positionsOf(events, 'p')).toEqual([1, 2, 3]);
      expect(await events.projects({ limit: 9 })).toEqual(['p']);
      expect(await events.catalogueEntries(['p'])).toEqual(start === 0 ? [] : [entry]);
      await events.noteCatalogueEntries([entry]);
      await events.close();
    }
  });

  test('is searched by its indexes alone for the projects that somebody may read', async () => {
    const asked: (readonly [string, readonly SqlValue[]])[] = [];
    for (const method of ['get', 'all', 'run'] as const) {
      const actual = SqliteConnection.prototype[method] as (sql: string, ...values: SqlValue[]) => never;
      jest.spyOn(SqliteConnection.prototype, method).mockImplementation(function (
        this: SqliteConnection,
        sql,
        ...values
      ) {
        asked.push([sql, values]);
        return actual.call(this, sql, ...values);
      });
    }
    const { events } = openSqlite(file);
    const entry = { project: 'p', position: 2, commitId: 'c', readers: ['ada', 'grace'] };
    await events.noteCatalogueEntries([entry]);
    asked.length = 0;
    await events.noteCatalogueEntries([{ ...entry, position: 3, readers: ['ada', 'alan'] }]);
    await events.dropCatalogueEntry({ ...entry, position: 3 });
    await events.noteCatalogueEntries([entry]);
    await events.catalogueEntries(['p']);
    for (const direction of ['forwards', 'backwards'] as const) {
      await events.projects({ readers: entry.readers, direction, after: 'a', before: 'z', limit: 5 });
    }
    await events.countProjects(entry.readers);
    await events.isReadBy('p', entry.readers);
    jest.restoreAllMocks();
    await events.close();
    expect(asked.length).toBeGreaterThan(10);
    const connection = SqliteConnection.open(file);
    for (const [sql, values] of asked) {
      const plan = (connection.all(`EXPLAIN QUERY PLAN ${sql}`, ...values) as { detail: string }[]).map(
        ({ detail }) => detail,
      );
      const steps = plan.filter((step) => /^(SEARCH|SCAN) (?!json_each)/.test(step));
      expect(
        steps.filter((step) => !/^SEARCH (readers|catalogue) USING (PRIMARY KEY|COVERING INDEX)/.test(step)),
      ).toEqual([]);
      // What is inserted is not searched.
      expect([sql, steps.length > 0, plan.some((step) => step.includes('FOR ORDER BY'))]).toEqual([
        sql,
        !sql.startsWith('INSERT'),
        false,
      ]);
    }
    connection.close();
  });

  test('of another program is refused', async () => {
    await mkdir(join(file, '..'));
    const database = new Database(file);
    database.exec('CREATE TABLE commits (a)');
    database.close();
    expect(() => openSqlite(file)).toThrow(StoreUnusableError);
    expect(() => openSqlite(file)).toThrow('belongs to another program');
  });

  test('that is no database is refused', async () => {
    await mkdir(join(file, '..'));
    await writeFile(file, 'a text '.repeat(1_000));
    expect(() => openSqlite(file)).toThrow(StoreUnusableError);
    expect(() => openSqlite(file)).toThrow('is not a database');
    expect((await readFile(file)).subarray(0, 6).toString()).toBe('a text');
  });

  test('that can not be opened is refused', async () => {
    await mkdir(file, { recursive: true });
    expect(() => openSqlite(file)).toThrow(StoreUnusableError);
    await writeFile(join(directory, 'text'), '');
    expect(() => openSqlite(join(directory, 'text', 'ledger.db'))).toThrow(StoreUnusableError);
  });

  test('with a damaged page is unusable, not away', async () => {
    const { events } = openSqlite(file);
    await events.append(logOf('p', 200));
    await events.close();
    const bytes = await readFile(file);
    bytes.fill(0xa5, 4_096, bytes.length);
    await writeFile(file, bytes);
    const reading = async () => {
      const again = openSqlite(file);
      try {
        await readAll(again.events, 'p');
      } finally {
        await again.events.close();
      }
    };
    await expect(reading()).rejects.toThrow(StoreUnusableError);
  });
});

describe('a stored commit', () => {
  test.each([
    ['actorId', "UPDATE commits SET actor_id = 'somebody' WHERE position = 2"],
    ['at', "UPDATE commits SET at = '2026-01-01T00:00:02.001Z' WHERE position = 2"],
    ['claim', "UPDATE commits SET claim = 'another' WHERE position = 2"],
    ['events', 'DELETE FROM commit_events WHERE position = 2'],
    ['events', "UPDATE commit_events SET subject = 'thing-9' WHERE position = 2"],
    ['events', "INSERT INTO commit_events (project, position, n, type) VALUES ('p', 2, 1, 'Unmade')"],
  ])('whose copy of %s differs from the body stops the reader: %s', async (member, sql) => {
    await tampered(sql);
    const { events } = openSqlite(file);
    await expect(readAll(events, 'p')).rejects.toThrow(UnsoundCommitError);
    await expect(readAll(events, 'p')).rejects.toThrow(`position 2: it differs from its copy of ${member}`);
    expect(await positionsOf(events, 'p', { upTo: 1 })).toEqual([1]);
    await events.close();
  });

  test.each([
    ['body', `UPDATE commits SET body = CAST(replace(CAST(body AS TEXT), '"a thing"', '"no thing"') AS BLOB)`],
    ['hash', "UPDATE commits SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE position = 2"],
    ['place', 'UPDATE commits SET position = 12 WHERE position = 2'],
  ])('whose %s was altered stops the reader', async (_, sql) => {
    await tampered(sql);
    const { events } = openSqlite(file);
    await expect(readAll(events, 'p', { after: 1 })).rejects.toThrow(UnsoundCommitError);
    await events.close();
  });

  test('whose body is no JSON stops the reader', async () => {
    await tampered("UPDATE commits SET body = X'00' WHERE position = 2");
    const { events } = openSqlite(file);
    await expect(readAll(events, 'p')).rejects.toThrow("position 2: its body can't be read");
    await events.close();
  });

  test.each([
    ['nothing', "X''"],
    ['what is no text', "X'00FF00'"],
    ['what the next one begins with', 'body || (SELECT body FROM commits WHERE position = 3)'],
    ['all but its end', 'CAST(substr(body, 1, length(body) - 1) AS BLOB)'],
  ])('whose body is %s stops the reader there, whatever is read along with it', async (_, body) => {
    await tampered(`UPDATE commits SET body = CAST(${body} AS BLOB) WHERE position = 2`);
    const { events } = openSqlite(file);
    expect(await positionsOf(events, 'p', { upTo: 1 })).toEqual([1]);
    await expect(readAll(events, 'p')).rejects.toThrow("position 2: its body can't be read");
    await expect(readAll(events, 'p', { direction: 'backwards' })).rejects.toThrow('position 2');
    expect(await positionsOf(events, 'p', { after: 2 })).toEqual([3]);
    await events.close();
  });

  test('that an index still names, but that is gone, is missed', async () => {
    await tampered('DELETE FROM commits WHERE position = 2');
    const { events } = openSqlite(file);
    const where = { subjects: ['thing-2'] };
    await expect(readAll(events, 'p', { where })).rejects.toThrow('a stored commit is missing: project p, position 2');
    await events.close();
  });
});

describe('values for a statement', () => {
  const wrong: readonly (readonly [string, readonly unknown[]])[] = [
    ['a boolean', [true]],
    ['undefined', [undefined]],
    ['a fraction', [1.5]],
    ['NaN', [Number.NaN]],
    ['an unsafe integer', [2 ** 53]],
    ['a lone surrogate', ['\ud800']],
    ['a text with a NUL, where SQLite would end it', ['a\u0000b']],
    ['a date', [new Date()]],
    ['an object', [{}]],
    ['too few', []],
    ['too many', [1, 2]],
  ];

  test.each(wrong)('are checked before they reach libsql: %s', (_, values) => {
    const connection = SqliteConnection.open(file);
    expect(() => connection.get('SELECT ? AS value', ...(values as SqlValue[]))).toThrow(TypeError);
    connection.close();
  });

  test('arrive as what they are', () => {
    const connection = SqliteConnection.open(file);
    const sql = 'SELECT typeof(?) AS a, typeof(?) AS b, typeof(?) AS c, typeof(?) AS d';
    const row = connection.get(sql, 1, 'text', Uint8Array.of(1), null);
    expect(row).toMatchObject({ a: 'integer', b: 'text', c: 'blob', d: 'null' });
    expect(connection.get('SELECT ? AS value', '\u{1F600} \u0001')).toMatchObject({ value: '\u{1F600} \u0001' });
    connection.close();
  });

  test('of a failed transaction are gone', () => {
    const connection = SqliteConnection.open(file);
    connection.exec('CREATE TABLE t (a INTEGER) STRICT');
    const failing = () =>
      connection.transaction(() => {
        connection.run('INSERT INTO t VALUES (?)', 1);
        throw new Error('half-way');
      });
    expect(failing).toThrow('half-way');
    connection.transaction(() => connection.run('INSERT INTO t VALUES (?)', 2));
    expect(connection.all('SELECT a FROM t')).toEqual([{ a: 2 }]);
    connection.close();
  });
});
