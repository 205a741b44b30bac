import { execFile } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { type Data, errorsOf, mutation, startTestApp } from '../support/app.ts';
import { startPeer } from '../support/misbehaving.ts';
import { besidesQuestions, startProxyChain } from '../support/proxies.ts';
import { type Received, startTarget } from '../support/targets.ts';

const app = await startTestApp();
const send = mutation(app);
const TOKEN = 'token-canary-1';
const PASSWORD = 'p%41ss:w@rd $!';
const proxy = await startProxyChain({ credentials: { user: "o'brien$", password: PASSWORD } });
const target = await startTarget({ answer: echo });
afterAll(() => Promise.all([proxy.stop(), target.stop()]));

function echo({ headers }: Received, response: ServerResponse): void {
  response.writeHead(200, { 'x-echo': headers['x-token'] ?? '' }).end(JSON.stringify({ token: headers['x-token'] }));
}

await send('createProject', { key: 'crm', name: 'CRM' });
await send('setConfigParameter', {
  projectKey: 'crm',
  key: 'crm.token',
  secret: true,
  values: [{ environment: 'dev', value: TOKEN }],
});
await send('setConfigParameter', {
  projectKey: 'crm',
  key: 'crm.port',
  values: [{ environment: 'dev', value: String(target.port) }],
});

const createProxy = async (name: string) =>
  (
    await send('createProxyConnection', {
      projectKey: 'crm',
      name,
      type: 'HTTP',
      host: '127.0.0.1',
      port: proxy.port,
      authType: 'BASIC',
      user: "o'brien$",
      password: PASSWORD,
    })
  ).proxyConnection.id as string;
const createSource = async (name: string, more: object = {}) =>
  (await send('createDataSource', { projectKey: 'crm', name, baseUrl: 'http://localhost:${crm.port}/api/v2', ...more }))
    .dataSource.id as string;
const call = (dataSourceId: string, request: object = {}, more: object = {}) =>
  send('callDataSource', { dataSourceId, request, ...more });
const events = async () => (await app.log('crm')).slice(-2);

describe('a data source', () => {
  test('attached while it is created appends two events of one version', async () => {
    const proxyConnectionId = await createProxy('first');
    const input = {
      projectKey: 'crm',
      name: 'CRM',
      baseUrl: 'https://crm.example.com/api/v2',
      connectThroughProxy: true,
      proxyConnectionId,
    };
    const { dataSource, commit } = await send('createDataSource', input);
    expect(dataSource).toMatchObject({ routing: 'PROXY', version: 1, connectThroughProxy: true });
    expect(commit.changes.map(({ type, version }: Data) => [type, version])).toEqual([
      ['DATA_SOURCE_CREATED', 1],
      ['DATA_SOURCE_PROXY_ATTACHED', 1],
    ]);
    const { usedBy } = await app.get(
      'query($id: ID!) { node(id: $id) { ... on ProxyConnection { usedBy { totalCount nodes { name } } } } }',
      { id: proxyConnectionId },
    );
    expect(usedBy).toEqual({ totalCount: 1, nodes: [{ name: 'CRM' }] });
    const second = await createProxy('second');
    const moved = await send('updateDataSource', { id: dataSource.id, proxyConnectionId: second });
    expect(moved.commit.changes).toMatchObject([
      { type: 'DATA_SOURCE_PROXY_ATTACHED', fields: [{ before: proxyConnectionId, after: second }] },
    ]);
    expect((await send('updateDataSource', { id: dataSource.id, proxyConnectionId: second })).commit).toBeNull();
    const off = await send('updateDataSource', {
      id: dataSource.id,
      connectThroughProxy: false,
      description: 'direct',
    });
    expect(off.dataSource).toMatchObject({ routing: 'DIRECT', version: 3 });
    expect(await events()).toEqual(['DATA_SOURCE_UPDATED', 'DATA_SOURCE_PROXY_DETACHED']);
    const back = await send('restoreDataSource', { id: dataSource.id, version: 2 });
    expect(back.dataSource).toMatchObject({ routing: 'PROXY', version: 4 });
    expect(await events()).toEqual(['DATA_SOURCE_RESTORED', 'DATA_SOURCE_PROXY_ATTACHED']);
  });

  test.each([
    ['a proxy while it is off', { proxyConnectionId: 'x' }, 'INVALID_VALUE input.proxyConnectionId'],
    ['no proxy while it is on', { connectThroughProxy: true }, 'REQUIRED input.proxyConnectionId'],
    ['an unknown proxy', { connectThroughProxy: true, proxyConnectionId: 'x' }, 'NOT_FOUND input.proxyConnectionId'],
    ['another scheme', { baseUrl: 'ftp://x' }, 'INVALID_VALUE input.baseUrl'],
    ['credentials in the URL', { baseUrl: 'https://u:p@x' }, 'INVALID_VALUE input.baseUrl'],
    ['a query in the URL', { baseUrl: 'https://x/?q' }, 'INVALID_VALUE input.baseUrl'],
    ['a secret parameter in the URL', { baseUrl: 'https://${crm.token}/' }, 'INVALID_VALUE input.baseUrl'],
    [
      'a secret parameter in a plain header',
      { headers: [{ name: 'X', value: '${crm.token}' }] },
      'INVALID_VALUE input.headers.0.value',
    ],
    ['a header that cannot be set', { headers: [{ name: 'Host', value: 'x' }] }, 'INVALID_VALUE input.headers.0.name'],
    [
      'a header twice',
      {
        headers: [
          { name: 'X', value: '1' },
          { name: 'x', value: '2' },
        ],
      },
      'INVALID_VALUE input.headers.1.name',
    ],
    ['a line break in a header', { headers: [{ name: 'X', value: 'a\r\nb' }] }, 'INVALID_VALUE input.headers.0.value'],
    ['a secret header without a value', { headers: [{ name: 'X', secret: true }] }, 'REQUIRED input.headers.0.value'],
  ])('refuses %s', async (_, change, error) => {
    const input = { projectKey: 'crm', name: 'bad', baseUrl: 'https://x', ...change };
    expect(errorsOf(await send('createDataSource', input))).toEqual([error]);
  });

  test('keeps a secret header that is given without its value, but not for another origin', async () => {
    const id = await createSource('headers', {
      baseUrl: 'https://a.example.com',
      headers: [
        { name: 'X-Key', value: 'k', secret: true },
        { name: 'X-A', value: '1' },
      ],
    });
    const reordered = [
      { name: 'X-A', value: '1' },
      { name: 'X-Key', secret: true },
    ];
    expect((await send('updateDataSource', { id, headers: reordered })).commit).toBeNull();
    const recased = reordered.map((header) => ({ ...header, name: header.name.toLowerCase() }));
    expect((await send('updateDataSource', { id, headers: recased })).commit).toBeNull();
    expect(errorsOf(await send('updateDataSource', { id, baseUrl: 'https://b.example.com' }))).toEqual([
      'REQUIRED input.headers',
    ]);
    expect(
      errorsOf(await send('updateDataSource', { id, baseUrl: 'https://b.example.com', headers: reordered })),
    ).toEqual(['REQUIRED input.headers.1.value']);
    expect((await send('updateDataSource', { id, baseUrl: 'https://a.example.com/other' })).userErrors).toEqual([]);
    const changed = await send('updateDataSource', { id, headers: [{ name: 'X-A', value: '2' }] });
    expect(changed.commit.changes[0].fields).toEqual([
      { field: 'headers[X-A]', before: '1', after: '2', secret: false },
      { field: 'headers[X-Key]', before: null, after: null, secret: true },
    ]);
  });
});

describe('calling a data source', () => {
  test('goes straight without a proxy, with its secrets, and masks them where they come back', async () => {
    const id = await createSource('direct', {
      headers: [{ name: 'X-Token', value: 'Bearer ${crm.token}', secret: true }],
    });
    const before = (await proxy.record()).length;
    const result = await call(id, { path: '/contacts?q=1', headers: [{ name: 'X-B', value: '${crm.port}' }] });
    expect(result).toMatchObject({
      routing: 'DIRECT',
      failure: null,
      stages: [],
      userErrors: [],
      response: { status: 200, body: '{"token":"********"}' },
    });
    expect(target.record().at(-1)).toMatchObject({
      url: '/api/v2/contacts?q=1',
      headers: { 'x-token': `Bearer ${TOKEN}`, 'x-b': String(target.port) },
    });
    expect(JSON.stringify(result)).not.toContain(TOKEN);
    expect((await proxy.record()).length).toBe(before);
    expect(result.curl).toBe(
      `curl --header 'X-Token: ********' --header 'X-B: ${target.port}' 'http://localhost:${target.port}/api/v2/contacts?q=1'`,
    );
  });

  test('that fails tells how far it came, and what was seen there', async () => {
    const baseUrl = 'http://localhost:1/';
    const id = await createSource('nowhere', { baseUrl });
    expect(await call(id)).toMatchObject({
      failure: 'TARGET_REFUSED',
      stages: [
        { name: 'RESOLVE', status: 'PASSED' },
        { name: 'CONNECT', status: 'FAILED', detail: expect.stringContaining('ECONNREFUSED') },
        ...['PROXY_TLS', 'PROXY_AUTH', 'TUNNEL', 'TARGET_TLS', 'RESPONSE'].map((name) => ({ name, status: 'SKIPPED' })),
      ],
    });
  });

  test('goes through its proxy, and refuses once that is deleted, until it is restored', async () => {
    const proxyConnectionId = await createProxy('route');
    const id = await createSource('proxied', { connectThroughProxy: true, proxyConnectionId });
    const passed = (await proxy.record()).length;
    expect(await call(id, { method: 'POST', path: 'contacts', body: '{"a":"${crm.port}"}' })).toMatchObject({
      routing: 'PROXY',
      response: { status: 200 },
    });
    expect(target.record().at(-1)).toMatchObject({ method: 'POST', body: `{"a":"${target.port}"}` });
    expect(target.record().at(-1)?.headers).not.toHaveProperty('proxy-authorization');
    expect(besidesQuestions((await proxy.record(passed + 2)).slice(passed))).toHaveLength(1);

    expect(errorsOf(await send('deleteProxyConnection', { id: proxyConnectionId, failIfInUse: true }))).toEqual([
      'IN_USE input.failIfInUse',
    ]);
    const deleted = await send('deleteProxyConnection', { id: proxyConnectionId });
    expect(deleted.affectedDataSources).toEqual([{ name: 'proxied', routing: 'PROXY_DELETED' }]);
    const seen = target.record().length;
    const refused = await call(id);
    expect(errorsOf(refused)).toEqual(['PROXY_CONNECTION_DELETED input.dataSourceId']);
    expect(refused).toMatchObject({ routing: 'PROXY_DELETED', response: null, failure: null });
    const preview = await app.get(
      'query($id: ID!) { node(id: $id) { ... on DataSource { connectThroughProxy curlPreview { command script userErrors { code } } } } }',
      { id },
    );
    expect(preview).toEqual({
      connectThroughProxy: true,
      curlPreview: { command: null, script: null, userErrors: [{ code: 'PROXY_CONNECTION_DELETED' }] },
    });
    expect((await send('updateDataSource', { id, description: 'still closed' })).dataSource.routing).toBe(
      'PROXY_DELETED',
    );
    expect(target.record()).toHaveLength(seen);
    await send('restoreProxyConnection', { id: proxyConnectionId });
    expect(await call(id)).toMatchObject({ routing: 'PROXY', response: { status: 200 } });
  });

  test.each([
    ['//evil.example.com/', 'INVALID_VALUE input.request.path'],
    ['https://evil.example.com/', 'INVALID_VALUE input.request.path'],
    ['a/../../b', 'INVALID_VALUE input.request.path'],
    ['%2e%2e/b', 'INVALID_VALUE input.request.path'],
    ['a\\b', 'INVALID_VALUE input.request.path'],
    ['a\r\nX: y', 'INVALID_VALUE input.request.path'],
    ['${crm.token}', 'INVALID_VALUE input.request.path'],
    ['${nobody}', 'PARAMETER_UNDEFINED input.request.path'],
  ])('refuses the path %j, and sends nothing', async (path, error) => {
    const id = (await app.get('{ project(key: "crm") { dataSource(name: "direct") { id } } }')).dataSource.id;
    const seen = target.record().length;
    expect(errorsOf(await call(id, { path }))).toEqual([error]);
    expect(target.record()).toHaveLength(seen);
  });

  test('refuses what would grow too large once its parameters are put in, and makes none of it', async () => {
    await send('setConfigParameter', { projectKey: 'crm', key: 'k', defaultValue: 'k'.repeat(16_000) });
    await send('setConfigParameter', { projectKey: 'crm', key: 's', secret: true, defaultValue: 's'.repeat(5_000) });
    const secret = { name: 'X-S', value: '${s}${s}', secret: true };
    const id = await createSource('growing', { headers: [secret] });
    const seen = target.record().length;
    const body = '${k}'.repeat(200_000);
    const headers = Array.from({ length: 50 }, (_, at) => ({ name: `X-${at}`, value: '${k}'.repeat(2_000) }));
    const refused = await call(id, { method: 'POST', path: '${k}', headers, body });
    const places = ['path', 'body', ...headers.map((_, at) => `headers.${at}.value`)];
    expect(errorsOf(refused)).toEqual(places.map((place) => `INVALID_VALUE input.request.${place}`));
    expect(refused.userErrors[1].message).toBe(
      'with the value of k in dev: a request body has at most 1048576 bytes in UTF-8',
    );
    const preview = await app.get(
      'query($id: ID!, $request: RequestInput) { node(id: $id) { ... on DataSource { curlPreview(request: $request) { command userErrors { path message } } } } }',
      { id, request: { method: 'POST', body } },
    );
    expect(preview.curlPreview).toEqual({
      command: null,
      userErrors: [{ path: ['request', 'body'], message: refused.userErrors[1].message }],
    });
    expect((await call(id)).userErrors[0].message).toMatch(/X-S: with the value of s in dev: .* 8192 bytes/);
    expect(target.record()).toHaveLength(seen);
    expect(
      errorsOf(await call(id, { method: 'POST', headers: [{ ...secret, value: 'x' }], body: '${k}'.repeat(65) })),
    ).toEqual([]);
    expect(target.record().at(-1)?.body).toHaveLength(65 * 16_000);
  });

  test('masks the parts of a secret header that come back by themselves', async () => {
    const value = 'Token token="zyxwvu987654", user="o\\"brien-7"';
    const headers = [{ name: 'X-Token', value, secret: true }];
    const id = await createSource('parts', { headers });
    const result = await call(id);
    expect(result.response.body).toBe('{"token":"********"}');
    expect(result.response.headers).toContainEqual({ name: 'x-echo', value: '********' });
  });

  test('in one environment leaves the connections of another alone, though their values differ', async () => {
    const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
    const proxies = await Promise.all(
      [0, 1].map(() => startPeer((socket) => socket.on('data', () => socket.write(answer)))),
    );
    const values = ['dev', 'prod'].map((environment, at) => ({ environment, value: String(proxies[at]?.port) }));
    await send('setConfigParameter', { projectKey: 'crm', key: 'proxy.port', values });
    const way = { projectKey: 'crm', name: 'by environment', type: 'HTTP', host: '127.0.0.1', port: '${proxy.port}' };
    const { id } = (await send('createProxyConnection', { ...way, authType: 'NO_AUTH' })).proxyConnection;
    const attached = { connectThroughProxy: true, proxyConnectionId: id };
    const source = await createSource('by environment', { baseUrl: 'http://crm.example.com/', ...attached });
    for (const environment of ['dev', 'prod', 'dev', 'prod', 'dev']) {
      expect(await call(source, {}, { environment })).toMatchObject({ response: { status: 200 } });
    }
    expect(proxies.map(({ connections }) => connections.count())).toEqual([1, 1]);
    await Promise.all(proxies.map((each) => each.stop()));
  });

  test('needs nothing of a header that the request replaces', async () => {
    const headers = [
      { name: 'X-B', value: '${nobody}' },
      { name: 'X-Token', value: '${nobody}', secret: true },
    ];
    const id = await createSource('replaced', { headers });
    expect(errorsOf(await call(id, {}))).toEqual(expect.arrayContaining(['PARAMETER_UNDEFINED input.dataSourceId']));
    const own = [
      { name: 'x-b', value: '1' },
      { name: 'x-token', value: 'Scheme mine-value', secret: true },
    ];
    const result = await call(id, { headers: own });
    expect(errorsOf(result)).toEqual([]);
    expect(target.record().at(-1)?.headers).toMatchObject({ 'x-b': '1', 'x-token': 'Scheme mine-value' });
    expect(JSON.stringify(result)).not.toContain('mine-value');
  });

  test('has no white space around its base URL: it is dropped as typed, and refused in a parameter', async () => {
    const typed = await createSource('typed', { baseUrl: ` \thttp://localhost:${target.port}/api\n` });
    expect(await call(typed)).toMatchObject({ response: { status: 200 } });
    const value = `http://localhost:${target.port}/api `;
    const values = [{ environment: 'dev', value }];
    await send('setConfigParameter', { projectKey: 'crm', key: 'crm.url', values });
    const result = await call(await createSource('from a parameter', { baseUrl: '${crm.url}' }));
    expect(errorsOf(result)).toEqual(['INVALID_VALUE input.dataSourceId']);
    expect(result.userErrors[0].message).toContain('crm.url');
  });

  test('names the parameter whose value makes a secret header invalid', async () => {
    await send('setConfigParameter', { projectKey: 'crm', key: 'two.lines', secret: true, defaultValue: 'a\nb' });
    const headers = [{ name: 'X-Token', value: '${two.lines}', secret: true }];
    const { userErrors } = await call(await createSource('broken header', { headers }), {});
    expect(userErrors).toMatchObject([{ code: 'INVALID_VALUE', message: expect.stringMatching(/two\.lines in \w+/) }]);
  });

  test('sends a path that is a lone question mark as it is', async () => {
    await call((await app.get('{ project(key: "crm") { dataSource(name: "direct") { id } } }')).dataSource.id, {
      path: '?',
    });
    expect(target.record().at(-1)?.url).toBe('/api/v2?');
  });

  test('refuses what it cannot send', async () => {
    const id = (await app.get('{ project(key: "crm") { dataSource(name: "direct") { id } } }')).dataSource.id;
    expect(errorsOf(await call(id, { method: 'HEAD', body: 'x' }))).toEqual(['INVALID_VALUE input.request.body']);
    expect(errorsOf(await call(id, { headers: [{ name: 'X', secret: true }] }))).toEqual([
      'REQUIRED input.request.headers.0.value',
    ]);
    expect(errorsOf(await call(id, {}, { environment: 'nope' }))).toEqual(['ENVIRONMENT_UNKNOWN input.environment']);
    const undefinedInProd = await call(id, {}, { environment: 'prod' });
    expect(undefinedInProd.userErrors.map(({ message }: Data) => message).join()).toMatch(/crm\.port.*crm\.token/);
    expect(errorsOf(await call(id, {}, { timeoutMs: 99 }))).toEqual(['INVALID_VALUE input.timeoutMs']);
    expect(errorsOf(await call('nonsense'))).toEqual(['NOT_FOUND input.dataSourceId']);
  });
});

describe('the curl preview', () => {
  test.each([
    ['without a proxy', undefined, 'curl https://api.example.com/data'],
    [
      'with a proxy',
      { type: 'HTTP', host: 'proxy-host', port: 8080 },
      'curl --proxy http://proxy-host:8080 https://api.example.com/data',
    ],
    [
      'with basic auth',
      { type: 'HTTP', host: 'proxy-host', port: 8080, authType: 'BASIC', user: 'user', password: 'password' },
      'curl --proxy http://proxy-host:8080 --proxy-user user:******** https://api.example.com/data',
    ],
    [
      'with an HTTPS proxy',
      { type: 'HTTPS', host: 'proxy-host', port: 8443 },
      'curl --proxy https://proxy-host:8443 https://api.example.com/data',
    ],
  ])('has the form of the seed %s', async (name, route, command) => {
    const attach = route && {
      connectThroughProxy: true,
      proxyConnectionId: (await send('createProxyConnection', { projectKey: 'crm', name: `p ${name}`, ...route }))
        .proxyConnection.id,
    };
    const id = await createSource(`seed ${name}`, { baseUrl: 'https://api.example.com', ...attach });
    const { curlPreview } = await app.get(
      'query($id: ID!) { node(id: $id) { ... on DataSource { curlPreview(request: { path: "data" }) { command script } } } }',
      { id },
    );
    expect(curlPreview.command).toBe(command);
    expect(curlPreview.script).toMatch(/^curl --disable --globoff/);
    if (route) expect(curlPreview.script).toContain("--noproxy ''");
  });

  test('is a script that does what the call does', async () => {
    const id = (await app.get('{ project(key: "crm") { dataSource(name: "proxied") { id } } }')).dataSource.id;
    const request = {
      method: 'PUT',
      path: "a'b?x=%41&y=$z",
      headers: [{ name: 'X-Q', value: `"'$!` }],
      body: 'l1\n"$x" ü %41',
    };
    const { curlPreview } = await app.get(
      'query($id: ID!, $request: RequestInput) { node(id: $id) { ... on DataSource { curlPreview(request: $request) { script } } } }',
      { id, request },
    );
    await call(id, request);
    const called = target.record().at(-1);
    const env = { ...process.env, PROXY_PASSWORD: PASSWORD };
    await promisify(execFile)('bash', ['-c', curlPreview.script], { env, timeout: 10_000 });
    const ran = target.record().at(-1);
    const comparable = (received: Received | undefined) => {
      const { connection, 'proxy-connection': _, ...headers } = received?.headers ?? {};
      return { ...received, headers, rawHeaders: undefined };
    };
    expect(comparable(ran)).toEqual(comparable(called));
  });
});

test('secrets of data sources are found nowhere', async () => {
  await app.close();
  const bytes = app.storedBytes().toString('latin1');
  for (const secret of [TOKEN, PASSWORD, Buffer.from(TOKEN).toString('base64')]) {
    expect(bytes.includes(secret)).toBe(false);
    expect(app.lines.join('').includes(secret)).toBe(false);
  }
});
