import { errorsOf, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp();
const send = mutation(app);
const fresh = (() => {
  let count = 0;
  return async () => {
    count += 1;
    const key = `project-${count}`;
    await send('createProject', { key, name: key });
    return key;
  };
})();
const basic = {
  type: 'HTTPS',
  host: 'proxy.corp.example.com',
  port: 8443,
  authType: 'BASIC',
  user: 'svc',
  password: 'geheim',
};

describe('creating a proxy connection', () => {
  test('answers it with its commit, and appends one event', async () => {
    const projectKey = await fresh();
    const input = { projectKey, name: '  Corporate Proxy ', description: '', ...basic, reason: 'wanted' };
    const created = await send('createProxyConnection', input, { actor: 'Zoë' });
    expect(created.userErrors).toEqual([]);
    expect(created.proxyConnection).toMatchObject({
      name: 'Corporate Proxy',
      description: null,
      port: '8443',
      user: 'svc',
      hasPassword: true,
      version: 1,
      editedBy: { identity: 'x-actor:Zoë' },
    });
    expect(created.commit).toMatchObject({ position: 2, reason: 'wanted', actor: { identity: 'x-actor:Zoë' } });
    expect(created.commit.changes[0].fields).toContainEqual({
      field: 'password',
      before: null,
      after: null,
      secret: true,
    });
    expect(await app.log(projectKey)).toEqual(['PROJECT_CREATED', 'PROXY_CONNECTION_CREATED']);
  });

  test('reports all that is wrong at once, and appends nothing', async () => {
    const projectKey = await fresh();
    const input = { projectKey, name: ' ', type: 'HTTP', host: 'http://a/b', port: 0, authType: 'BASIC', user: 'a:b' };
    expect(errorsOf(await send('createProxyConnection', input)).sort()).toEqual([
      'INVALID_VALUE input.host',
      'INVALID_VALUE input.name',
      'INVALID_VALUE input.port',
      'INVALID_VALUE input.user',
      'REQUIRED input.password',
    ]);
    expect(await app.log(projectKey)).toEqual(['PROJECT_CREATED']);
  });

  test.each([
    ['an unknown project', { projectKey: 'no-such-project' }, 'NOT_FOUND input.projectKey'],
    ['a key that no project can have', { projectKey: 'No Project' }, 'NOT_FOUND input.projectKey'],
    ['a name with a line break', { name: 'a\nb' }, 'INVALID_VALUE input.name'],
    ['a name of 101 code points', { name: '😀'.repeat(101) }, 'INVALID_VALUE input.name'],
    ['half a surrogate pair', { name: 'a\ud800' }, 'INVALID_VALUE input.name'],
    ['a long description', { description: 'x'.repeat(2_001) }, 'INVALID_VALUE input.description'],
    ['a long reason', { reason: 'x'.repeat(2_001) }, 'INVALID_VALUE input.reason'],
    ['SOCKS', { host: 'socks5://proxy' }, 'INVALID_VALUE input.host'],
    ['a host with a port', { host: 'proxy:8080' }, 'INVALID_VALUE input.host'],
    ['an unclosed template', { host: '${corp' }, 'INVALID_VALUE input.host'],
    ['an empty template', { host: '${}' }, 'INVALID_VALUE input.host'],
    ['port 65536', { port: 65536 }, 'INVALID_VALUE input.port'],
    ['a port in words', { port: 'eighty' }, 'INVALID_VALUE input.port'],
    ['a password without BASIC', { password: 'x' }, 'INVALID_VALUE input.password'],
    ['a password with a line break', { ...basic, password: 'a\r\nb' }, 'INVALID_VALUE input.password'],
    ['an empty idempotency key', { idempotencyKey: '' }, 'INVALID_VALUE input.idempotencyKey'],
  ])('refuses %s', async (_, change, error) => {
    const projectKey = await fresh();
    const input = { projectKey, name: 'P', type: 'HTTP', host: 'proxy', port: 8080, ...change };
    expect(errorsOf(await send('createProxyConnection', input))).toEqual([error]);
    expect(await app.log(projectKey)).toEqual(['PROJECT_CREATED']);
  });

  test.each(['100 code points of emoji', 'ẞtraße', "o'brien $ & <b>"])('takes the name %s', async (name) => {
    const projectKey = await fresh();
    const given = name.startsWith('100') ? '😀'.repeat(100) : name;
    const input = { projectKey, name: given, type: 'HTTP', host: '[::1]', port: '${p}' };
    expect((await send('createProxyConnection', input)).proxyConnection.name).toBe(given);
  });

  test('wins a name once, whatever its case and Unicode form', async () => {
    const projectKey = await fresh();
    const create = (name: string) =>
      send('createProxyConnection', { projectKey, name, type: 'HTTP', host: 'h', port: 1 });
    await create('Café');
    expect(errorsOf(await create(' CAFE\u0301 '))).toEqual(['NAME_TAKEN input.name']);
    const { proxyConnection } = await app.get(
      'query($key: String!) { project(key: $key) { proxyConnection(name: " cafe\u0301 ") { name } } }',
      { key: projectKey },
    );
    expect(proxyConnection.name).toBe('Café');
  });

  test('is safe to repeat with an idempotency key', async () => {
    const projectKey = await fresh();
    const input = { projectKey, name: 'Once', ...basic, idempotencyKey: 'k' };
    const first = await send('createProxyConnection', input);
    const update = { id: first.proxyConnection.id, name: 'Renamed' };
    await send('updateProxyConnection', update);
    expect(await send('createProxyConnection', input)).toEqual(first);
    expect(await send('createProxyConnection', { ...input, port: '8443' })).toEqual(first);
    expect(errorsOf(await send('createProxyConnection', { ...input, password: 'other' }))).toEqual([
      'IDEMPOTENCY_KEY_REUSED input.idempotencyKey',
    ]);
    expect(errorsOf(await send('updateProxyConnection', { ...update, idempotencyKey: 'k' }))).toEqual([
      'IDEMPOTENCY_KEY_REUSED input.idempotencyKey',
    ]);
    await app.restart();
    expect(await send('createProxyConnection', input)).toEqual(first);
    const other = await send('createProxyConnection', { ...input, name: 'Other' }, { actor: 'somebody' });
    expect(other.proxyConnection.name).toBe('Other');
    expect(await app.log(projectKey)).toEqual([
      'PROJECT_CREATED',
      'PROXY_CONNECTION_CREATED',
      'PROXY_CONNECTION_UPDATED',
      'PROXY_CONNECTION_CREATED',
    ]);
  });

  test('takes a field that equals its default for left out when it is repeated', async () => {
    const projectKey = await fresh();
    const input = { projectKey, name: 'D', type: 'HTTP', host: 'h', port: 1, idempotencyKey: 'k' };
    const first = await send('createProxyConnection', input);
    expect(await send('createProxyConnection', { ...input, authType: 'NO_AUTH' })).toEqual(first);
  });

  test('takes null for left out when it is repeated, where null means that', async () => {
    const { proxyConnection } = await send('createProxyConnection', { projectKey: await fresh(), name: 'N', ...basic });
    const input = { id: proxyConnection.id, name: 'M', idempotencyKey: 'k' };
    const first = await send('updateProxyConnection', input);
    for (const reason of [null, '']) {
      expect(await send('updateProxyConnection', { ...input, expectedVersion: null, reason })).toEqual(first);
    }
    for (const other of [{ description: null }, { reason: 'because' }, { expectedVersion: 1 }]) {
      expect(errorsOf(await send('updateProxyConnection', { ...input, ...other }))).toEqual([
        'IDEMPOTENCY_KEY_REUSED input.idempotencyKey',
      ]);
    }
  });
});

describe('updating a proxy connection', () => {
  const created = async () => {
    const projectKey = await fresh();
    const { proxyConnection } = await send('createProxyConnection', {
      projectKey,
      name: 'P',
      description: 'd',
      ...basic,
    });
    return { projectKey, id: proxyConnection.id as string };
  };

  test('keeps what is left out, and null clears what may be null', async () => {
    const { id } = await created();
    expect((await send('updateProxyConnection', { id, description: null })).proxyConnection).toMatchObject({
      description: null,
      name: 'P',
      version: 2,
    });
    expect(errorsOf(await send('updateProxyConnection', { id, name: null, host: null, user: null })).sort()).toEqual([
      'REQUIRED input.host',
      'REQUIRED input.name',
    ]);
    expect(errorsOf(await send('updateProxyConnection', { id, user: null, password: '' })).sort()).toEqual([
      'REQUIRED input.password',
      'REQUIRED input.user',
    ]);
  });

  test('that changes nothing appends nothing; a password is always a change', async () => {
    const { id, projectKey } = await created();
    const same = await send('updateProxyConnection', { id, name: 'P', port: '8443', expectedVersion: 1 });
    expect(same).toMatchObject({ commit: null, userErrors: [], proxyConnection: { version: 1 } });
    expect((await send('updateProxyConnection', { id, password: basic.password })).commit.position).toBe(3);
    expect(await app.log(projectKey)).toHaveLength(3);
  });

  test.each([
    ['type', { type: 'HTTP' }],
    ['host', { host: 'other.example.com' }],
    ['port', { port: 8444 }],
  ])('does not send the stored password to another %s', async (_, change) => {
    const { id } = await created();
    expect(errorsOf(await send('updateProxyConnection', { id, ...change }))).toEqual(['REQUIRED input.password']);
    expect((await send('updateProxyConnection', { id, ...change, password: 'new' })).userErrors).toEqual([]);
  });

  test('takes a host in other case for the same place, and forgets credentials with NO_AUTH', async () => {
    const { id } = await created();
    expect((await send('updateProxyConnection', { id, host: 'PROXY.corp.example.com' })).userErrors).toEqual([]);
    expect((await send('updateProxyConnection', { id, authType: 'NO_AUTH' })).proxyConnection).toMatchObject({
      user: null,
      hasPassword: false,
    });
    expect(errorsOf(await send('updateProxyConnection', { id, authType: 'BASIC', user: 'u' }))).toEqual([
      'REQUIRED input.password',
    ]);
  });

  test('judges form, then existence, then the version, then the rest', async () => {
    const { id, projectKey } = await created();
    await send('createProxyConnection', { projectKey, name: 'Taken', type: 'HTTP', host: 'h', port: 1 });
    expect(errorsOf(await send('updateProxyConnection', { id, name: '', expectedVersion: 9 }))).toEqual([
      'INVALID_VALUE input.name',
    ]);
    expect(errorsOf(await send('updateProxyConnection', { id: 'nonsense', name: 'x' }))).toEqual([
      'NOT_FOUND input.id',
    ]);
    const conflict = await send('updateProxyConnection', { id, name: 'Taken', expectedVersion: 9 });
    expect(errorsOf(conflict)).toEqual(['VERSION_CONFLICT input.expectedVersion']);
    expect(conflict.userErrors[0].message).toMatch(/9.*1/);
    expect(errorsOf(await send('updateProxyConnection', { id, name: 'taken', expectedVersion: 1 }))).toEqual([
      'NAME_TAKEN input.name',
    ]);
  });
});

describe('deleting and restoring a proxy connection', () => {
  test('frees the name, can be repeated, and comes back with the next version', async () => {
    const projectKey = await fresh();
    const { proxyConnection } = await send('createProxyConnection', { projectKey, name: 'P', ...basic });
    const { id } = proxyConnection;
    const deleted = await send('deleteProxyConnection', { id, expectedVersion: 1 }, { actor: 'ann' });
    expect(deleted).toMatchObject({ proxyConnection: { version: 2, deletedBy: { identity: 'x-actor:ann' } } });
    expect(deleted.commit.changes).toMatchObject([{ type: 'PROXY_CONNECTION_DELETED', fields: [] }]);
    expect(await send('deleteProxyConnection', { id })).toMatchObject({ commit: null, userErrors: [] });
    expect(errorsOf(await send('deleteProxyConnection', { id, expectedVersion: 1 }))).toEqual([
      'VERSION_CONFLICT input.expectedVersion',
    ]);
    expect(errorsOf(await send('updateProxyConnection', { id, name: 'Q' }))).toEqual(['NOT_FOUND input.id']);
    const second = await send('createProxyConnection', { projectKey, name: 'p', type: 'HTTP', host: 'h', port: 1 });
    expect(errorsOf(await send('restoreProxyConnection', { id }))).toEqual(['NAME_TAKEN input.id']);
    await send('deleteProxyConnection', { id: second.proxyConnection.id });
    expect(await send('restoreProxyConnection', { id })).toMatchObject({
      proxyConnection: { version: 3, deletedAt: null, hasPassword: true, name: 'P' },
    });
    expect(errorsOf(await send('restoreProxyConnection', { id }))).toEqual(['REQUIRED input.version']);
    expect(errorsOf(await send('restoreProxyConnection', { id, version: 7 }))).toEqual(['INVALID_VALUE input.version']);
    expect(await send('restoreProxyConnection', { id, version: 1 })).toMatchObject({ commit: null, userErrors: [] });
  });
});
