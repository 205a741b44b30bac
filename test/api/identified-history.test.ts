import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { until } from '../http/support.ts';
import { type Asking, type Data, errorsOf, mutation, startTestApp, type TestApp } from '../support/app.ts';
import { LocalIssuer, signingKey } from '../support/local-issuer.ts';

const AUDIENCE = 'proxy-ledger';
const projectKey = 'crm';
const key = await signingKey('k');
const issuer = await LocalIssuer.start(key);
afterAll(() => issuer.close());
let app: TestApp;
let send: ReturnType<typeof mutation>;

async function as(sub: string): Promise<Asking> {
  const iat = Math.floor(Date.now() / 1_000);
  const token = await key.sign({ iss: issuer.url, aud: AUDIENCE, sub, iat, exp: iat + 300 });
  return { headers: { authorization: `Bearer ${token}` } };
}

const GRANT = 'mutation($input: GrantAccessInput!) { grantAccess(input: $input) { userErrors { message } } }';
const HISTORY = '{ project(key: "crm") { history(direction: ASC) { totalCount nodes { type } } } }';

async function grant(sub: string, role: string): Promise<void> {
  const input = { projectKey, kind: 'USER', identity: `${issuer.url}#${sub}`, role };
  expect((await app.get(GRANT, { input }, await as('admin'))).userErrors).toEqual([]);
}

async function typesFor(sub: string): Promise<string[]> {
  const { history } = await app.get(HISTORY, {}, await as(sub));
  expect(history.totalCount).toBe(history.nodes.length);
  return history.nodes.map(({ type }: Data) => type);
}

beforeAll(async () => {
  app = await startTestApp({
    ...{ OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: AUDIENCE, OIDC_ALGORITHMS: 'ES256' },
    ADMINS: `user:${issuer.url}#admin`,
  });
  send = mutation(app);
  await until(() => issuer.fetches > 0);
});

test('a project that was created is answered with the grant of its creator, and told to others without it', async () => {
  const { commit } = await send('createProject', { key: projectKey, name: 'CRM' }, await as('admin'));
  expect(commit.changes.map(({ type }: Data) => type)).toEqual(['PROJECT_CREATED', 'ACCESS_GRANTED']);
  await grant('editor', 'EDITOR');
  await grant('auditor', 'AUDITOR');
  expect(await typesFor('editor')).toEqual(['PROJECT_CREATED']);
  const all = ['PROJECT_CREATED', 'ACCESS_GRANTED', 'ACCESS_GRANTED', 'ACCESS_GRANTED'];
  expect(await typesFor('auditor')).toEqual(all);
  expect(await typesFor('admin')).toEqual(all);
});

test('an editor is refused what would lead a stored secret elsewhere, and an owner is not', async () => {
  await grant('owner', 'OWNER');
  const set = { projectKey, key: 'proxy.host', defaultValue: 'proxy.example.com' };
  expect(errorsOf(await send('setConfigParameter', set, await as('editor')))).toEqual([]);
  const proxy = { projectKey, name: 'p', type: 'HTTP', host: `\${proxy.host}`, port: 80 };
  const login = { authType: 'BASIC', user: 'u', password: 'p' };
  expect(errorsOf(await send('createProxyConnection', { ...proxy, ...login }, await as('owner')))).toEqual([]);
  const moved = { ...set, defaultValue: 'evil.example.com' };
  expect(errorsOf(await send('setConfigParameter', moved, await as('editor')))).toEqual([
    'FORBIDDEN input.defaultValue',
  ]);
  expect(errorsOf(await send('deleteConfigParameter', { projectKey, key: set.key }, await as('editor')))).toEqual([
    'FORBIDDEN input.key',
  ]);
  const { commit, userErrors } = await send('setConfigParameter', moved, await as('owner'));
  expect(userErrors).toEqual([]);
  const authority = await app.get(
    'query($at: Int!) { project(key: "crm") { commit(position: $at) { authority { role via } } } }',
    { at: commit.position },
    await as('editor'),
  );
  expect(authority.commit.authority).toEqual({ role: 'OWNER', via: 'own' });
});

test('a subscription tells of grants to whoever may read them, from the grant on', async () => {
  const clients: Client[] = [];
  const follow = async (sub: string, afterPosition: number) => {
    const { headers } = await as(sub);
    const connectionParams = { ...headers };
    const client = createClient({
      url: app.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams,
    });
    clients.push(client);
    const query = `subscription { changes(projectKey: "crm", afterPosition: ${afterPosition}) { type commit { changes { type } } } }`;
    const results = client.iterate<Data>({ query });
    return async () => {
      const { value } = await results.next();
      expect(value.errors).toBeUndefined();
      const { type, commit } = value.data.changes;
      return `${type} of ${commit.changes.map((change: Data) => change.type).join()}`;
    };
  };
  const { position } = await app.get('{ project(key: "crm") { position } }', {}, await as('admin'));
  const [editor, auditor] = await Promise.all([follow('editor', position), follow('auditor', position)]);
  await grant('other', 'VIEWER');
  await send('setConfigParameter', { projectKey, key: 'other', defaultValue: 'x' }, await as('editor'));
  expect(await auditor()).toBe('ACCESS_GRANTED of ACCESS_GRANTED');
  expect(await auditor()).toBe('CONFIG_PARAMETER_SET of CONFIG_PARAMETER_SET');
  expect(await editor()).toBe('CONFIG_PARAMETER_SET of CONFIG_PARAMETER_SET');
  await grant('editor', 'AUDITOR');
  expect(await editor()).toBe('ACCESS_GRANTED of ACCESS_GRANTED');
  expect(await auditor()).toBe('ACCESS_GRANTED of ACCESS_GRANTED');
  await Promise.all(clients.map((client) => client.dispose()));
});
