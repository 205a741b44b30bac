import { mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';
import { SqliteConnection } from '../../src/stores/sqlite/connection.ts';
import { openSqlite } from '../../src/stores/sqlite/open-sqlite.ts';
import { WalSync } from '../../src/stores/sqlite/wal-sync.ts';
import { logOf, positionsOf } from '../contracts/commits.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wal-sync-'));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(directory, { recursive: true });
});

describe('syncing a log', () => {
  test('is done once for all who ask while one is under way, behind that one', async () => {
    const file = join(directory, 'log');
    await writeFile(file, 'text');
    const log = new WalSync(file);
    const order: string[] = [];
    const asks = [log.sync(false), log.sync(true), log.sync(false)].map((ask, n) =>
      ask.then(() => order.push(n === 0 ? 'first' : 'next')),
    );
    await Promise.all(asks);
    expect(order).toEqual(['first', 'next', 'next']);
    await log.sync(true);
    const last = log.sync(false);
    log.close();
    await last;
    expect(log.failure).toBeUndefined();
  });

  // A device that has nothing to sync says so.
  test.each([true, false])('that failed is never said to have succeeded later (alone: %s)', async (isAlone) => {
    const log = new WalSync('/dev/null');
    const both = await Promise.allSettled([log.sync(isAlone), log.sync(false)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(log.failure).toMatchObject({ code: 'EINVAL' });
    await expect(log.sync(true)).rejects.toBe(log.failure);
    log.close();
  });
});

describe('a database file', () => {
  // Only there does a process see which files it has open.
  const onLinux = process.platform === 'linux' ? test : test.skip;

  onLinux('that is a link has the log synced that is beside the file itself', async () => {
    const [file, link] = [join(directory, 'real', 'ledger.db'), join(directory, 'link.db')];
    const before = openSqlite(file).events;
    const log = logOf('p', 3);
    await before.append(log.slice(0, 1));
    await before.close();
    await symlink(file, link);
    // What nobody writes to may be there from another time.
    await writeFile(`${link}-wal`, '');
    const synced: string[] = [];
    const open = openSqlite(link).events;
    for (const descriptor of await readdir('/proc/self/fd')) {
      synced.push(await readlink(join('/proc/self/fd', descriptor)).catch(() => ''));
    }
    expect(await open.append(log)).toEqual({ landed: 3, outcome: 'all' });
    await open.close();
    expect(synced.filter((path) => path.startsWith(directory) && path.endsWith('-wal'))).toEqual([
      `${file}-wal`,
      `${file}-wal`,
    ]);
  });

  test('can be closed while syncs are under way, and others wait for them', async () => {
    for (let round = 0; round < 20; round += 1) {
      const connection = SqliteConnection.open(join(directory, 'close.db'));
      connection.exec('CREATE TABLE IF NOT EXISTS t (a INTEGER) STRICT');
      const first = connection.durable(false);
      const second = connection.write(() => connection.run('INSERT INTO t VALUES (?)', round));
      const third = connection.durable(false);
      connection.close();
      await Promise.all([first, second, third]);
    }
  });
});

test('a store whose disk failed to keep what was written tells no outcome, and nothing more until it is opened anew', async () => {
  const file = join(directory, 'ledger.db');
  const log = logOf('p', 3);
  const { events, secrets } = openSqlite(file);
  await events.append(log.slice(0, 1));
  const failure = new Error('EIO: i/o error, fdatasync');
  jest.spyOn(WalSync.prototype, 'sync').mockRejectedValue(failure);
  expect(await events.append(log.slice(1, 2))).toMatchObject({
    landed: 0,
    outcome: 'unknown',
    cause: { message: 'the disk failed to keep what was written', cause: failure },
  });
  await expect(secrets.putKeyCheck({ keyId: 'k', check: 'c' })).rejects.toThrow(StoreUnavailableError);
  jest.spyOn(WalSync.prototype, 'failure', 'get').mockReturnValue(failure);
  await expect(events.append(log.slice(1, 2))).rejects.toThrow(StoreUnavailableError);
  await expect(events.ping()).rejects.toThrow('start the server anew');
  await events.close();
  jest.restoreAllMocks();
  const again = openSqlite(file).events;
  expect(await again.append(log)).toEqual({ landed: 3, outcome: 'all' });
  expect(await positionsOf(again, 'p')).toEqual([1, 2, 3]);
  await again.close();
});
