// Single rows, each durable when its insert returns: the product's driver, and SQLite's own settings for that.
import Database from 'libsql';

/** Answers what inserts a row of so many bytes, and answers its number. */
export function durableInserts(file, bytes) {
  const database = new Database(file);
  for (const pragma of ['locking_mode = EXCLUSIVE', 'journal_mode = WAL', 'synchronous = FULL'])
    database.pragma(pragma);
  database.exec('CREATE TABLE commits (position INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT');
  const insert = database.prepare('INSERT INTO commits (body) VALUES (?)');
  const body = Buffer.alloc(bytes, 'x');
  return () => Number(insert.run([body]).lastInsertRowid);
}
