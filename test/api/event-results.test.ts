import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { SealedCommit } from '../../src/event-sourcing/event.ts';
import { StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';
import { SqliteEventStore } from '../../src/stores/sqlite/sqlite-event-store.ts';
import { type Data, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp();
const send = mutation(app);
const environments = Array.from({ length: 40 }, (_, at) => `e${at}`);
await send('createProject', { key: 'feed', name: 'Feed', environments });
const { proxyConnection } = await send('createProxyConnection', {
  ...{ projectKey: 'feed', name: 'p', type: 'HTTP', host: 'h', port: 1 },
});
const edit = (description: string) => send('updateProxyConnection', { id: proxyConnection.id, description });

const clients: Client[] = [];
afterAll(() => Promise.all(clients.map((client) => client.dispose())));
const HISTORY = 'id subject { ... on ProxyConnection { history(first: 50) { nodes { id } } } }';

/** Results of a subscription, as they come; the first one, of what is there already, was awaited. */
async function subscribed(selection: string, client = connect()) {
  const query = `subscription($after: Int = 1) { changes(projectKey: "feed", afterPosition: $after) { ${selection} } }`;
  const results = client.iterate<Data>({ query, variables: { after: (await position()) - 1 } });
  const next = async () => (await results.next()).value;
  await next();
  return { next, end: () => results.return?.() };
}

async function position(): Promise<number> {
  return (await app.get('{ project(key: "feed") { position } }')).position;
}

function connect(): Client {
  const client = createClient({ url: app.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  clients.push(client);
  return client;
}

/** Counts reads of the store, and holds what they found weakly. A spy of Jest's would hold it for good. */
function watchReads() {
  const found: WeakRef<SealedCommit>[] = [];
  let reads = 0;
  SqliteEventStore.prototype.read = async function* (...args) {
    reads += 1;
    for await (const sealed of read.apply(this, args)) {
      found.push(new WeakRef(sealed));
      yield sealed;
    }
  };
  return { found, reads: () => reads };
}

const { read } = SqliteEventStore.prototype;
afterEach(() => {
  SqliteEventStore.prototype.read = read;
});

describe('the events of subscriptions', () => {
  test('are answered once for all who ask the same', async () => {
    const client = connect();
    const all = await Promise.all(Array.from({ length: 12 }, () => subscribed(HISTORY, client)));
    const other = await subscribed('type', client);
    const { reads } = watchReads();
    await edit('once');
    const answers = await Promise.all(all.map(({ next }) => next()));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0].data.changes.subject.history.nodes[0].id).toBe(answers[0].data.changes.id);
    expect((await other.next()).data).toEqual({ changes: { type: 'PROXY_CONNECTION_UPDATED' } });
    expect(reads()).toBe(1);
  });

  test('let go of what they read', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { next } = await subscribed(HISTORY);
    const { found } = watchReads();
    for (let at = 0; at < 10; at += 1) {
      await edit(`edit ${at}`);
      expect((await next()).errors).toBeUndefined();
    }
    expect(found.length).toBeGreaterThan(50);
    const held = () => found.filter((ref) => ref.deref() !== undefined).length;
    for (let turns = 0; turns < 50 && held() > 10; turns += 1) {
      // What was looked at is held to the end of the turn.
      await new Promise(setImmediate);
      collect();
    }
    expect(held()).toBeLessThanOrEqual(10);
  });

  test('may cost a hundredth of what a query may', async () => {
    const page = '{ ... on ProxyConnection { history(first: 75) { nodes { id version subjectName } } } }';
    const { next } = await subscribed(`a: subject ${page} b: subject ${page} c: subject ${page}`);
    expect((await edit('within')).userErrors).toEqual([]);
    expect((await next()).errors).toBeUndefined();
    const tooMuch = connect().iterate({
      query: `subscription { changes(projectKey: "feed") { a: subject ${page} b: subject ${page} c: subject ${page} d: subject ${page} } }`,
    });
    await expect(tooMuch.next()).rejects.toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^an event would answer too much: its cost is \d+, and 1000 is the most/),
        extensions: { code: 'BAD_USER_INPUT' },
      }),
    ]);
  });

  test('are refused alone when they hold more than that, and the next one comes', async () => {
    const aliases = Array.from({ length: 9 }, (_, at) => `f${at}: fields { field before after }`).join(' ');
    const { next } = await subscribed(`type ${aliases}`);
    const values = environments.map((environment) => ({ environment, value: 'x' }));
    await send('setConfigParameter', { projectKey: 'feed', key: 'k', values: values.slice(0, 20) });
    await send('setConfigParameter', { projectKey: 'feed', key: 'l', values });
    await send('deleteConfigParameter', { projectKey: 'feed', key: 'l' });
    expect((await next()).data.changes.f8).toHaveLength(22);
    const refused = await next();
    expect(refused.data).toBeNull();
    expect(refused.errors).toEqual([
      {
        message: 'the answer would be too large: its fields are more than 1000; ask for less at once',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect((await next()).data.changes.type).toBe('CONFIG_PARAMETER_DELETED');
  });

  test('that could not be answered are tried anew for who asks again', async () => {
    const { next } = await subscribed(HISTORY);
    const variables = { after: await position() };
    const query = `subscription($after: Int = 1) { changes(projectKey: "feed", afterPosition: $after) { ${HISTORY} } }`;
    const again = connect().iterate<Data>({ query, variables });
    SqliteEventStore.prototype.read = function (project, range) {
      if (range?.where?.subjects) throw new StoreUnavailableError('the disk is full');
      return read.call(this, project, range);
    };
    const first = again.next();
    await edit('while the disk is full');
    expect((await first).value.errors[0].extensions.code).toBe('STORE_UNAVAILABLE');
    expect((await next()).errors).toHaveLength(1);
    SqliteEventStore.prototype.read = read;
    const { value } = await connect().iterate<Data>({ query, variables }).next();
    expect(value.errors).toBeUndefined();
    expect(value.data.changes.subject.history.nodes[0].id).toBe(value.data.changes.id);
  });
});
