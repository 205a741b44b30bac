import type { Socket } from 'node:net';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Data, MUTATIONS, mutation, startTestApp } from '../support/app.ts';
import { GraphqlSocket } from '../support/graphql-socket.ts';
import { silent, startPeer } from '../support/misbehaving.ts';
import { eventually } from '../support/sockets.ts';

const app = await startTestApp({ SUBSCRIPTIONS_PER_SOCKET: '3' });
const send = mutation(app);
await send('createProject', { key: 'sock', name: 'Sock' });
const socket = await GraphqlSocket.open(app, { 'x-actor': 'ann' });
const peer = await startPeer(silent);
afterAll(async () => {
  socket.close();
  await peer.stop();
});

let count = 0;
const ask = (query: string, variables?: object): Promise<Data> => {
  count += 1;
  return socket.ask(`op ${count}`, query, variables);
};

const LIVE = 'mutation($input: TestProxyInput!) { testProxy(input: $input) { test { success } commit { position } } }';
const NODES = 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }';
const draft = () => ({ projectKey: 'sock', draft: { type: 'HTTP', host: '127.0.0.1', port: peer.port } });

describe('queries and mutations over the WebSocket', () => {
  test('are answered once, under the actor of the connection', async () => {
    expect(await ask('{ viewer { actor { name } } }')).toEqual({ data: { viewer: { actor: { name: 'ann' } } } });
    const input = { projectKey: 'sock', name: 'p', type: 'HTTP', host: 'h', port: 1 };
    const { data } = await ask(MUTATIONS.createProxyConnection, { input });
    expect(data.createProxyConnection).toMatchObject({
      userErrors: [],
      commit: { position: 2, actor: { identity: 'x-actor:ann' } },
    });
    expect(await app.log('sock')).toEqual(['PROJECT_CREATED', 'PROXY_CONNECTION_CREATED']);
    const ids = socket.messages.filter(({ type }) => type === 'next').map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('are what a client of graphql-ws may send', async () => {
    const client = createClient({ url: app.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const results: Data[] = [];
    for await (const result of client.iterate({ query: '{ projects { totalCount } }' })) results.push(result);
    await client.dispose();
    expect(results).toEqual([{ data: { projects: { totalCount: 1 } } }]);
  });

  const FAULTY: readonly { what: string; query: string; variables?: object }[] = [
    { what: 'a syntax error', query: '{ viewer( ' },
    { what: 'an unknown field', query: '{ viewer { canary } }' },
    { what: 'a variable that is missing', query: 'query($key: String!) { project(key: $key) { id } }' },
    {
      what: 'a variable of another type',
      query: MUTATIONS.createProxyConnection,
      variables: { input: { name: 1, type: 'FTP', password: ['canary'] } },
    },
    {
      what: 'no name for several',
      query: 'query A { viewer { actor { identity } } } query B { viewer { actor { identity } } }',
    },
    { what: 'too many tokens', query: `{ ${'viewer { actor { identity } } '.repeat(3_000)} }` },
    {
      what: 'too many aliases',
      query: `{ ${Array.from({ length: 200 }, (_, n) => `a${n}: viewer { actor { identity } }`).join(' ')} }`,
    },
    { what: 'too many values', query: NODES, variables: { ids: Array<string>(15_000).fill('canary') } },
    { what: 'one field too often', query: `{ ${'viewer { actor { identity } } '.repeat(900)} }` },
    {
      what: 'too much cost',
      query:
        '{ project(key: "sock") { proxyConnections(first: 100) { nodes { project { proxyConnections(first: 100) { nodes { project { proxyConnections(first: 100) { nodes { id } } } } } } } } } }',
    },
    {
      what: 'too many live fields',
      query: `mutation { ${[1, 2, 3, 4, 5].map((n) => `t${n}: testProxy(input: { projectKey: "sock" }) { commit { position } }`).join(' ')} }`,
    },
    {
      what: 'a condition on a subscription',
      query: 'subscription { changes(projectKey: "sock") @skip(if: false) { id } }',
    },
    { what: 'a moment beyond the head', query: '{ project(key: "sock", asOf: { position: 99 }) { id } }' },
  ];
  test.each(FAULTY)('are refused in the words of HTTP: $what', async ({ query, variables }) => {
    const byHttp = await app.ask(query, variables);
    const bySocket = await ask(query, variables);
    expect(bySocket.errors.length).toBeGreaterThan(0);
    expect(bySocket.errors).toEqual(byHttp.errors);
    expect(JSON.stringify(bySocket)).not.toContain('"canary"');
  });

  test('of more than a thousand tokens are executed', async () => {
    const types = 'PROJECT_CREATED '.repeat(1_500);
    expect(await ask(`{ project(key: "sock") { history(filter: { types: [${types}] }) { totalCount } } }`)).toEqual({
      data: { project: { history: { totalCount: 1 } } },
    });
  });

  test('with a body of nearly 2 MiB are executed, and a larger message is told its limit', async () => {
    const other = await GraphqlSocket.open(app);
    const frame = (filler: string) =>
      JSON.stringify({ id: 'x', type: 'subscribe', payload: { query: `{ viewer { ${filler} actor { name } } }` } });
    const room = 2 * 1024 * 1024 - frame('').length;
    other.send(frame(' '.repeat(room)));
    expect(await other.next(({ type }) => type === 'next')).toMatchObject({ payload: { data: {} } });
    other.send(frame(' '.repeat(room + 1)));
    expect(await other.closed).toEqual([1009, expect.stringContaining('larger than 2 MiB')]);
    expect(app.lines.filter((line) => line.includes('a WebSocket connection failed'))).toEqual([
      expect.stringMatching(/Max payload size exceeded/),
    ]);
  });

  test('that were completed leave their id free at once', async () => {
    socket.subscribe('twice', LIVE, { input: draft() });
    await eventually(() => peer.connections.open() === 1);
    socket.send({ id: 'twice', type: 'complete' });
    expect(await socket.ask('twice', '{ viewer { actor { name } } }')).toMatchObject({ data: {} });
    expect(await eventually(() => peer.connections.open() === 0)).toBe(true);
    expect(socket.messages.filter(({ id }) => id === 'twice').map(({ type }) => type)).toEqual(['next', 'complete']);
  });

  test('end their live work when the client completes them, and nothing is recorded', async () => {
    const before = await app.log('sock');
    socket.subscribe('live', LIVE, { input: draft() });
    expect(await eventually(() => peer.connections.open() === 1)).toBe(true);
    socket.send({ id: 'live', type: 'complete' });
    expect(await eventually(() => peer.connections.open() === 0)).toBe(true);
    expect(await ask('{ viewer { actor { name } } }')).toMatchObject({ data: {} });
    expect(socket.messages.filter(({ id }) => id === 'live')).toEqual([]);
    expect(await app.log('sock')).toEqual(before);
  });

  test('end their live work when the connection goes', async () => {
    const other = await GraphqlSocket.open(app);
    other.subscribe('live', LIVE, { input: draft() });
    expect(await eventually(() => peer.connections.open() === 1)).toBe(true);
    other.close();
    expect(await eventually(() => peer.connections.open() === 0)).toBe(true);
  });
});

describe('the queries of one connection', () => {
  test('are a thousand at a time, and one more is refused at once', async () => {
    const other = await GraphqlSocket.open(app);
    const next = (await app.get('{ project(key: "sock") { position } }')).position + 1;
    const waiting = `{ project(key: "sock", atLeastPosition: ${next}) { position } }`;
    for (let id = 0; id < 1_000; id += 1) other.subscribe(String(id), waiting);
    expect(await other.ask('more', '{ viewer { actor { name } } }')).toEqual({
      errors: [
        {
          message: 'a connection has at most 1000 queries and mutations under way',
          extensions: { code: 'TOO_MANY_REQUESTS', retryAfterMs: 0 },
        },
      ],
    });
    other.send({ id: '7', type: 'complete' });
    expect(await other.ask('again', '{ viewer { actor { name } } }')).toMatchObject({ data: {} });
    await send('updateProject', { key: 'sock', description: 'what they wait for' });
    const answered = () => other.messages.filter(({ type }) => type === 'next').length;
    expect(await eventually(() => answered() === 1_000)).toBe(true);
    expect(other.messages.some(({ id }) => id === '7')).toBe(false);
    other.close();
  });
});

describe('a server that stops', () => {
  test('finishes the mutations under way over a WebSocket, takes no new ones, and then says goodbye', async () => {
    const stopping = await startTestApp();
    await mutation(stopping)('createProject', { key: 'sock', name: 'Sock' });
    const held: Socket[] = [];
    const holding = await startPeer((accepted) => held.push(accepted));
    const other = await GraphqlSocket.open(stopping);
    other.subscribe('live', LIVE, { input: { ...draft(), draft: { ...draft().draft, port: holding.port } } });
    expect(await eventually(() => holding.received().includes('\r\n\r\n'))).toBe(true);
    const stopped = stopping.close();
    expect(await other.ask('late', '{ viewer { actor { name } } }')).toMatchObject({
      errors: [{ extensions: { code: 'GOING_AWAY' } }],
    });
    held[0]?.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    expect(await other.closed).toEqual([1001, 'Going away']);
    await stopped;
    await holding.stop();
    expect(other.messages.filter(({ id }) => id === 'live')).toEqual([
      expect.objectContaining({
        type: 'next',
        payload: { data: { testProxy: { test: { success: false }, commit: { position: 2 } } } },
      }),
      { type: 'complete', id: 'live' },
    ]);
  });
});

describe('the subscriptions of one connection', () => {
  test('are as many as SUBSCRIPTIONS_PER_SOCKET says, beside whatever it asks, and an ended one makes room', async () => {
    const other = await GraphqlSocket.open(app);
    const query = 'subscription { changes(projectKey: "sock", afterPosition: 0) { id } }';
    for (const id of ['a', 'b', 'c']) {
      other.subscribe(id, query);
      await other.next((message) => message.id === id);
    }
    const { errors } = await other.ask('d', query);
    expect(errors).toEqual([
      {
        message: 'a connection has at most 3 subscriptions',
        extensions: { code: 'TOO_MANY_REQUESTS', retryAfterMs: 0 },
      },
    ]);
    expect(await other.ask('q', '{ viewer { actor { name } } }')).toMatchObject({ data: {} });
    other.send({ id: 'a', type: 'complete' });
    other.subscribe('e', query);
    expect(await other.next(({ id }) => id === 'e')).toMatchObject({ type: 'next' });
    other.close();
  });
});
