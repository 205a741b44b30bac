import { inspect } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Binary, type CommandStartedEvent, type Document, MongoClient } from 'mongodb';
import { UnsoundCommitError } from '../../src/event-sourcing/decoder.ts';
import type { SealedCommit } from '../../src/event-sourcing/event.ts';
import { type EventStore, StoreUnavailableError, StoreUnusableError } from '../../src/event-sourcing/event-store.ts';
import { documentOf } from '../../src/stores/mongodb/commit-documents.ts';
import { MongoEventStore } from '../../src/stores/mongodb/mongo-event-store.ts';
import { MongoSecretStore } from '../../src/stores/mongodb/mongo-secret-store.ts';
import { openMongo } from '../../src/stores/mongodb/open-mongo.ts';
import { eventOf, follow, logOf, plain, positionsOf, readAll } from '../contracts/commits.ts';
import { findMongo } from '../support/mongo.ts';
import { type Relay, startRelay } from './relay.ts';

jest.setTimeout(60_000);

const mongo = await findMongo();
const title = 'skipped' in mongo ? `a MongoDB store (skipped: ${mongo.skipped})` : `a MongoDB store (${mongo.kind})`;
const freshUrl = () => ('skipped' in mongo ? '' : mongo.freshUrl());

afterAll(async () => {
  if (!('skipped' in mongo)) await mongo.stop();
});

('skipped' in mongo ? describe.skip : describe)(title, () => {
  test('creates its indexes once, and opens again with them there, twice at once', async () => {
    const url = freshUrl();
    const databases = [await openMongo(url), ...(await Promise.all([openMongo(url), openMongo(url)]))];
    for (const { events } of databases) await events.close();
  });

  test('refuses a database whose index of positions is not unique', async () => {
    const url = freshUrl();
    await directly(url, (client) =>
      client.db().collection('commits').createIndex({ project: 1, position: 1 }, { name: 'position' }),
    );
    await expect(openMongo(url)).rejects.toThrow(StoreUnusableError);
    await expect(openMongo(url)).rejects.toThrow('collection commits lacks a unique index of {project, position}');
  });

  test('refuses a database whose index of positions has another order', async () => {
    const url = freshUrl();
    await directly(url, (client) =>
      client.db().collection('commits').createIndex({ position: 1, project: 1 }, { name: 'position', unique: true }),
    );
    await expect(openMongo(url)).rejects.toThrow(StoreUnusableError);
  });

  test('refuses a database whose index of claims is not unique', async () => {
    const url = freshUrl();
    await directly(url, (client) =>
      client.db().collection('commits').createIndex({ project: 1, claim: 1 }, { name: 'claim' }),
    );
    await expect(openMongo(url)).rejects.toThrow('collection commits lacks a unique index of {project, claim}');
  });

  test('gives the commits of an earlier version their claims, each key to the first that has it', async () => {
    const url = freshUrl();
    const keyed = (position: number) => ({
      ...(position !== 3 && { idempotency: { key: `key ${position % 2}`, keyId: 'k1', digest: 'ab' } }),
      events: [eventOf('Made', `thing-${position}`), eventOf('Moved')],
    });
    const logs = ['p', 'q'].map((project) => logOf(project, 6, keyed));
    await directly(url, async (client) => {
      const commits = client.db().collection<Document>('commits');
      await commits.createIndex({ project: 1, position: 1 }, { name: 'position', unique: true });
      const key = { project: 1, actorId: 1, idempotencyKey: 1, position: 1 } as const;
      await commits.createIndex(key, { name: 'idempotency-key' });
      await commits.insertMany(logs.flat().map(asBeforeClaims));
      const part = { project: 'p', fold: 4, position: 3, base: 0, part: -1 };
      const parts = client.db().collection<Document>('snapshot_parts');
      await parts.createIndex({ project: 1, fold: 1, position: 1, base: 1, part: 1 }, { name: 'part', unique: true });
      await parts.insertOne({ _id: part as never, ...part, body: new Binary(Uint8Array.of(1)) });
    });
    const databases = await Promise.all([openMongo(url), openMongo(url)]);
    for (const { events, snapshots } of databases) {
      for (const log of logs) {
        const project = log[0]?.commit.project ?? '';
        expect((await readAll(events, project)).map(plain)).toEqual(log.map(plain));
        const positions = ['key 1', 'key 0'].map(async (key) => {
          return (await events.findByIdempotencyKey(project, 'x-actor:ada', key))?.commit.position;
        });
        expect(await Promise.all(positions)).toEqual([1, 2]);
        expect(await events.countEvents(project, { where: { subjects: ['thing-3'] } })).toBe(1);
      }
      expect(await snapshots.places('p', 4)).toEqual([]);
    }
    const [first] = databases;
    const again = follow('p', { position: 6, hash: logs[0]?.at(-1)?.hash ?? '' }, 1, () => keyed(1));
    expect(await first?.events.append(again)).toMatchObject({ landed: 0, outcome: 'conflict' });
    await directly(url, async (client) => {
      const names = async (name: string) => (await client.db().collection(name).indexes()).map((index) => index.name);
      expect(await names('commits')).not.toContain('idempotency-key');
      expect(await names('snapshot_parts')).not.toContain('part');
      expect(await client.db().collection('snapshot_parts').countDocuments()).toBe(0);
    });
    for (const { events } of databases) await events.close();
  });

  test('gives more commits of an earlier version their claims than a server answers at once', async () => {
    const url = freshUrl();
    // MongoDB's first answer holds 101 documents, unless it is asked for more or fewer.
    const log = logOf('p', 110);
    await directly(url, (client) => client.db().collection<Document>('commits').insertMany(log.map(asBeforeClaims)));
    const { events } = await openMongo(url);
    expect((await readAll(events, 'p')).map(plain)).toEqual(log.map(plain));
    await events.close();
  });

  test('completes what a node of an earlier version appends beside it', async () => {
    const url = freshUrl();
    const { events } = await openMongo(url);
    const keyed = { idempotency: { key: 'once', keyId: 'k1', digest: 'ab' } };
    const log = logOf('p', 3, (position) => (position === 2 ? {} : keyed));
    await events.append(log.slice(0, 1));
    for (const sealed of log.slice(1)) {
      await directly(url, (client) => client.db().collection<Document>('commits').insertOne(asBeforeClaims(sealed)));
      expect((await readAll(events, 'p', { after: 1 })).at(-1)).toMatchObject({ hash: sealed.hash });
    }
    expect((await readAll(events, 'p')).map(plain)).toEqual(log.map(plain));
    expect((await events.findByIdempotencyKey('p', 'x-actor:ada', 'once'))?.commit.position).toBe(1);
    expect(await events.countEvents('p', { where: { subjects: ['thing-1'] } })).toBe(3);
    await events.close();
  });

  test.each(['p', '$instance'])('names the log that a hint is of by the id of its first commit: %s', async (key) => {
    const url = freshUrl();
    const log = logOf(key, 2);
    for (const part of [log.slice(0, 1), log.slice(1)]) {
      const { events } = await openMongo(url);
      await events.append(part);
      await events.close();
      await directly(url, async (client) => {
        const heads = await client.db().collection('heads').find().toArray();
        expect(heads).toEqual([{ _id: key, log: log[0]?.commit.commitId, hash: part[0]?.hash }]);
      });
    }
  });

  test('asks for its own concerns with every command', async () => {
    const url = freshUrl();
    const client = new MongoClient(url, { monitorCommands: true, writeConcern: { w: 0 }, readPreference: 'nearest' });
    const commands: CommandStartedEvent[] = [];
    client.on('commandStarted', (event) => commands.push(event));
    const store = new MongoEventStore(client, client.db());
    const log = logOf('p', 2);
    await store.append(log);
    await store.append(log);
    await store.registerProjects(['p']);
    await store.projectsWithCommits(undefined, 1);
    await readAll(store, 'p', { where: { since: '2026', until: '2027', subjects: ['thing-1'] } });
    await store.countEvents('p', { where: { subjects: ['thing-1'] } });
    await store.head('p');
    await store.hasCommitAt('p', 3);
    await store.findByIdempotencyKey('p', 'a', 'k');
    await store.projects({ limit: 1 });
    const entry = { project: 'p', position: 1, commitId: 'c', readers: ['ada', 'grace'] };
    await store.noteCatalogueEntries([entry]);
    await store.noteCatalogueEntries([{ ...entry, position: 2 }]);
    await store.dropCatalogueEntry(entry);
    await store.projects({ readers: entry.readers, after: 'a', limit: 1 });
    await store.countProjects(entry.readers);
    await store.isReadBy('p', ['eve']);
    const use = { project: 'p', tokenId: 't', hour: '2026-01-01T00:00:00.000Z' };
    await store.noteTokenUses([use]);
    await store.tokenUses('p', ['t']);
    const secrets = new MongoSecretStore(client.db());
    await secrets.put([
      { project: 'p', secretId: 's', resourceId: 'r', keyId: 'k', sealed: Uint8Array.of(1), createdAt: '' },
    ]);
    await secrets.get('p', 's');
    await secrets.delete('p', 's', 'k');
    await store.close();
    const isWrite = ({ commandName, command }: CommandStartedEvent) =>
      ['insert', 'delete', 'update'].includes(commandName) && command.update !== 'heads';
    const writes = commands.filter(isWrite);
    expect(writes.length).toBeGreaterThanOrEqual(11);
    for (const { command } of writes) expect(command.writeConcern).toEqual({ w: 'majority', j: true, wtimeout: 5_000 });
    // Entries are found by the index of projects, and projects by that of their readers.
    const ofCatalogue = commands.filter(({ command }) => (command.find ?? command.aggregate) === 'catalogue');
    const byProject = { project: 1, position: 1, commitId: 1 };
    const byReader = { readers: 1, project: 1 };
    const hints = [...Array<object>(4).fill(byProject), ...Array<object>(3).fill(byReader)];
    expect(ofCatalogue.map(({ command }) => command.hint)).toEqual(hints);
    const isLook = ({ command }: CommandStartedEvent) => command.readConcern?.level === 'linearizable';
    const looks = commands.filter(isLook).map(({ command: { filter, maxTimeMS } }) => ({ filter, maxTimeMS }));
    expect(looks).toEqual([{ filter: { project: 'p', position: 3 }, maxTimeMS: 5_000 }]);
    const isRead = ({ commandName }: CommandStartedEvent) => commandName === 'find' || commandName === 'aggregate';
    const reads = commands.filter((event) => isRead(event) && !isLook(event));
    expect(reads.length).toBeGreaterThanOrEqual(16);
    // Every index of commits begins with the project: a filter without it would walk all of one.
    const ofCommits = reads.filter(({ command }) => command.find === 'commits');
    expect(ofCommits.map(({ command }) => command.filter)).toEqual(
      ofCommits.map(() => expect.objectContaining({ project: expect.anything() })),
    );
    for (const { command } of reads) {
      expect(command.readConcern).toEqual({ level: 'majority' });
      expect(command.$readPreference ?? { mode: 'primary' }).toEqual({ mode: 'primary' });
    }
  });

  test('stops the reader at a commit whose copies differ from its body', async () => {
    const url = freshUrl();
    const { events } = await openMongo(url);
    await events.append(logOf('p', 3));
    await directly(url, (client) =>
      client
        .db()
        .collection('commits')
        .updateOne({ project: 'p', position: 2 }, { $set: { actorId: 'somebody' } }),
    );
    await expect(readAll(events, 'p')).rejects.toThrow(UnsoundCommitError);
    await expect(readAll(events, 'p')).rejects.toThrow('position 2: it differs from its copy of actorId');
    await events.close();
  });

  // A relay stands for one server, without TLS, whose name nobody checks.
  const isRelayed = 'skipped' in mongo || /^mongodb:\/\/[^,/]+\/[^?]*(?!.*tls=true)/.test(mongo.url);
  (isRelayed ? describe : describe.skip)('behind a network that fails', () => {
    let relay: Relay;
    let events: EventStore;
    beforeEach(async () => {
      const url = new URL(freshUrl());
      relay = await startRelay({ host: url.hostname, port: Number(url.port || 27017) });
      url.host = `127.0.0.1:${relay.port}`;
      url.searchParams.set('directConnection', 'true');
      ({ events } = await openMongo(url.href));
    });
    afterEach(async () => {
      await events.close();
      await relay.close();
    });

    test('tells a lost answer as unknown, and the same append again as landed', async () => {
      const log = logOf('p', 3);
      relay.cutAt('previousHash', 'answer');
      expect(await events.append(log)).toMatchObject({ landed: 0, outcome: 'unknown' });
      expect(await events.append(log)).toMatchObject({ landed: 3, outcome: 'all' });
      expect(await positionsOf(events, 'p')).toEqual([1, 2, 3]);
    });

    test('tells a lost request as unknown, and the same append again as landed', async () => {
      const log = logOf('p', 3);
      relay.cutAt('previousHash', 'request');
      expect(await events.append(log)).toMatchObject({ landed: 0, outcome: 'unknown' });
      expect(await events.append(log)).toMatchObject({ landed: 3, outcome: 'all' });
    });

    test('tells why it can not be used: a replica set of another name, a server that is too old', async () => {
      const server = new URL(freshUrl());
      const other = new URL(server);
      other.searchParams.set('replicaSet', 'nobody-has-this-name');
      const ofAnother = expect(openMongo(other.href)).rejects.toThrow(
        'the server of MONGODB_URL is not of the replica set that replicaSet names there',
      );
      const target = { host: server.hostname, port: Number(server.port || 27017) };
      const old = await startRelay(target, (answer) => {
        const at = answer.indexOf('maxWireVersion\0');
        if (at >= 0) answer.writeInt32LE(3, at + 'maxWireVersion\0'.length);
        return answer;
      });
      server.host = `127.0.0.1:${old.port}`;
      await expect(openMongo(server.href)).rejects.toThrow(
        /^the server of MONGODB_URL is too old: it speaks wire version 3, and \d+ is the least; use MongoDB [\d.]+ or later$/,
      );
      await ofAnother;
      await old.close();
    });

    test('tells a server that is away as unavailable, and appends nothing', async () => {
      await events.append(logOf('p', 1));
      await relay.close();
      // It shows with the first command that is sent on an old connection.
      await expect(events.head('p')).rejects.toThrow(StoreUnavailableError);
      await expect(events.append(logOf('q', 1))).rejects.toThrow(StoreUnavailableError);
    });
  });
});

describe('the URL of a MongoDB store', () => {
  const secret = 'hunter2hunter2';
  test.each([
    `mongodb:/ada:${secret}@127.0.0.1/`,
    `postgres://ada:${secret}@127.0.0.1/`,
    `mongodb://ada:${secret}@127.0.0.1:notaport/`,
    `mongodb://ada:${secret}@127.0.0.1/x?unknown=1`,
    `mongodb://ada:${secret}@/`,
    `mongodb://ada:${secret}/@127.0.0.1/`,
    `mongodb://ada:${secret}%ZZ@127.0.0.1/`,
    `mongodb://ada:${secret}@127.0.0.1/%ZZ`,
    `mongodb://ada:${secret}@127.0.0.1/x?authMechanism=${secret}`,
    `mongodb://ada:${secret}@127.0.0.1/x?tls=${secret}`,
    `mongodb://ada:${secret}@127.0.0.1/${secret} a.b`,
    `mongodb://ada:${secret}@127.0.0.1/x?tls=true&tlsCAFile=/nonexistent/ca.pem`,
    secret,
  ])('is refused without a word of what is in it: %s', async (url) => {
    const error = await openMongo(url).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect((error as Error).name).toMatch(/^Store(Settings|Unusable)Error$/);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
  });

  test('that leads nowhere is told in time, without its password', async () => {
    const relay = await startRelay({ host: '127.0.0.1', port: 9 });
    const url = `mongodb://ada:${secret}@127.0.0.1:${relay.port}/x?serverSelectionTimeoutMS=3600000&directConnection=true`;
    await relay.close();
    const error = await openMongo(url).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect((error as Error).message).toMatch(/^nothing listens at the host and port of MONGODB_URL \(ECONNREFUSED\)/);
    expect(inspect(error, { depth: 10 })).not.toContain(secret);
  });
});

async function directly(url: string, work: (client: MongoClient) => Promise<unknown>): Promise<void> {
  const client = new MongoClient(url);
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

/** A commit's document as it was before there were claims. */
function asBeforeClaims(sealed: SealedCommit): Document {
  const { claim: _, events: __, ...document } = documentOf(sealed);
  const { idempotency } = sealed.commit;
  return { ...document, ...(idempotency && { idempotencyKey: idempotency.key }) };
}
