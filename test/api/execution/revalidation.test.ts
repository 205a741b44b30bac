import { startTestApp } from '../../support/app.ts';
import { KeyFileIssuer } from '../../support/key-file-issuer.ts';

const QUERY = `?query=${encodeURIComponent('query($first: Int) { project(key: "crm") { proxyConnections(first: $first) { nodes { name } } } }')}&variables=${encodeURIComponent('{"first":5}')}`;
const CREATE =
  'mutation($i: CreateProxyConnectionInput!) { createProxyConnection(input: $i) { userErrors { message } } }';
const PROXY = { projectKey: 'crm', type: 'HTTP', host: 'h', port: 1 };

describe('an answer to GET', () => {
  test('can be asked for again, and is sent anew only when it is another one', async () => {
    const app = await startTestApp();
    await app.get('mutation { createProject(input: { key: "crm", name: "CRM" }) { userErrors { message } } }');
    const ask = (headers: Record<string, string> = {}) => fetch(`${app.url}${QUERY}`, { headers });
    const first = await ask();
    const tag = first.headers.get('etag') ?? '';
    expect([first.headers.get('cache-control'), first.headers.get('vary')]).toEqual([
      'private, no-cache',
      'Authorization, X-Actor, Accept, Origin',
    ]);
    const same = await ask({ 'if-none-match': `"other", W/${tag}` });
    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', tag]);
    const otherType = await ask({ 'if-none-match': tag, accept: 'application/graphql-response+json' });
    expect([otherType.status, otherType.headers.get('etag') === tag]).toEqual([200, false]);
    await app.get(CREATE, { i: { ...PROXY, name: 'p' } });
    const later = await ask({ 'if-none-match': tag });
    expect([later.status, later.headers.get('etag') === tag]).toEqual([200, false]);
    const posted = await fetch(app.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });
    expect([posted.headers.get('etag'), posted.headers.get('cache-control')]).toEqual([null, 'no-store']);
  });

  test('is not told to somebody else by its tag', async () => {
    const issuer = await KeyFileIssuer.create();
    const app = await startTestApp(issuer.env);
    const [admin, stranger] = [await issuer.headers('admin'), await issuer.headers('stranger')];
    await app.get(
      'mutation { createProject(input: { key: "crm", name: "CRM" }) { userErrors { message } } }',
      {},
      { headers: admin },
    );
    const tag = (await fetch(`${app.url}${QUERY}`, { headers: admin })).headers.get('etag') ?? '';
    const asked = await fetch(`${app.url}${QUERY}`, { headers: { ...stranger, 'if-none-match': tag } });
    expect([asked.status, await asked.json()]).toEqual([200, { data: { project: null } }]);
    const nobody = await fetch(`${app.url}${QUERY}`, { headers: { 'if-none-match': tag } });
    expect(nobody.status).toBe(401);
    issuer.remove();
  });
});
