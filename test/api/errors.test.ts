import { request } from 'node:http';
import { MUTATIONS, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp();
const send = mutation(app);
await send('createProject', { key: 'errors', name: 'Errors' });
const CANARY = 'canary-hunter2';

const raw = (body: string, headers: Record<string, string> = {}) =>
  fetch(app.url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

describe('a request that cannot be executed', () => {
  const project = 'query($key: String!) { project(key: $key) { id } }';
  test.each<[string, object, RegExp]>([
    [
      'a variable that is missing',
      { query: project },
      /^Variable "\$key" of required type "String!" was not provided$/,
    ],
    [
      'null for one that has a default',
      { query: project.replace('String!', 'String = "x"'), variables: { key: null } },
      /^Argument "key" of non-null type "String!" must not be null$/,
    ],
    [
      'null within a list',
      { query: 'query($id: ID = "x") { nodes(ids: [$id]) { id } }', variables: { id: null } },
      /^the value at line 1, column \d+ is not acceptable/,
    ],
    [
      'null for a condition',
      {
        query: 'query($if: Boolean = true) { viewer @include(if: $if) { actor { identity } } }',
        variables: { if: null },
      },
      /^Argument "if" of non-null type "Boolean!" must not be null$/,
    ],
    [
      'the name of no operation',
      { query: '{ viewer { actor { identity } } }', operationName: CANARY },
      /no operation of the name/,
    ],
    [
      'no name for several',
      { query: 'query A { viewer { actor { identity } } } query B { viewer { actor { identity } } }' },
      /several/,
    ],
    ['a subscription', { query: 'subscription { changes(projectKey: "errors") { id } }' }, /WebSocket/],
  ])('%s is told', async (_, body, message) => {
    const response = await raw(JSON.stringify(body));
    const { errors } = (await response.json()) as { errors: { message: string; extensions: object }[] };
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
    expect(response.status).toBe(200);
  });

  test('a subscription on a condition is told', async () => {
    const query = 'subscription($s: Boolean!) { changes(projectKey: "errors") @skip(if: $s) { id } }';
    const response = await raw(JSON.stringify({ query, variables: { s: true } }));
    expect(await response.json()).toMatchObject({
      errors: [
        { message: expect.stringMatching(/neither @skip nor @include/), extensions: { code: 'BAD_USER_INPUT' } },
      ],
    });
  });

  test('with a list of nothing but faults is told some of them, and looked at no further', async () => {
    const ids = Array.from({ length: 14_000 }, () => 5.5);
    const response = await raw(
      JSON.stringify({ query: 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }', variables: { ids } }),
    );
    expect(((await response.json()) as { errors: unknown[] }).errors).toHaveLength(20);
  });

  test('offering HTTP/2 is answered in HTTP/1.1', async () => {
    const offer = {
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA',
    };
    const ask = (path: string, method: string, body?: string) =>
      new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        const headers = {
          ...offer,
          ...(body && { 'content-type': 'application/json', 'content-length': body.length }),
        };
        const sent = request(new URL(path, app.url), { method, headers }, (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode, text }));
        });
        sent.on('error', reject).end(body);
      });
    expect((await ask('/health/live', 'GET')).status).toBe(200);
    const answer = await ask('/graphql', 'POST', '{"query":"{ viewer { actor { identity } } }"}');
    expect(answer).toEqual({ status: 200, text: '{"data":{"viewer":{"actor":{"identity":"local"}}}}\n' });
    expect(
      (
        await ask(
          '/graphql',
          'POST',
          JSON.stringify({ query: `{ viewer { ${' '.repeat(300_000)} actor { identity } } }` }),
        )
      ).status,
    ).toBe(200);
  });
});

describe('what was sent is in no error', () => {
  test.each([
    ['a syntax error', { query: `{ viewer { actor(x: ${CANARY}" } }` }],
    [
      'an unknown enum value',
      {
        query: `mutation { createProxyConnection(input: { projectKey: "errors", name: "n", type: "${CANARY}", host: "h", port: 1 }) { userErrors { code } } }`,
      },
    ],
    ['a text where none belongs', { query: `{ projects(first: "${CANARY}") { totalCount } }` }],
    [
      'a variable of the wrong type',
      { query: MUTATIONS.createProxyConnection, variables: { input: { name: [CANARY], password: { a: CANARY } } } },
    ],
    ['a variable that is no object', { query: MUTATIONS.createProxyConnection, variables: { input: CANARY } }],
    ['a bad instant', { query: `{ project(key: "errors", asOf: { time: "${CANARY}" }) { id } }` }],
    [
      'a float as port',
      {
        query: MUTATIONS.createProxyConnection,
        variables: { input: { projectKey: 'errors', name: 'n', type: 'HTTP', host: 'h', port: 1.5, password: CANARY } },
      },
    ],
  ])('%s', async (_, body) => {
    const text = await (await raw(JSON.stringify(body))).text();
    expect(JSON.parse(text).errors.length).toBeGreaterThan(0);
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain('INTERNAL');
    expect(app.lines.join('')).not.toContain(CANARY);
  });

  test('not even broken JSON', async () => {
    const text = await (await raw(`{"query": "${CANARY}`)).text();
    expect(JSON.parse(text).errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(text).not.toContain(CANARY);
  });

  test('faults of variables are told by path and reason, all at once', async () => {
    const { errors } = await app.ask(MUTATIONS.createProxyConnection, { input: { name: 1, type: 'FTP', port: 1 } });
    expect(errors?.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/"input\.name".*String cannot represent/),
        expect.stringMatching(/"input\.type".*"ProxyType" enum/),
        expect.stringMatching(/"host" of required type|host.*required type/),
      ]),
    );
  });
});

describe('limits of a request', () => {
  test.each([
    [
      'depth',
      `{ project(key: "errors") ${'{ proxyConnections { nodes { project '.repeat(12)} { id } ${'} } }'.repeat(12)} }`,
    ],
    [
      'aliases',
      `{ ${Array.from({ length: 1_000 }, (_, index) => `a${index}: viewer { actor { identity } }`).join(' ')} }`,
    ],
    ['tokens', `{ ${'viewer { actor { identity } } '.repeat(3_000)} }`],
    [
      'cost',
      `{ project(key: "errors") { proxyConnections(first: 100) { nodes { project { proxyConnections(first: 100) { nodes { project { proxyConnections(first: 100) { nodes { id } } } } } } } } } }`,
    ],
  ])('too much %s is refused', async (_, query) => {
    const { errors } = await app.ask(query);
    expect(errors?.[0]?.extensions.code).toMatch(/^(GRAPHQL_VALIDATION_FAILED|GRAPHQL_PARSE_FAILED|BAD_USER_INPUT)$/);
  });

  test.each([
    [
      'histories under a whole page of rows',
      '{ project(key: "errors") { proxyConnections(first: 100) { nodes { id name type host port user authType description editedAt editedBy { identity name } history(first: 20) { totalCount nodes { id type version commit { at reason actor { identity name } } fields { field before after } } } } } } }',
    ],
    [
      'proxies under a whole page of data sources',
      '{ project(key: "errors") { dataSources(first: 100) { nodes { id name baseUrl routing proxyConnection { id name type host port editedAt editedBy { identity name } lastTest { success at failure stages { name status durationMs } } } } } } }',
    ],
  ])('%s are not too much', async (_, query) => {
    expect((await app.ask(query)).errors).toBeUndefined();
  });

  test('a body of more than 2 MiB is refused', async () => {
    expect((await raw(JSON.stringify({ query: 'x'.repeat(2 * 1024 * 1024) }))).status).toBe(413);
  });

  test('more than four live fields are refused, and none of them is sent', async () => {
    const field =
      '(input: { projectKey: "errors", draft: { type: HTTP, host: "127.0.0.1", port: 9 } }) { commit { position } }';
    const five = [1, 2, 3, 4, 5].map((index) => `t${index}: testProxy${field}`).join(' ');
    const { errors } = await app.ask(`mutation { ${five} }`);
    expect(errors?.[0]?.extensions.code).toBe('TOO_MANY_REQUESTS');
    expect(await app.log('errors')).toEqual(['PROJECT_CREATED']);
  });

  test('the introspection query passes', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    expect((await app.ask(getIntrospectionQuery())).errors).toBeUndefined();
  });
});
