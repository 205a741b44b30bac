import { type Data, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp();
const send = mutation(app);
await send('createProject', { key: 'lists', name: 'Lists' });
const NAMES = ['Zeta', 'alpha', 'Beta', '\u{1F600} last', '\uFFFD before it', 'Éclair', 'beta 2', 'gamma'];
const ids = new Map<string, string>();
for (const [index, name] of NAMES.entries()) {
  const input = { projectKey: 'lists', name, type: index % 2 ? 'HTTP' : 'HTTPS', host: 'h', port: 1 };
  const { proxyConnection } = await send('createProxyConnection', input, { actor: `actor ${(index * 5) % 8}` });
  ids.set(name, proxyConnection.id);
}

async function list(args: string): Promise<Data> {
  const project = await app.get(`{ project(key: "lists") { proxyConnections${args} {
    totalCount nodes { name } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`);
  return project.proxyConnections;
}

const names = (connection: Data): string[] => connection.nodes.map(({ name }: { name: string }) => name);
/** NFC, lower case, by code point. */
const SORTED = ['alpha', 'Beta', 'beta 2', 'gamma', 'Zeta', 'Éclair', '\uFFFD before it', '\u{1F600} last'];

describe('a list', () => {
  test('is in the order of names by code point, and counts its rows', async () => {
    expect(names(await list(''))).toEqual(SORTED);
    expect((await list('(first: 0)')).totalCount).toBe(8);
    expect(names(await list('(orderBy: { field: NAME, direction: DESC })'))).toEqual([...SORTED].reverse());
  });

  test.each(['NAME', 'TYPE', 'EDITED_BY', 'EDITED_AT', 'CREATED_AT'])(
    'by %s, is the same walked in pages either way',
    async (field) => {
      for (const direction of ['ASC', 'DESC']) {
        const order = `orderBy: { field: ${field}, direction: ${direction} }`;
        const whole = names(await list(`(${order})`));
        expect([...whole].sort()).toEqual([...NAMES].sort());
        const forwards: string[] = [];
        for (let after = ''; ; ) {
          const page = await list(`(${order}, first: 3${after})`);
          forwards.push(...names(page));
          if (!page.pageInfo.hasNextPage) break;
          expect(page.pageInfo.endCursor).toBe(page.edges.at(-1).cursor);
          after = `, after: "${page.pageInfo.endCursor}"`;
        }
        expect(forwards).toEqual(whole);
        const backwards: string[] = [];
        for (let before = ''; ; ) {
          const page = await list(`(${order}, last: 3${before})`);
          backwards.unshift(...names(page));
          if (!page.pageInfo.hasPreviousPage) break;
          before = `, before: "${page.pageInfo.startCursor}"`;
        }
        expect(backwards).toEqual(whole);
      }
    },
  );

  test('filters, alone and together', async () => {
    expect(names(await list('(filter: { nameContains: "ETA" })'))).toEqual(['Beta', 'beta 2', 'Zeta']);
    expect(names(await list('(filter: { nameContains: "eta", type: HTTPS })'))).toEqual(['Beta', 'beta 2', 'Zeta']);
    expect((await list('(filter: { type: HTTP })')).totalCount).toBe(4);
    expect(names(await list('(filter: { editedBy: "x-actor:actor 0" })'))).toEqual(['Zeta']);
    expect(names(await list('(filter: { inUse: true })'))).toEqual([]);
    expect((await list('(filter: { inUse: false, authType: NO_AUTH, state: null })')).totalCount).toBe(8);
    expect(names(await list('(filter: { editedSince: "2999-01-01T00:00:00Z" })'))).toEqual([]);
    expect((await list('(filter: { editedSince: "2000-01-01T00:00:00+02:00" })')).totalCount).toBe(8);
  });

  test('shows deleted ones when asked', async () => {
    const id = ids.get('gamma');
    await send('deleteProxyConnection', { id });
    expect(names(await list('(filter: { state: DELETED })'))).toEqual(['gamma']);
    expect((await list('(filter: { state: ANY })')).totalCount).toBe(8);
    expect((await list('')).totalCount).toBe(7);
    await send('restoreProxyConnection', { id });
  });

  test.each([
    ['(first: 101)', /first/],
    ['(first: -1)', /first/],
    ['(last: 101)', /last/],
    ['(first: 1, last: 1)', /both/],
    ['(after: "nonsense")', /cursor/],
  ])('refuses %s', async (args, message) => {
    const { errors } = await app.ask(`{ project(key: "lists") { proxyConnections${args} { totalCount } } }`);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors?.[0]?.message).toMatch(message);
  });

  test('refuses a cursor of another order, and keeps one over an edit of other rows', async () => {
    const { pageInfo } = await list('(first: 2)');
    const { errors } = await app.ask(
      `{ project(key: "lists") { proxyConnections(first: 2, after: "${pageInfo.endCursor}", orderBy: { field: TYPE }) { totalCount } } }`,
    );
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    await send('updateProxyConnection', { id: ids.get('Zeta'), description: 'edited' });
    expect(names(await list(`(first: 2, after: "${pageInfo.endCursor}")`))).toEqual(SORTED.slice(2, 4));
  });
});

describe('looking things up', () => {
  test('answers nodes of every type, null for what there is not, and at most 100', async () => {
    const project = await app.get('{ project(key: "lists") { id history(first: 1) { nodes { id } } } }');
    const wanted = [project.id, ids.get('alpha'), project.history.nodes[0].id, 'nonsense', 'cHJvamVjdDpub3BlOg'];
    const nodes = await app.get('query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: wanted });
    expect(nodes.map((node: Data) => node?.__typename ?? null)).toEqual([
      'Project',
      'ProxyConnection',
      'Change',
      null,
      null,
    ]);
    const { errors } = await app.ask('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array(101).fill('x') });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test('shows the past by position and by time, and says no beyond the head', async () => {
    const at = (asOf: string) =>
      app.ask(`{ project(key: "lists", asOf: ${asOf}) { position proxyConnections { totalCount } } }`);
    expect((await at('{ position: 3 }')).data.project).toEqual({ position: 3, proxyConnections: { totalCount: 2 } });
    expect((await at('{ position: 0 }')).data.project).toBeNull();
    expect((await at('{ time: "2000-01-01T00:00:00Z" }')).data.project).toBeNull();
    for (const bad of [
      '{ position: 9999 }',
      '{ position: -1 }',
      '{}',
      '{ position: 1, time: "2000-01-01T00:00:00Z" }',
    ]) {
      expect((await at(bad)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test('lists projects by key, and tells who is asking', async () => {
    await send('createProject', { key: 'another', name: 'A' });
    const projects = await app.get(
      '{ projects(first: 1) { totalCount nodes { key } pageInfo { hasNextPage endCursor } } }',
    );
    expect(projects).toMatchObject({ totalCount: 2, nodes: [{ key: 'another' }], pageInfo: { hasNextPage: true } });
    expect(await app.get('{ viewer { actor { identity name kind } } }', {}, { actor: 'Ann' })).toEqual({
      actor: { identity: 'x-actor:Ann', name: 'Ann', kind: 'USER' },
    });
  });
});
