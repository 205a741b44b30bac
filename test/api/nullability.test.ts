import { type Data, errorsOf, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp({ PROBES_PER_ACTOR_PER_MINUTE: '1', PROBE_TARGET_URL: 'http://127.0.0.1:9/' });
const send = mutation(app);
const proxy = { projectKey: 'nulls', name: 'p', type: 'HTTP', host: '127.0.0.1', port: 9 };
await send('createProject', { key: 'nulls', name: 'Nulls' });

describe('an error of one field', () => {
  test('takes nothing from the other mutations of the document', async () => {
    const probe = { projectKey: 'nulls', draft: { type: 'HTTP', host: '127.0.0.1', port: 9 } };
    const { data, errors } = await app.ask(
      `mutation($proxy: CreateProxyConnectionInput!, $probe: TestProxyInput!) {
        created: createProxyConnection(input: $proxy) { commit { position } }
        first: testProxy(input: $probe) { commit { position } }
        second: testProxy(input: $probe) { commit { position } }
        updated: updateProject(input: { key: "nulls", description: "d" }) { commit { position } }
      }`,
      { proxy, probe },
    );
    expect(data).toEqual({
      created: { commit: { position: 2 } },
      first: { commit: { position: 3 } },
      second: null,
      updated: { commit: { position: 4 } },
    });
    expect(errors).toEqual([
      expect.objectContaining({ path: ['second'], extensions: expect.objectContaining({ code: 'TOO_MANY_REQUESTS' }) }),
    ]);
  });

  test('of projects takes nothing from the other fields', async () => {
    const { data, errors } = await app.ask('{ projects(first: -1) { totalCount } viewer { actor { identity } } }');
    expect(data).toEqual({ projects: null, viewer: { actor: { identity: 'local' } } });
    expect(errors).toHaveLength(1);
  });
});

describe('null for a field that has a default', () => {
  test('means the default', async () => {
    const { project } = await send('createProject', { key: 'defaults', name: 'D', environments: null });
    expect(project.environments).toEqual(['dev', 'staging', 'prod']);
    const projectKey = 'defaults';
    const { proxyConnection } = await send('createProxyConnection', { ...proxy, projectKey, authType: null });
    expect(proxyConnection.authType).toBe('NO_AUTH');
    const { dataSource } = await send('createDataSource', {
      projectKey,
      name: 's',
      baseUrl: 'http://127.0.0.1:9',
      type: null,
      headers: null,
      connectThroughProxy: null,
    });
    expect(dataSource).toMatchObject({ headers: [], connectThroughProxy: false });
    const header = { name: 'X-A', value: 'a', secret: null };
    const updated = await send('updateDataSource', { id: dataSource.id, headers: [header] });
    expect(updated.dataSource.headers).toEqual([{ ...header, secret: false }]);
    const request = { method: null, path: null, headers: null, body: null };
    const called = await send('callDataSource', { dataSourceId: dataSource.id, request, timeoutMs: null });
    expect(called).toMatchObject({ userErrors: [], failure: 'TARGET_REFUSED', curl: expect.stringContaining(':9') });
    const draft = { type: 'HTTP', host: '127.0.0.1', port: 9, authType: null };
    expect(await send('testProxy', { projectKey, draft, timeoutMs: null }, { actor: 'another' })).toMatchObject({
      userErrors: [],
      test: { failure: 'PROXY_REFUSED' },
    });
    const lists = await app.get(
      `query($order: ProxyConnectionOrder, $request: RequestInput, $direction: OrderDirection) { project(key: "defaults") {
        proxyConnections(orderBy: $order, filter: { state: null }) { totalCount }
        dataSources(orderBy: { field: NAME, direction: null }) { nodes { curlPreview(request: $request) { command userErrors { code } } } }
        configParameters(orderBy: { field: KEY, direction: null }) { totalCount }
        history(direction: $direction) { nodes { type } } } }`,
      { order: { field: 'NAME', direction: null }, request, direction: null },
    );
    expect(lists).toMatchObject({
      proxyConnections: { totalCount: 1 },
      dataSources: { nodes: [{ curlPreview: { command: expect.stringContaining('curl'), userErrors: [] } }] },
      configParameters: { totalCount: 0 },
    });
    expect(lists.history.nodes.at(-1)).toEqual({ type: 'PROJECT_CREATED' });
    const deleted = await send('deleteProxyConnection', { id: proxyConnection.id, failIfInUse: null });
    expect(deleted.proxyConnection.deletedAt).not.toBeNull();
  });

  test('is the same input as the default, and as none, under one idempotency key', async () => {
    const inputs: [Parameters<typeof send>[0], object, Record<string, unknown>][] = [
      ['createProject', { key: 'same', name: 'S' }, { environments: ['dev', 'staging', 'prod'] }],
      ['createProxyConnection', { ...proxy, projectKey: 'same' }, { authType: 'NO_AUTH' }],
      [
        'createDataSource',
        { projectKey: 'same', name: 's', baseUrl: 'https://x' },
        { type: 'RESTFUL_SYSTEM', headers: [], connectThroughProxy: false },
      ],
    ];
    for (const [name, input, defaults] of inputs) {
      const nulls = Object.fromEntries(Object.keys(defaults).map((field) => [field, null]));
      const first = await send(name, { ...input, idempotencyKey: name });
      expect(first.commit).not.toBeNull();
      expect(await send(name, { ...input, ...nulls, idempotencyKey: name })).toEqual(first);
      expect(await send(name, { ...input, ...defaults, idempotencyKey: name })).toEqual(first);
    }
    const headers = (secret?: boolean | null): Data => ({
      projectKey: 'same',
      name: 'with headers',
      baseUrl: 'https://x',
      headers: [{ name: 'X-A', value: 'a', ...(secret !== undefined && { secret }) }],
      idempotencyKey: 'headers',
    });
    const first = await send('createDataSource', headers());
    expect(await send('createDataSource', headers(null))).toEqual(first);
    expect(await send('createDataSource', headers(false))).toEqual(first);
    expect(errorsOf(await send('createDataSource', headers(true)))).toEqual([
      'IDEMPOTENCY_KEY_REUSED input.idempotencyKey',
    ]);
  });
});

describe('null where a value must stay', () => {
  test('is refused for the values of a parameter, which an empty list clears', async () => {
    const values = [{ environment: 'prod', value: 'kept' }];
    const parameter = { projectKey: 'nulls', key: 'p', values };
    expect(errorsOf(await send('setConfigParameter', parameter))).toEqual([]);
    const refused = await send('setConfigParameter', { ...parameter, values: null, description: 'd' });
    expect(refused).toMatchObject({
      configParameter: null,
      commit: null,
      userErrors: [
        {
          code: 'REQUIRED',
          path: ['input', 'values'],
          message: 'values cannot be null: leave it out to keep it',
        },
      ],
    });
    const described = await send('setConfigParameter', { projectKey: 'nulls', key: 'p', description: 'd' });
    expect(described.configParameter).toMatchObject({ description: 'd', values });
    const cleared = await send('setConfigParameter', { ...parameter, values: [] });
    expect(cleared.configParameter.values).toEqual([]);
  });

  test('is none for the values of a parameter that is new', async () => {
    const created = await send('setConfigParameter', { projectKey: 'nulls', key: 'new', values: null });
    expect(created).toMatchObject({ userErrors: [], configParameter: { values: [], version: 1 } });
  });

  test('is refused for what a project must have', async () => {
    const refused = await send('updateProject', { key: 'nulls', name: null, environments: null });
    expect(refused.userErrors).toEqual([
      { code: 'REQUIRED', path: ['input', 'name'], message: 'name cannot be null: leave it out to keep it' },
      {
        code: 'REQUIRED',
        path: ['input', 'environments'],
        message: 'environments cannot be null: leave it out to keep it',
      },
    ]);
  });
});
