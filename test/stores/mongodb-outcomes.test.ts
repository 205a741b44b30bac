import { describe, expect, test } from '@jest/globals';
import { type Collection, type Db, type Document, MongoNetworkError, MongoServerError } from 'mongodb';
import type { SealedCommit } from '../../src/event-sourcing/event.ts';
import { StoreSettingsError, StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';
import { appendCommits } from '../../src/stores/mongodb/append.ts';
import { asUnavailable } from '../../src/stores/mongodb/commands.ts';
import type { CommitDocument } from '../../src/stores/mongodb/commit-documents.ts';
import { readUrl } from '../../src/stores/mongodb/connection-options.ts';
import { commitOf, eventOf, logOf } from '../contracts/commits.ts';

interface Sent {
  readonly documents: readonly CommitDocument[];
}

/** Answers in the server's place, as no server can be brought to do all of this. */
function append(
  commits: readonly SealedCommit[],
  answers: readonly (Document | Error)[],
  there: readonly Pick<SealedCommit, 'commit' | 'hash'>[] = [],
) {
  const sent: Sent[] = [];
  const queue = [...answers];
  const db = {
    command: async (command: Sent) => {
      sent.push(command);
      const answer = queue.shift() ?? { ok: 1 };
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const found = there.map(({ commit, hash }) => ({ position: commit.position, hash }));
  const collection = { find: () => ({ toArray: async () => found }) };
  const result = appendCommits(db as unknown as Db, collection as unknown as Collection<CommitDocument>, commits);
  return { result, sent };
}

const duplicate = (index: number) => ({
  ok: 1,
  writeErrors: [{ index, code: 11000, errmsg: 'E11000 duplicate key error' }],
});
const named = (name: string) => Object.defineProperty(new MongoNetworkError(name), 'name', { value: name });
const log = logOf('p', 4);

describe('an append to MongoDB', () => {
  test.each([
    ['a lost connection', new MongoNetworkError('connection closed')],
    [
      'a write-concern fault',
      Object.assign(new MongoServerError({ message: 'waiting for replication timed out' }), { code: 64 }),
    ],
    ['an election', Object.assign(new MongoServerError({ message: 'not primary' }), { code: 10107 })],
    ['connections given up by the monitor', named('PoolClearedOnNetworkError')],
    ['a client that is closed meanwhile', named('MongoClientClosedError')],
    ['an error that is not the driver’s', new Error('what?')],
  ])('is of unknown outcome after %s', async (_, error) => {
    expect(await append(log, [error]).result).toEqual({ landed: 0, outcome: 'unknown', cause: error });
  });

  const handshake = new MongoNetworkError('handshake');
  handshake.addErrorLabel('HandshakeError');
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect' });
  test.each([
    ['no server was found', named('MongoServerSelectionError')],
    ['no connection was free', named('MongoWaitQueueTimeoutError')],
    ['the pool was paused', named('MongoPoolClearedError')],
    ['the connection was not established', new MongoNetworkError('connect ECONNREFUSED', { cause: refused })],
    ['the handshake failed', handshake],
    ['it is not authorized', Object.assign(new MongoServerError({ message: 'not authorized' }), { code: 13 })],
  ])('is known to have stored nothing when %s', async (_, error) => {
    await expect(append(log, [error]).result).rejects.toThrow(StoreUnavailableError);
  });

  test('is known to have stored nothing when the disk is full at its first commit, and else is unknown', async () => {
    const full = (index: number) => ({ ok: 1, writeErrors: [{ index, code: 14031, errmsg: 'no space' }] });
    await expect(append(log, [full(0)]).result).rejects.toThrow(StoreUnavailableError);
    expect(await append(log, [full(2)]).result).toMatchObject({ landed: 2, outcome: 'unknown' });
  });

  test('is of unknown outcome behind what landed when another write error ends it', async () => {
    const odd = { ok: 1, writeErrors: [{ index: 1, code: 6, errmsg: 'HostUnreachable' }] };
    expect(await append(log, [odd]).result).toMatchObject({ landed: 1, outcome: 'unknown' });
  });

  test('reads back whose commit has the position', async () => {
    const foreign = commitOf('p', 3);
    expect(await append(log, [duplicate(2)], [foreign]).result).toEqual({ landed: 2, outcome: 'conflict' });
    expect(await append(log, [duplicate(0)], log).result).toMatchObject({ landed: 4, outcome: 'all' });
  });

  test('goes on behind its own commits that are there already', async () => {
    const { result, sent } = append(log, [duplicate(1)], log.slice(1, 3));
    expect(await result).toMatchObject({ landed: 4, outcome: 'all' });
    expect(sent.map(({ documents }) => documents.map(({ position }) => position))).toEqual([[1, 2, 3, 4], [4]]);
  });

  test('is of unknown outcome while a majority does not have what the server reported', async () => {
    expect(await append(log, [duplicate(0)], []).result).toMatchObject({ landed: 0, outcome: 'unknown' });
  });

  test('goes out in commands that a server takes, each all or none', async () => {
    const events = [eventOf('ThingChanged', 'thing-1', { text: 'x'.repeat(3 * 1024 * 1024) })];
    const large = logOf('p', 5, () => ({ events }));
    const { result, sent } = append(large, [{ ok: 1 }, named('MongoServerSelectionError')]);
    expect(await result).toMatchObject({ landed: 2, outcome: 'unknown' });
    expect(sent.map(({ documents }) => documents.length)).toEqual([2, 2]);
    const many = append(logOf('p', 2_500), []);
    expect(await many.result).toEqual({ landed: 2_500, outcome: 'all' });
    expect(many.sent.map(({ documents }) => documents.length)).toEqual([1_000, 1_000, 500]);
  });
});

describe('the options of a MongoDB URL', () => {
  test('that would weaken the store are left out, in any case and any number', () => {
    const weak =
      'w=0&W=1&journal=false&j=0&wtimeoutMS=1&readPreference=nearest&readPreferenceTags=a:b&readPreferenceTags=';
    const more = 'readConcernLevel=local&retryWrites=true&RETRYREADS=false&socketTimeoutMS=0&timeoutMS=1&appName=x';
    expect(readUrl(`mongodb://a:b@one:1,two:2/crm?${weak}&replicaSet=rs0&${more}&tls=true`)).toEqual({
      url: 'mongodb://a:b@one:1,two:2/crm?replicaSet=rs0&tls=true',
      databaseName: 'crm',
    });
  });

  test.each([
    ['mongodb://host', 'mongodb://host/', 'proxy_ledger'],
    ['mongodb://host/', 'mongodb://host/', 'proxy_ledger'],
    ['mongodb://host?w=0', 'mongodb://host/', 'proxy_ledger'],
    ['mongodb+srv://host/my%2Ddb', 'mongodb+srv://host/my%2Ddb', 'my-db'],
  ])('%s', (given, url, databaseName) => {
    expect(readUrl(given)).toEqual({ url, databaseName });
  });

  test.each([
    ['a part of a path', 'crm/v2'],
    ['an encoded slash', 'crm%2Fv2'],
    ['a dot', 'crm.v2'],
    ['a space', 'crm%20v2'],
    ['a NUL', 'crm%00'],
    ['more than 63 bytes', 'x'.repeat(64)],
  ])('name no database that MongoDB would refuse: %s', (_, name) => {
    expect(() => readUrl(`mongodb://host/${name}`)).toThrow(StoreSettingsError);
    expect(() => readUrl(`mongodb://host/${name}`)).toThrow(/database name is not one that MongoDB takes/);
  });
});

describe('a server that refuses', () => {
  test.each([
    ['a login', 18, /refuses the user and password of MONGODB_URL/],
    ['what the user may not do', 13, /give that user the role readWrite/],
    ['for another reason', 59, /^MongoDB did not answer as it should$/],
  ])('%s is told by its cause', (_, code, message) => {
    const cause = new MongoServerError({ code, errmsg: 'of the server' });
    const told = asUnavailable(cause);
    expect(told).toBeInstanceOf(StoreUnavailableError);
    expect(told).toMatchObject({ message: expect.stringMatching(message), cause });
  });
});
