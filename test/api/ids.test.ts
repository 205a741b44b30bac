import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { idAsOf, resourceIdOf } from '../../src/words/ids.ts';
import { type Data, errorsOf, mutation, startTestApp } from '../support/app.ts';
import { startTarget } from '../support/targets.ts';

const app = await startTestApp({ PROBES_PER_ACTOR_PER_MINUTE: '1000' });
const send = mutation(app);
const target = await startTarget();
afterAll(() => target.stop());
let projects = 0;

/** A project with a parameter, a proxy, and a data source that routes through it, at position 4. */
async function fresh() {
  projects += 1;
  const projectKey = `ids-${projects}`;
  const { project } = await send('createProject', { key: projectKey, name: 'Ids' });
  const { configParameter } = await send('setConfigParameter', { projectKey, key: 'host', defaultValue: 'h' });
  const { proxyConnection } = await send('createProxyConnection', {
    projectKey,
    name: 'before',
    type: 'HTTP',
    host: '${host}',
    port: 1,
  });
  const { dataSource } = await send('createDataSource', {
    projectKey,
    name: 'source',
    baseUrl: 'https://x',
    connectThroughProxy: true,
    proxyConnectionId: proxyConnection.id,
  });
  return {
    projectKey,
    ids: [project.id, configParameter.id, proxyConnection.id, dataSource.id] as [string, string, string, string],
  };
}

const RESOURCES = `id resourceId
  configParameters { nodes { id resourceId usedBy { id } project { id } } }
  proxyConnections { nodes { id resourceId usedBy { nodes { id } } history { nodes { id subjectId subject { id } commit { changes { id } } } } } }
  dataSources { nodes { id resourceId proxyConnection { id } } }
  history(first: 1) { nodes { id subjectId } } commit(position: 1) { changes { id subject { id } } }`;

/** Every member of this name in an answer, at whatever depth. */
function all(name: string, answer: Data): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.entries(answer).flatMap(([key, value]) => (key === name ? [value as string] : all(name, value)));
}

const moments = (ids: readonly string[]) => [
  ...new Set(ids.map((id) => Buffer.from(id, 'base64url').toString().split('@')[1])),
];

describe('an id', () => {
  test('carries the position below asOf, be it the head or an instant too, and none elsewhere', async () => {
    const { projectKey, ids } = await fresh();
    const now = await app.get(`{ project(key: "${projectKey}") { ${RESOURCES} } }`);
    expect(moments(all('id', now))).toEqual([undefined]);
    for (const [asOf, position] of [
      ['position: 4', '4'],
      ['position: 3', '3'],
      ['time: "9000-01-01T00:00:00Z"', '4'],
      ['time: "9999-12-31T23:59:59.999Z"', '4'],
    ]) {
      const then = await app.get(`{ project(key: "${projectKey}", asOf: { ${asOf} }) { ${RESOURCES} } }`);
      expect(moments(all('id', then))).toEqual([position]);
      const known = [...all('resourceId', then), ...all('subjectId', then)];
      expect(new Set([...known, ...ids])).toEqual(new Set(ids));
    }
  });

  test('of the past is answered by node and nodes as of its position, with all that is below', async () => {
    const { projectKey, ids } = await fresh();
    const [, , proxy] = ids;
    await send('updateProxyConnection', { id: proxy, name: 'after' });
    await send('setConfigParameter', { projectKey, key: 'host', defaultValue: 'other' });
    const query = `query($ids: [ID!]!) { nodes(ids: $ids) { id ... on ProxyConnection { name usedBy { totalCount } project { id position configParameter(key: "host") { id defaultValue } } } } }`;
    const [three, four, six, never, beyond, now] = await app.get(query, {
      ids: [3, 4, 6, 2, 7].map((position) => idAsOf(proxy, position)).concat(proxy),
    });
    const project = (position: number, defaultValue: string) => ({
      id: idAsOf(ids[0], position),
      position,
      configParameter: { id: idAsOf(ids[1], position), defaultValue },
    });
    expect(three).toEqual({
      id: idAsOf(proxy, 3),
      name: 'before',
      usedBy: { totalCount: 0 },
      project: project(3, 'h'),
    });
    expect(four).toEqual({ id: idAsOf(proxy, 4), name: 'before', usedBy: { totalCount: 1 }, project: project(4, 'h') });
    expect(six).toMatchObject({ id: idAsOf(proxy, 6), name: 'after', project: project(6, 'other') });
    expect([never, beyond]).toEqual([null, null]);
    expect(now).toMatchObject({ id: proxy, name: 'after', project: { id: ids[0], position: 6 } });
    const change = (
      await app.get(`{ project(key: "${projectKey}", asOf: { position: 4 }) { history(first: 1) { nodes { id } } } }`)
    ).history.nodes[0].id;
    expect(
      await app.get('query($id: ID!) { node(id: $id) { id ... on Change { subject { id } } } }', { id: change }),
    ).toEqual({ id: change, subject: { id: idAsOf(ids[3], 4) } });
    expect(
      await app.get('query($id: ID!) { node(id: $id) { id } }', { id: idAsOf(resourceIdOf(change), 3) }),
    ).toBeNull();
  });

  test('of more moments than a request may see is refused', async () => {
    const { ids } = await fresh();
    const query = `query($a: [ID!]!, $b: [ID!]!) { a: nodes(ids: $a) { id } b: nodes(ids: $b) { id } }`;
    const many = (from: number) => Array.from({ length: 60 }, (_, index) => idAsOf(ids[0], from + index));
    const { errors } = await app.ask(query, { a: many(1), b: many(61) });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });

  test('or a resourceId is taken by a project, as of the moment of the project', async () => {
    const { projectKey, ids } = await fresh();
    const other = await fresh();
    const [project, parameter, proxy, source] = ids;
    await send('deleteProxyConnection', { id: proxy });
    const resource = async (id: string, asOf = '') =>
      (
        await app.get(
          `query($id: ID!) { project(key: "${projectKey}"${asOf}) { resource(id: $id) { id ... on Audited { deletedAt } } } }`,
          { id },
        )
      ).resource;
    for (const id of [proxy, idAsOf(proxy, 3), idAsOf(proxy, 2), idAsOf(proxy, 99)]) {
      expect(await resource(id)).toEqual({ id: proxy, deletedAt: expect.any(String) });
      expect(await resource(id, ', asOf: { position: 3 }')).toEqual({ id: idAsOf(proxy, 3), deletedAt: null });
      expect(await resource(id, ', asOf: { position: 2 }')).toBeNull();
    }
    for (const id of [project, parameter, source]) expect(await resource(id)).toMatchObject({ id });
    for (const id of [...other.ids, 'nonsense', '\ud800']) expect(await resource(id)).toBeNull();
  });

  test('of the past means the resource wherever one is taken', async () => {
    const { projectKey, ids } = await fresh();
    const [, , proxy, source] = ids;
    const [oldProxy, oldSource] = [idAsOf(proxy, 3), idAsOf(source, 4)];
    const lists = await app.get(
      `query($proxy: ID!) { project(key: "${projectKey}") {
        dataSources(filter: { proxyConnection: $proxy }) { nodes { id } }
        history(filter: { subject: $proxy }) { totalCount nodes { subjectId } } } }`,
      { proxy: oldProxy },
    );
    expect(lists).toEqual({
      dataSources: { nodes: [{ id: source }] },
      history: { totalCount: 1, nodes: [{ subjectId: proxy }] },
    });
    const updated = await send('updateProxyConnection', { id: oldProxy, name: 'renamed', host: '127.0.0.1' });
    expect(updated.proxyConnection).toMatchObject({ id: proxy, name: 'renamed', version: 2 });
    const tested = await send('testProxy', { projectKey, proxyConnectionId: oldProxy });
    expect(tested).toMatchObject({ userErrors: [], test: { proxyVersion: 2 } });
    expect((await send('updateDataSource', { id: oldSource, connectThroughProxy: false })).dataSource.id).toBe(source);
    const attached = await send('updateDataSource', {
      id: oldSource,
      connectThroughProxy: true,
      proxyConnectionId: oldProxy,
    });
    expect(attached.dataSource.proxyConnection.id).toBe(proxy);
    expect(attached.commit.changes[0].fields).toContainEqual(
      expect.objectContaining({ field: 'proxyConnectionId', after: proxy }),
    );
    const second = await send('createDataSource', {
      projectKey,
      name: 'second',
      baseUrl: target.url,
      connectThroughProxy: true,
      proxyConnectionId: oldProxy,
    });
    expect(second.dataSource.proxyConnection.id).toBe(proxy);
    const deleted = await send('deleteProxyConnection', { id: oldProxy });
    expect(deleted).toMatchObject({ proxyConnection: { id: proxy }, affectedDataSources: [{}, {}] });
    expect((await send('restoreProxyConnection', { id: oldProxy, version: 1 })).proxyConnection).toMatchObject({
      id: proxy,
      host: '${host}',
      version: 4,
    });
    await send('updateDataSource', { id: second.dataSource.id, connectThroughProxy: false });
    const called = await send('callDataSource', { dataSourceId: idAsOf(second.dataSource.id, 9), request: {} });
    expect(called).toMatchObject({ userErrors: [], response: { status: 200 } });
    expect((await send('deleteDataSource', { id: oldSource })).dataSource).toMatchObject({ id: source });
    expect((await send('restoreDataSource', { id: oldSource, version: 1 })).dataSource).toMatchObject({ id: source });
    expect(errorsOf(await send('updateProxyConnection', { id: oldSource, name: 'x' }))).toEqual(['NOT_FOUND input.id']);
  });

  test('of the past and of now are the same input under one idempotency key', async () => {
    const { ids } = await fresh();
    const [, , proxy] = ids;
    const first = await send('updateProxyConnection', { id: idAsOf(proxy, 3), name: 'once', idempotencyKey: 'k' });
    await send('updateProxyConnection', { id: proxy, name: 'twice' });
    for (const id of [proxy, idAsOf(proxy, 4)]) {
      const again = await send('updateProxyConnection', { id, name: 'once', idempotencyKey: 'k' });
      // The resource as of its commit, under its plain id.
      expect(again).toEqual(first);
      expect(again.proxyConnection).toMatchObject({ id: proxy, name: 'once' });
    }
  });

  test('of a change of the past is where a subscription goes on', async () => {
    const { projectKey, ids } = await fresh();
    const past = await app.get(
      `{ project(key: "${projectKey}", asOf: { position: 4 }) { history(first: 3) { nodes { id } } } }`,
    );
    const client = createClient({ url: app.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const seen: Data[] = [];
    for await (const { data } of client.iterate<Data>({
      query: `subscription($after: ID, $subject: ID) { changes(projectKey: "${projectKey}", after: $after, filter: { subject: $subject }) { id subjectId subject { id } } }`,
      variables: { after: past.history.nodes[2].id, subject: idAsOf(ids[3], 4) },
    })) {
      seen.push(data.changes);
      if (seen.length === 2) break;
    }
    await client.dispose();
    expect(seen).toEqual(
      past.history.nodes
        .slice(0, 2)
        .reverse()
        .map(({ id }: Data) => ({ id: resourceIdOf(id), subjectId: ids[3], subject: { id: ids[3] } })),
    );
  });
});

describe('an answer that holds now and two pasts', () => {
  test('has no two unequal objects of one type and id', async () => {
    const { projectKey, ids } = await fresh();
    const [, , proxy, source] = ids;
    await send('updateProxyConnection', { id: proxy, name: 'after' }, { actor: 'Zoë' });
    await send('testProxy', { projectKey, proxyConnectionId: proxy });
    await send('deleteProxyConnection', { id: proxy }, { actor: 'Ada' });
    await send('restoreDataSource', { id: source, version: 1 });
    const audit = '__typename id resourceId version editedBy { __typename identity name } editedAt deletedAt';
    const whole = `${audit} name position environments
      configParameters { nodes { ${audit} key defaultValue usedBy { __typename id } } }
      proxyConnections(filter: { state: ANY }) { totalCount nodes { ${audit} name host usedBy { totalCount nodes { __typename id } } lastTest { at stale } } }
      dataSources { nodes { ${audit} name routing proxyConnection { __typename id } project { __typename id } } }
      history { nodes { __typename id type subject { __typename id } commit { position changes { __typename id } } } }`;
    const answer = await app.ask(
      `{ now: project(key: "${projectKey}") { ${whole} } then: project(key: "${projectKey}", asOf: { position: 4 }) { ${whole} }
         later: project(key: "${projectKey}", asOf: { position: 6 }) { ${whole} } head: project(key: "${projectKey}", asOf: { position: 7 }) { ${whole} }
         nodes(ids: ${JSON.stringify([...ids, ...ids.map((id) => idAsOf(id, 4))])}) { __typename id ... on Audited { version } ... on ProxyConnection { name host } } }`,
    );
    expect(answer.errors).toBeUndefined();
    const kept = new Map<string, Map<string, unknown>>();
    let objects = 0;
    const keep = (value: Data): unknown => {
      if (Array.isArray(value)) return value.map(keep);
      if (typeof value !== 'object' || value === null) return value;
      const fields = Object.entries(value).map(([name, member]) => [name, keep(member)] as const);
      if (typeof value.id !== 'string') return Object.fromEntries(fields);
      const key = `${value.__typename}:${value.id}`;
      const object = kept.get(key) ?? new Map();
      for (const [name, member] of fields) {
        if (object.has(name)) expect([key, name, member]).toEqual([key, name, object.get(name)]);
        object.set(name, member);
      }
      kept.set(key, object);
      objects += 1;
      return key;
    };
    keep(answer.data);
    expect(objects).toBeGreaterThan(kept.size * 2);
    expect([...kept.keys()].filter((key) => key.startsWith('ProxyConnection:'))).toHaveLength(4);
  });
});
