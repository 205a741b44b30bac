import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Data, mutation, startTestApp, type TestApp } from '../support/app.ts';

const app = await startTestApp();
const send = mutation(app);
await send('createProject', { key: 'feed', name: 'Feed' });
const clients: Client[] = [];
afterAll(() => Promise.all(clients.map((client) => client.dispose())));

function connect(to: TestApp, headers: Record<string, string> = {}): Client {
  class Socket extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, { headers });
    }
  }
  const client = createClient({ url: to.url.replace('http', 'ws'), webSocketImpl: Socket, retryAttempts: 0 });
  clients.push(client);
  return client;
}

/** The next so many changes behind the start, then it leaves. */
async function take(
  client: Client,
  count: number,
  args: string,
  fields = 'id type commit { position }',
): Promise<Data[]> {
  const found: Data[] = [];
  for await (const { data, errors } of client.iterate<Data>({
    query: `subscription { changes(projectKey: "feed"${args}) { ${fields} } }`,
  })) {
    if (errors) throw new Error(JSON.stringify(errors));
    found.push(data.changes);
    if (found.length === count) break;
  }
  return found;
}

const proxy = (name: string) =>
  send('createProxyConnection', { projectKey: 'feed', name, type: 'HTTP', host: 'h', port: 1 });
const whole = async () =>
  (
    await app.get('{ project(key: "feed") { history(first: 100, direction: ASC) { nodes { id } } } }')
  ).history.nodes.map(({ id }: Data) => id);

describe('the subscription', () => {
  test('delivers what was before, then what comes, in order', async () => {
    const { proxyConnection } = await proxy('a');
    const changes = take(connect(app), 4, ', afterPosition: 0');
    await send('createDataSource', {
      projectKey: 'feed',
      name: 's',
      baseUrl: 'https://x',
      connectThroughProxy: true,
      proxyConnectionId: proxyConnection.id,
    });
    expect((await changes).map(({ type }) => type)).toEqual([
      'PROJECT_CREATED',
      'PROXY_CONNECTION_CREATED',
      'DATA_SOURCE_CREATED',
      'DATA_SOURCE_PROXY_ATTACHED',
    ]);
    const rest = await take(connect(app), 1, `, after: "${(await changes)[2].id}"`);
    expect(rest[0].type).toBe('DATA_SOURCE_PROXY_ATTACHED');
    expect(
      (
        await take(
          connect(app),
          1,
          ', afterPosition: 0, filter: { types: [DATA_SOURCE_CREATED] }',
          'subjectName commit { actor { identity } }',
        )
      )[0],
    ).toEqual({ subjectName: 's', commit: { actor: { identity: 'local' } } });
  });

  test.each<[string, string, object, RegExp]>([
    [
      'a variable that is missing',
      'subscription($k: String!) { changes(projectKey: $k) { id } }',
      {},
      /was not provided/,
    ],
    [
      'null for one that has a default',
      'subscription($k: String = "feed") { changes(projectKey: $k) { id } }',
      { k: null },
      /must not be null/,
    ],
    [
      'a condition on its field',
      'subscription($s: Boolean!) { changes(projectKey: "feed") @skip(if: $s) { id } }',
      { s: true },
      /neither @skip nor @include/,
    ],
    [
      'a condition on a fragment with its field',
      'subscription { ...F @include(if: false) } fragment F on Subscription { changes(projectKey: "feed") { id } }',
      {},
      /neither @skip nor @include/,
    ],
    [
      'more than it may cost',
      'subscription { changes(projectKey: "feed") { subject { ... on DataSource { project { proxyConnections(first: 100) { nodes { usedBy(first: 100) { nodes { history(first: 100) { nodes { id } } } } } } } } } } }',
      {},
      /its cost is \d+/,
    ],
  ])('that asks for %s is told so, and its connection stays', async (_, query, variables, message) => {
    const client = connect(app);
    const ask = async () => {
      for await (const { errors } of client.iterate({ query, variables: { ...variables } })) throw errors;
    };
    await expect(ask()).rejects.toEqual([
      expect.objectContaining({ message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } }),
    ]);
    expect(await take(client, 1, ', afterPosition: 0')).toHaveLength(1);
  });

  test('begins now when it is not told where', async () => {
    const [change] = await Promise.all([
      take(connect(app), 1, ''),
      (async () => {
        for (let count = 0; count < 20; count += 1) {
          await proxy(`now ${count}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })(),
    ]);
    expect(change[0].type).toBe('PROXY_CONNECTION_CREATED');
  });

  test('misses nothing and repeats nothing over many reconnects under writers', async () => {
    const from = (await app.get('{ project(key: "feed") { position } }')).position;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let count = 0; count < 8; count += 1) await proxy(`w${writer} ${count}`);
    });
    const seen: string[] = [];
    let after = `, afterPosition: ${from}`;
    while (seen.length < 64) {
      const more = await take(connect(app), Math.min(1 + (seen.length % 5), 64 - seen.length), after);
      seen.push(...more.map(({ id }) => id));
      after = `, after: "${more.at(-1).id}"`;
    }
    await Promise.all(writers);
    const all = await app.get(
      `{ project(key: "feed") { position history(first: 100, direction: DESC) { nodes { id } } } }`,
    );
    expect(all.position).toBe(from + 64);
    expect([...seen].reverse()).toEqual(all.history.nodes.slice(0, 64).map(({ id }: Data) => id));
  }, 30_000);

  test('goes on over a restart', async () => {
    const ids = await whole();
    const middle = ids[3];
    await app.restart();
    const rest = await take(connect(app), ids.length - 4, `, after: "${middle}"`);
    expect(rest.map(({ id }) => id)).toEqual(ids.slice(4));
  });

  test.each([
    ['an unknown project', 'subscription { changes(projectKey: "nobody") { id } }', 'BAD_USER_INPUT'],
    [
      'a position beyond the head',
      'subscription { changes(projectKey: "feed", afterPosition: 9999) { id } }',
      'BAD_USER_INPUT',
    ],
    ['a bad id', 'subscription { changes(projectKey: "feed", after: "x") { id } }', 'BAD_USER_INPUT'],
    ['an unknown field', 'subscription { changes(projectKey: "feed") { canary } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a syntax error', 'subscription { "canary-2" ', 'GRAPHQL_PARSE_FAILED'],
  ])('refuses %s with a code, and goes on', async (_, query, code) => {
    const client = connect(app);
    const told = await new Promise<Data>((resolve) => {
      client.subscribe({ query }, { next: resolve, error: resolve, complete: () => undefined });
    });
    const [error] = told.errors ?? told;
    expect(error.extensions.code).toBe(code);
    expect(error.message).not.toContain('canary-2');
    expect(await take(client, 1, ', afterPosition: 0')).toHaveLength(1);
  });

  test('is not for foreign pages, and says who is asking by its header', async () => {
    await expect(
      take(connect(app, { origin: 'https://evil.example.com' }), 1, ', afterPosition: 0'),
    ).rejects.toBeDefined();
    expect(await take(connect(app, { 'x-actor': 'ann' }), 1, ', afterPosition: 0')).toHaveLength(1);
  });
});
