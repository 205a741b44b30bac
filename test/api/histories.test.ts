import { type Data, mutation, startTestApp } from '../support/app.ts';

const CHANGES = 'nodes { id type version } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const app = await startTestApp();
const send = mutation(app);
const ids: string[] = [];
await send('createProject', { key: 'rows', name: 'Rows' });
for (const name of ['alpha', 'beta', 'gamma', 'delta']) {
  const input = { projectKey: 'rows', name, type: 'HTTP', host: 'h', port: 1 };
  ids.push((await send('createProxyConnection', input)).proxyConnection.id);
}
// The first has the longest history, and the newest changes.
for (const [index, id] of ids.entries()) {
  for (let n = 0; n < 8 - 2 * index; n += 1) await send('updateProxyConnection', { id, host: `h${n}` });
}
for (let n = 0; n < 12; n += 1) await send('updateProxyConnection', { id: ids[0], host: `again${n}` });

async function underRows(args: string): Promise<Map<string, Data>> {
  const project = await app.get(
    `{ project(key: "rows") { proxyConnections(first: 10) { nodes { id history(${args}) { ${CHANGES} } } } } }`,
  );
  return new Map(project.proxyConnections.nodes.map(({ id, history }: Data) => [id, history]));
}

async function alone(id: string, args: string): Promise<Data> {
  const node = await app.get(
    `query($id: ID!) { node(id: $id) { ... on ProxyConnection { history(${args}) { ${CHANGES} } } } }`,
    { id },
  );
  return node.history;
}

describe('histories under the rows of a list', () => {
  test.each(['first: 100', 'first: 3', 'first: 3, direction: ASC', 'last: 2', 'first: 0', 'last: 1, direction: ASC'])(
    'are those of each row alone: %s',
    async (args) => {
      const rows = await underRows(args);
      expect(rows.size).toBe(4);
      for (const id of ids) expect(rows.get(id)).toEqual(await alone(id, args));
    },
  );

  test('tell where they end', async () => {
    const rows = await underRows('first: 3');
    expect(ids.map((id) => rows.get(id)?.totalCount)).toEqual([21, 7, 5, 3]);
    expect(ids.map((id) => rows.get(id)?.pageInfo.hasNextPage)).toEqual([true, true, true, false]);
    expect(ids.map((id) => rows.get(id)?.pageInfo.hasPreviousPage)).toEqual([false, false, false, false]);
  });

  test('go on from a cursor, each in its own history', async () => {
    const rows = await underRows('first: 2');
    const cursor = rows.get(ids[1] ?? '')?.pageInfo.endCursor;
    const next = await underRows(`first: 2, after: "${cursor}"`);
    for (const id of ids) expect(next.get(id)).toEqual(await alone(id, `first: 2, after: "${cursor}"`));
    expect(next.get(ids[1] ?? '')?.nodes.map(({ version }: Data) => version)).toEqual([5, 4]);
    expect(next.get(ids[1] ?? '')?.pageInfo.hasPreviousPage).toBe(true);
  });

  test('may be asked for several times in one query, at several moments', async () => {
    const answer = await app.get(
      `{ project(key: "rows") { now: proxyConnections { nodes { id a: history(first: 1) { ${CHANGES} } b: history(first: 1) { ${CHANGES} } } } } }`,
    );
    for (const { id, a, b } of answer.now.nodes) {
      expect(a).toEqual(b);
      expect(a).toEqual(await alone(id, 'first: 1'));
    }
    const past = await app.get(
      `{ project(key: "rows", asOf: { position: 7 }) { proxyConnections { nodes { history { nodes { version } totalCount } } } } }`,
    );
    expect(past.proxyConnections.nodes.map(({ history }: Data) => history.totalCount).sort()).toEqual([1, 1, 1, 3]);
  });
});

describe('the total of a filtered history', () => {
  const TOTAL = `query($key: String!, $filter: ChangeFilter, $position: Int) {
    project(key: $key, asOf: { position: $position }) {
      history(filter: $filter, first: 100) { totalCount nodes { type commit { at } } }
    }
  }`;
  const totals = async (filter: object, position = 6): Promise<[number, number]> => {
    const { history } = await app.get(TOTAL, { key: 'totals', filter, position });
    return [history.totalCount, history.nodes.length];
  };

  test('counts changes, not commits, up to the moment that is asked about', async () => {
    const projectKey = 'totals';
    await send('createProject', { key: projectKey, name: 'Totals' });
    const proxy = { projectKey, type: 'HTTP', host: 'h', port: 1 };
    const { proxyConnection } = await send('createProxyConnection', { ...proxy, name: 'a' }, { actor: 'ada' });
    const source = {
      projectKey,
      baseUrl: 'http://h',
      connectThroughProxy: true,
      proxyConnectionId: proxyConnection.id,
    };
    const { dataSource } = await send('createDataSource', { ...source, name: 'one' }, { actor: 'ada' });
    await send('createDataSource', { ...source, name: 'two' }, { actor: 'grace' });
    await send('updateDataSource', { id: dataSource.id, name: 'uno', connectThroughProxy: false }, { actor: 'ada' });
    await send('updateProxyConnection', { id: proxyConnection.id, name: 'b' }, { actor: 'grace' });
    const types = ['DATA_SOURCE_CREATED', 'DATA_SOURCE_PROXY_ATTACHED'];
    for (const [filter, expected] of [
      [{ types }, 4],
      [{ types: ['DATA_SOURCE_CREATED'] }, 2],
      [{ types: [] }, 0],
      [{ actor: 'x-actor:ada' }, 5],
      [{ actor: 'x-actor:ada', types }, 2],
      [{ actor: 'x-actor:nobody' }, 0],
      [{ subject: dataSource.id }, 4],
      [{ subject: dataSource.id, types }, 2],
      [{ subject: dataSource.id, actor: 'x-actor:grace' }, 0],
      [{ subject: proxyConnection.id, types: ['PROXY_CONNECTION_UPDATED'] }, 1],
      [{ since: '2020-01-01T00:00:00Z' }, 9],
      [{ until: '2020-01-01T00:00:00Z' }, 0],
    ] as const) {
      expect([filter, ...(await totals(filter))]).toEqual([filter, expected, expected]);
    }
    expect(await totals({ types }, 3)).toEqual([2, 2]);
    const { history } = await app.get(TOTAL, { key: projectKey, filter: {}, position: 6 });
    const { at } = history.nodes[0].commit;
    const after = history.nodes.filter(({ commit }: Data) => commit.at >= at).length;
    expect(await totals({ since: at })).toEqual([after, after]);
  });
});
