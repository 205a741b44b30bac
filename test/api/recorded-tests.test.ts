import { mutation, startTestApp } from '../support/app.ts';
import { createAuthority } from '../support/certificates.ts';
import { startProxyChain } from '../support/proxies.ts';
import { startTarget } from '../support/targets.ts';

const authority = await createAuthority();
const app = await startTestApp({ PROBES_PER_ACTOR_PER_MINUTE: '1000' });
const send = mutation(app);
const proxy = await startProxyChain();
const target = await startTarget();
const secure = await startTarget({ tls: await authority.issue() });
afterAll(() => Promise.all([proxy.stop(), target.stop(), secure.stop()]));

const PROJECT = 'recorded';
await send('createProject', { key: PROJECT, name: 'Recorded', environments: ['dev', 'prod'] });
const created = await send('createProxyConnection', {
  ...{ projectKey: PROJECT, name: 'Corporate', type: 'HTTP', host: '127.0.0.1', port: proxy.port },
});
const id = created.proxyConnection.id as string;

const probe = (environment: string, more: object = {}) =>
  send('testProxy', {
    ...{ projectKey: PROJECT, targetUrl: target.url.href, environment, proxyConnectionId: id, ...more },
  });
const TESTS = `totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  edges { cursor node { environment success proxyVersion targetUrl durationMs stages { name durationMs } stale at by { name } } }`;

interface Tests {
  readonly totalCount: number;
  readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
  readonly edges: readonly { cursor: string; node: { environment: string; targetUrl: string; at: string } }[];
}

async function tests(args = '', of = id): Promise<Tests> {
  const query = `query($id: ID!) { node(id: $id) { ... on ProxyConnection { tests${args} { ${TESTS} } } } }`;
  return (await app.get(query, { id: of })).tests as Tests;
}

const CERTIFICATE = 'subject issuer validTo fingerprint256';

/** The last part of each target's address, which names the probe. */
const names = ({ edges }: Tests) => edges.map(({ node }) => new URL(node.targetUrl).pathname.slice(1));

describe('the recorded tests of a proxy', () => {
  test('are none at first', async () => {
    expect(await tests()).toMatchObject({ totalCount: 0, edges: [] });
  });

  test('come newest first, without drafts, and page both ways', async () => {
    for (const [name, environment] of [
      ['a', 'dev'],
      ['b', 'prod'],
      ['c', 'dev'],
      ['d', 'dev'],
    ] as const) {
      const { test: found } = await probe(environment, { targetUrl: new URL(`/${name}`, target.url).href });
      expect(found.success).toBe(true);
    }
    const draft = { type: 'HTTP', host: '127.0.0.1', port: proxy.port };
    await probe('dev', { targetUrl: new URL('/draft', target.url).href, draft });

    const all = await tests();
    expect(names(all)).toEqual(['d', 'c', 'b', 'a']);
    expect(all.totalCount).toBe(4);
    expect(all.edges[0]?.node).toMatchObject({ success: true, proxyVersion: 1, stale: false, by: { name: 'local' } });

    const first = await tests('(first: 2)');
    expect(names(first)).toEqual(['d', 'c']);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const second = await tests(`(first: 2, after: "${first.pageInfo.endCursor}")`);
    expect(names(second)).toEqual(['b', 'a']);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false });
    const last = await tests(`(last: 1, before: "${second.pageInfo.endCursor}")`);
    expect(names(last)).toEqual(['b']);
  });

  test('are found by environment, whatever it was called then', async () => {
    expect(names(await tests('(environment: "prod")'))).toEqual(['b']);
    expect(await tests('(environment: "nowhere")')).toMatchObject({ totalCount: 0, edges: [] });
    const before = (await app.get('query($key: String!) { project(key: $key) { position } }', { key: PROJECT }))
      .position as number;
    await send('updateProject', {
      ...{
        key: PROJECT,
        renameEnvironments: [
          { from: 'dev', to: 'prod' },
          { from: 'prod', to: 'dev' },
        ],
      },
    });
    await probe('dev', { targetUrl: new URL('/e', target.url).href });
    const now = await tests('(environment: "dev")');
    expect([names(now), now.totalCount]).toEqual([['e', 'b'], 2]);
    expect(now.edges.map(({ node }) => node.environment)).toEqual(['dev', 'dev']);
    const others = await tests('(environment: "prod")');
    expect([names(others), others.totalCount]).toEqual([['d', 'c', 'a'], 3]);

    const past = await app.get(
      `query($key: String!, $id: ID!, $at: Int!) { project(key: $key, asOf: { position: $at }) { resource(id: $id) {
        ... on ProxyConnection { tests(environment: "dev") { ${TESTS} } } } } }`,
      {
        key: PROJECT,
        id: (await app.get('query($id: ID!) { node(id: $id) { ... on ProxyConnection { resourceId } } }', { id }))
          .resourceId,
        at: before,
      },
    );
    const then = (past.resource as { tests: Tests }).tests;
    expect([names(then), then.totalCount]).toEqual([['d', 'c', 'a'], 3]);
  });

  test('answer the same after a restart, and tell the times of their stages', async () => {
    const before = await tests();
    await app.restart();
    expect(await tests()).toEqual(before);
    const [newest] = before.edges;
    expect(newest?.node).toMatchObject({ durationMs: expect.any(Number) });
  });

  test('have the certificates that were shown, from the shown one up', async () => {
    const { test: found } = await app.get(
      `mutation($input: TestProxyInput!) { testProxy(input: $input) { test { targetTls {
        ${CERTIFICATE} chain { ${CERTIFICATE} } } } } }`,
      { input: { projectKey: PROJECT, proxyConnectionId: id, targetUrl: secure.url.href } },
    );
    const { chain, ...shown } = found.targetTls;
    expect(chain[0]).toEqual(shown);
    expect(chain.length).toBeLessThanOrEqual(11);
  });
});
