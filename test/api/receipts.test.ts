import { jest } from '@jest/globals';
import type { GraphQLResolveInfo } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Receipts } from '../../src/api/receipts.ts';
import { StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';
import { SqliteEventStore } from '../../src/stores/sqlite/sqlite-event-store.ts';
import { type Data, MUTATIONS, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp();
const send = mutation(app);
await send('createProject', { key: 'crm', name: 'CRM' });

afterEach(() => {
  jest.restoreAllMocks();
});

/** The store refuses this from now on. */
function away(method: 'read' | 'registerProjects' | 'append'): void {
  jest.spyOn(SqliteEventStore.prototype, method).mockImplementation(() => {
    throw new StoreUnavailableError('the disk is full');
  });
}

const CREATE =
  'createProxyConnection(input: $input) { commit { position hash } proxyConnection { history(first: $first) { nodes { id } } } }';
const MUTATION = `mutation($input: CreateProxyConnectionInput!, $first: Int = 10) { ${CREATE} }`;
const UPDATE =
  'mutation($input: UpdateProxyConnectionInput!) { updateProxyConnection(input: $input) { proxyConnection { history(first: -1) { nodes { id } } } } }';
const proxy = (name: string, more: object = {}) => ({
  projectKey: 'crm',
  name,
  type: 'HTTP',
  host: 'h',
  port: 1,
  ...more,
});

/** The newest commit of a project, as errors tell it. */
async function newest(projectKey: string): Promise<Data> {
  const history = 'history(first: 1) { nodes { commit { position hash } } }';
  const project = await app.get(`query($key: String!) { project(key: $key) { ${history} } }`, { key: projectKey });
  return { projectKey, ...project.history.nodes[0].commit };
}

const position = async (): Promise<number> => (await newest('crm')).position;

describe('an error behind an append', () => {
  test('of a field that asks for what cannot be answered: tells the commit', async () => {
    const { errors } = await app.ask(MUTATION, { input: proxy('a'), first: -1 });
    const commit = await newest('crm');
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.message).toMatch(
      new RegExp(`; the change is stored, at position ${commit.position} of project crm$`),
    );
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', commit });
  });

  test('of a store that went away: never says that nothing was appended', async () => {
    away('read');
    const { errors, text } = await app.ask(MUTATION, { input: proxy('b') });
    jest.restoreAllMocks();
    expect(errors?.[0]?.extensions).toEqual({ code: 'STORE_UNAVAILABLE', commit: await newest('crm') });
    expect(text).not.toContain('nothing was appended');
    expect(errors?.[0]?.message).toContain('the change is stored');
  });

  test('that nobody expected: is masked, and tells the commit', async () => {
    jest.spyOn(SqliteEventStore.prototype, 'read').mockImplementation(() => {
      throw new RangeError('a text that is nobody else’s business');
    });
    const { errors, text } = await app.ask(MUTATION, { input: proxy('c') });
    jest.restoreAllMocks();
    const { requestId, ...extensions } = errors?.[0]?.extensions ?? {};
    expect(extensions).toEqual({ code: 'INTERNAL', commit: await newest('crm') });
    expect(requestId).toEqual(expect.any(String));
    expect(errors?.[0]?.message).toMatch(/^Internal error; the change is stored/);
    expect(text).not.toContain('business');
  });

  test('tells each mutation of a document its own commit', async () => {
    const fields = [0, 1, 2].map(
      (n) => `m${n}: ${CREATE.replace('$input', `$i${n}`).replace('$first', n === 1 ? '1' : '-1')}`,
    );
    const variables = [0, 1, 2].map((n) => `$i${n}: CreateProxyConnectionInput!`);
    const inputs = Object.fromEntries([0, 1, 2].map((n) => [`i${n}`, proxy(`d${n}`)]));
    const before = await position();
    const { errors } = await app.ask(`mutation(${variables.join(' ')}) { ${fields.join(' ')} }`, inputs);
    const told = errors?.map((error: Data) => [error.path[0], error.extensions.commit.position]);
    expect(told).toEqual([
      ['m0', before + 1],
      ['m2', before + 3],
    ]);
  });

  test('of a retry tells the commit that it repeats', async () => {
    const input = proxy('e', { idempotencyKey: 'once' });
    await app.get(MUTATION, { input });
    const commit = await newest('crm');
    await app.get(MUTATION, { input: proxy('f') });
    const retried = await app.ask(MUTATION, { input, first: -1 });
    expect(retried.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', commit });
    away('read');
    const unread = await app.ask(MUTATION, { input });
    expect(unread.errors?.[0]?.extensions).toEqual({ code: 'STORE_UNAVAILABLE', commit: { ...commit, hash: null } });
    expect(unread.text).not.toContain('nothing was appended');
  });

  test('of a recorded probe tells the commit', async () => {
    const query =
      'mutation($input: TestProxyInput!) { testProxy(input: $input) { commit { changes { subject { ... on ProxyConnection { history(first: -1) { nodes { id } } } } } } } }';
    const { proxyConnection } = await send('createProxyConnection', proxy('g', { host: '127.0.0.1' }));
    const { errors } = await app.ask(query, {
      input: {
        projectKey: 'crm',
        proxyConnectionId: proxyConnection.id,
        targetUrl: 'http://127.0.0.1:1/',
        timeoutMs: 1_000,
      },
    });
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', commit: await newest('crm') });
  });
});

describe('an error behind an append over the WebSocket', () => {
  test('tells the commit as it does over HTTP', async () => {
    const client = createClient({ url: app.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const results = client.iterate<Data>({ query: MUTATION, variables: { input: proxy('j'), first: -1 } });
    const { value } = await results.next();
    await client.dispose();
    expect(value.errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('the change is stored'),
        extensions: { code: 'BAD_USER_INPUT', commit: await newest('crm') },
      }),
    ]);
  });
});

describe('an error of a mutation that appended nothing', () => {
  test('says so, and names no commit', async () => {
    const before = await position();
    away('append');
    const { errors } = await app.ask(MUTATION, { input: proxy('h') });
    jest.restoreAllMocks();
    expect(errors?.[0]?.extensions).toEqual({ code: 'STORE_UNAVAILABLE' });
    expect(errors?.[0]?.message).toBe('the event store is not available; nothing was appended');
    expect(await position()).toBe(before);
  });

  test('names none either when there was nothing to change', async () => {
    const { proxyConnection } = await send('createProxyConnection', proxy('i'));
    const { errors } = await app.ask(UPDATE, { input: { id: proxyConnection.id, name: 'i' } });
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });
});

describe('a project that could not be entered in the catalogue', () => {
  test('is told to be stored, and listed as soon as the store takes the entry', async () => {
    away('registerProjects');
    const { errors } = await app.ask(MUTATIONS.createProject, { input: { key: 'late', name: 'Late' } });
    const unlisted = await app.get('{ projects { nodes { key } } }');
    jest.restoreAllMocks();
    expect(errors?.[0]?.extensions).toEqual({ code: 'STORE_UNAVAILABLE', commit: await newest('late') });
    expect(unlisted.nodes.map(({ key }: { key: string }) => key)).not.toContain('late');
    const again = await send('createProject', { key: 'late', name: 'Late' });
    expect(again.userErrors).toEqual([expect.objectContaining({ code: 'NAME_TAKEN' })]);
    const listed = await app.get('{ projects { totalCount nodes { key } } }');
    expect(listed.nodes.map(({ key }: { key: string }) => key)).toContain('late');
    expect(listed.totalCount).toBe(listed.nodes.length);
  });
});

describe('receipts', () => {
  const info = (key: string) => ({ path: { key } }) as GraphQLResolveInfo;
  const fault = { message: 'the answer is too large', extensions: { code: 'BAD_USER_INPUT' } };

  test('tell an error of the whole answer once for each mutation that stored something', () => {
    const receipts = new Receipts();
    expect(receipts.tell([fault])).toEqual([fault]);
    const commits = [1, 2].map((n) => ({ projectKey: `p${n}`, position: n, hash: 'ab' }));
    commits.forEach((commit, n) => {
      receipts.note(info(`m${n}`), commit);
    });
    expect(receipts.tell([fault])).toEqual(
      commits.map((commit, n) => ({
        message: `the answer is too large; the change is stored, at position ${n + 1} of project p${n + 1}`,
        path: [`m${n}`],
        extensions: { code: 'BAD_USER_INPUT', commit },
      })),
    );
  });
});
