import { closeSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'libsql';
import { StoreUnavailableError, StoreUnusableError } from '../../event-sourcing/event-store.ts';
import { fileFault } from '../../words/file-faults.ts';
import { isPlain } from '../../words/text.ts';
import { WalSync } from './wal-sync.ts';

export type SqlValue = string | number | Uint8Array | null;

/** A commit was refused by the disk half-way: it is not known whether a crash now would bring it back. */
export class UnsureCommitError extends Error {
  override readonly name = 'UnsureCommitError';
}

interface Prepared {
  readonly statement: Database.Statement;
  /** How many values it takes. */
  readonly places: number;
}

/** How long to wait for a process that is about to end. The wait blocks this process. */
const LOCK_TIMEOUT_MS = 1_000;

// https://www.sqlite.org/rescode.html
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/**
 * One database file, held by this process alone from `open` to `close`. The lock is the operating system's, so that it
 * ends with its process.
 */
export class SqliteConnection {
  readonly #database: Database.Database;
  readonly #log: WalSync;
  readonly #statements = new Map<string, Prepared>();

  private constructor(database: Database.Database, log: WalSync) {
    this.#database = database;
    this.#log = log;
  }

  /** Creates the file (mode 0600) and its directory (0700) if need be. Throws `StoreUnusableError`. */
  static open(file: string): SqliteConnection {
    let path = resolve(file);
    let database: Database.Database;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      createFile(path);
      // SQLite has its log beside the file itself, and not beside a link to it.
      path = realpathSync(path);
      database = new Database(path, { timeout: LOCK_TIMEOUT_MS });
    } catch (cause) {
      const advice = 'let this user read and write it, or set DATA_DIR to another directory';
      throw new StoreUnusableError(`the database file ${path} can't be opened: ${fileFault(cause)}; ${advice}`, {
        cause,
      });
    }
    try {
      // Exclusive before WAL: then the index of the WAL is on the heap, and no second process can attach to it.
      database.pragma('locking_mode = EXCLUSIVE');
      database.pragma('journal_mode = WAL');
      // What has to be durable when it is answered is synced by `durable`.
      database.pragma('synchronous = NORMAL');
      // A purged secret leaves no ciphertext in free pages.
      database.pragma('secure_delete = ON');
      // An empty writing transaction takes the lock.
      database.exec('BEGIN IMMEDIATE; COMMIT');
      // What a process that ended left in the log may never have reached the disk, and nobody syncs it any more.
      database.pragma('wal_checkpoint(TRUNCATE)');
      return new SqliteConnection(database, new WalSync(`${path}-wal`));
    } catch (cause) {
      database.close();
      throw new StoreUnusableError(`the database file ${path} ${reasonOf(cause)}`, { cause });
    }
  }

  get(sql: string, ...values: readonly SqlValue[]): unknown {
    return this.#attempt(() => {
      const { statement, places } = this.#prepare(sql);
      return statement.get(bind(sql, places, values));
    });
  }

  all(sql: string, ...values: readonly SqlValue[]): unknown[] {
    return this.#attempt(() => {
      const { statement, places } = this.#prepare(sql);
      return statement.all(bind(sql, places, values));
    });
  }

  /** Answers how many rows it changed. */
  run(sql: string, ...values: readonly SqlValue[]): number {
    return this.#attempt(() => {
      const { statement, places } = this.#prepare(sql);
      return statement.run(bind(sql, places, values)).changes;
    });
  }

  exec(sql: string): void {
    this.#attempt(() => this.#database.exec(sql));
  }

  /**
   * Does the work in one transaction, which survives the end of this process; a loss of power only once it is `durable`.
   * When the work throws, nothing is stored; when committing fails, `UnsureCommitError` is thrown.
   */
  transaction<T>(work: () => T): T {
    this.#assertOpen();
    if (this.#database.inTransaction) this.exec('ROLLBACK');
    this.#attempt(() => this.#prepare('BEGIN IMMEDIATE').statement.run([]));
    let result: T;
    try {
      result = work();
    } catch (error) {
      this.#rollback();
      throw error;
    }
    try {
      this.#prepare('COMMIT').statement.run([]);
    } catch (cause) {
      this.#rollback();
      throw new UnsureCommitError('the disk failed while committing', { cause });
    }
    return result;
  }

  /**
   * Resolves when all transactions up to the call survive a loss of power. Throws `UnsureCommitError`; then nothing is
   * read or written any more until the file is opened anew, as nobody can tell what the disk kept.
   *
   * @param isAlone nothing else is waiting for the disk
   */
  async durable(isAlone = true): Promise<void> {
    try {
      await this.#log.sync(isAlone);
    } catch (cause) {
      throw new UnsureCommitError('the disk failed to keep what was written', { cause });
    }
  }

  /**
   * Does work that may be repeated in one transaction, and resolves when it is durable. Throws `StoreUnavailableError` when
   * it is not, or may not be.
   */
  async write(work: () => void): Promise<void> {
    await failingAsUnavailable(async () => {
      this.transaction(work);
      await this.durable();
    });
  }

  /** As `write`, of what a loss of power may undo. */
  async writeCache(work: () => void): Promise<void> {
    await failingAsUnavailable(async () => this.transaction(work));
  }

  /**
   * Lets the file go. `libsql` keeps the connection, and with it the lock, until its statements are garbage; and what
   * entered WAL mode exclusively is only unlocked after leaving WAL mode (https://www.sqlite.org/wal.html#noshm).
   */
  close(): void {
    if (!this.#database.open) return;
    this.#log.close();
    try {
      this.#rollback();
      this.#database.pragma('journal_mode = DELETE');
      this.#database.pragma('locking_mode = NORMAL');
      // The lock goes with the next access.
      this.#database.prepare('SELECT count(*) FROM sqlite_schema').get([]);
    } catch {
      // A disk that refuses this has all commits in its log; the lock goes with the process.
    }
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known) return known;
    const prepared = { statement: this.#database.prepare(sql), places: sql.split('?').length - 1 };
    this.#statements.set(sql, prepared);
    return prepared;
  }

  #attempt<T>(work: () => T): T {
    this.#assertOpen();
    try {
      return work();
    } catch (cause) {
      const code = primaryCode(cause);
      if (code === undefined) throw cause;
      if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
        throw new StoreUnusableError('the database file is damaged', { cause });
      }
      throw new StoreUnavailableError('the database file refused to work', { cause });
    }
  }

  /** A closed database is not asked for anything: what `libsql` does then is not always an error. */
  #assertOpen(): void {
    if (!this.#database.open) throw new StoreUnavailableError('the store is closed');
    const cause = this.#log.failure;
    if (cause)
      throw new StoreUnavailableError('the disk failed to keep what was written: start the server anew', { cause });
  }

  #rollback(): void {
    try {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
    } catch {
      // `transaction` tries again before it begins.
    }
  }
}

async function failingAsUnavailable(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (cause instanceof UnsureCommitError) throw new StoreUnavailableError(cause.message, { cause });
    throw cause;
  }
}

/**
 * Never opens a file that exists: closing it would drop this process's locks on it, another connection's included
 * (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
 */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * The only way of values into statements, as `libsql` checks neither how many there are nor what they are: as many as the
 * statement has places, integers as BigInt (other numbers would become REAL), well-formed texts without NUL, bytes, null.
 */
function bind(sql: string, places: number, values: readonly SqlValue[]): unknown[] {
  if (values.length !== places) throw new TypeError(`${places} values expected, ${values.length} given: ${sql}`);
  return values.map((value) => {
    // Nearly all texts are plain, which is found out faster.
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
    if (typeof value === 'string' && (isPlain(value) || !/[\p{Surrogate}\0]/u.test(value))) return value;
    if (value === null || value instanceof Uint8Array) return value;
    throw new TypeError(`neither a safe integer, well-formed text without NUL, bytes nor null: ${typeof value}`);
  });
}

function primaryCode(error: unknown): number | undefined {
  return error instanceof Database.SqliteError && error.rawCode !== undefined ? error.rawCode & 0xff : undefined;
}

/** What is wrong with the file, and what may be done. */
function reasonOf(error: unknown): string {
  switch (primaryCode(error)) {
    case SQLITE_BUSY:
      return 'is held by another process; stop that one, or set DATA_DIR to another directory';
    case SQLITE_CORRUPT:
      return 'is damaged; put a copy in its place, or set DATA_DIR to another directory';
    case SQLITE_NOTADB:
      return 'is not a database; set DATA_DIR to another directory';
    case SQLITE_READONLY:
      return "can't be written; let this user write it, or set DATA_DIR to another directory";
    case SQLITE_FULL:
      return "can't be written: the disk is full; make room, or set DATA_DIR to another directory";
    case SQLITE_IOERR:
      return "can't be used: the disk failed; set DATA_DIR to another one";
    default:
      return "can't be used; set DATA_DIR to another directory";
  }
}
