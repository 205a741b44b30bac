import type { FastifyPluginAsync } from 'fastify';
import { buildSchema, graphql } from 'graphql';
import { CHROMIUM, type Message, openPage, type Page } from './chromium.ts';
import { startServer, type TestServer, until } from './support.ts';

const schema = buildSchema(`
  "An instant."
  scalar DateTime
  type Query { viewer: Viewer!  projects(first: Int): Projects! }
  type Viewer { actor: Actor! }
  type Actor { identity: String!  name: String! }
  type Projects { totalCount: Int!  nodes: [Project!]! }
  type Project { key: String!  name: String!  environments: [String!]! }
`);

const viewer: FastifyPluginAsync = async (app) => {
  app.post('/graphql', async (request) => {
    const { query, operationName } = request.body as { query: string; operationName?: string };
    const rootValue = {
      viewer: { actor: { identity: request.identity.actor.id, name: request.identity.actor.name } },
      projects: { totalCount: 0, nodes: [] },
    };
    return graphql({ schema, source: query, operationName, rootValue });
  });
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ graphql: viewer });
});
afterAll(() => server.server.close());

describe('the files of GraphiQL', () => {
  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/graphiql', 'text/html; charset=utf-8'],
    ['/graphiql/boot.js', 'text/javascript; charset=utf-8'],
    ['/graphiql/react.js', 'text/javascript; charset=utf-8'],
    ['/graphiql/react-dom.js', 'text/javascript; charset=utf-8'],
    ['/graphiql/graphiql.js', 'text/javascript; charset=utf-8'],
    ['/graphiql/graphiql.css', 'text/css; charset=utf-8'],
  ])('%s is served with its type and validator', async (path, type) => {
    const answer = await server.send({ path });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(type);
    expect(answer.headers['cache-control']).toBe('no-cache');
    const again = await server.send({ path, headers: { 'if-none-match': answer.headers.etag ?? '' } });
    expect(again.status).toBe(304);
    expect(again.body).toBe('');
    const weak = await server.send({ path, headers: { 'if-none-match': `"other", W/${answer.headers.etag}` } });
    expect(weak.status).toBe(304);
    const other = await server.send({ path, headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  test('are all that the page names, and the page may load no other', async () => {
    const page = await server.send();
    const named = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]);
    for (const path of named.filter((path) => path !== 'data:,')) {
      expect((await server.send({ path: `/${path}` })).status).toBe(200);
    }
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  test('subscribe only where the server can', async () => {
    const boot = async (from: TestServer) => (await from.send({ path: '/graphiql/boot.js' })).body;
    expect(await boot(server)).toContain('(false ? { subscriptionUrl');
    const subscribing = await startServer({ graphiql: { subscriptions: true, token: false } });
    expect(await boot(subscribing)).toContain('(true ? { subscriptionUrl');
    await subscribing.server.close();
  });
});

const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

inBrowser('GraphiQL in Chromium', () => {
  let page: Page;
  beforeAll(async () => {
    page = await openPage(CHROMIUM ?? '');
    await page.command('Page.navigate', { url: `${server.origin}/graphiql` });
    await until(
      async () => (await page.evaluate("document.querySelector('.graphiql-execute-button') !== null")) === true,
    );
  }, 60_000);
  afterAll(() => page?.close());

  const of = (method: string) =>
    page.events.filter((event) => event.method === method).map(({ params }) => params ?? {});
  const text = (selector: string) => page.evaluate(`document.querySelector('${selector}')?.innerText ?? ''`);

  test('opens with a tab for each step', async () => {
    expect(await page.evaluate('document.title')).toBe('Proxy Ledger');
    await until(async () => String(await text('[role=tablist]')).includes('Welcome'));
    expect(String(await text('[role=tablist]')).split(/\s+/)).toEqual(
      expect.arrayContaining(['Welcome', 'CreateProject', 'TestDraft', 'CreateProxyConnection', 'ProxyConnections']),
    );
  }, 30_000);

  test('runs the first one', async () => {
    await page.evaluate("document.querySelector('.graphiql-execute-button').click()");
    await until(async () => /"identity":\s*"local"/.test(String(await text('.graphiql-response'))));
  }, 30_000);

  test('explains the schema', async () => {
    await page.evaluate(`document.querySelector('button[aria-label="Show Documentation Explorer"]').click()`);
    await until(async () => String(await text('.graphiql-plugin')).includes('Query'));
  }, 30_000);

  test('keeps what was typed no longer than its tab', async () => {
    await until(async () => Number(await page.evaluate('sessionStorage.length')) > 0);
    expect(await page.evaluate('localStorage.length')).toBe(0);
  }, 30_000);

  test('asks nobody else for anything, and meets no error', () => {
    const urls = of('Network.requestWillBeSent').map(({ request }) => (request as { url: string }).url);
    const foreign = urls.filter((url) => !url.startsWith(`${server.origin}/`) && !/^(data|blob|about):/.test(url));
    expect(urls).toContain(`${server.origin}/graphql`);
    expect(foreign).toEqual([]);
    const complaints: Message['params'][] = [
      ...of('Log.entryAdded').filter(({ entry }) => (entry as { level: string }).level === 'error'),
      ...of('Runtime.exceptionThrown'),
      ...of('Runtime.consoleAPICalled').filter(({ type }) => type === 'error'),
    ];
    expect(complaints).toEqual([]);
  });
});
