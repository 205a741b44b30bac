import { createServer } from 'node:http';
import { CHROMIUM, openPage, type Page } from '../http/chromium.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { LocalIssuer, signingKey } from '../support/local-issuer.ts';
import { close, listen } from '../support/sockets.ts';

const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

inBrowser('in Chromium, where identities are configured', () => {
  const elsewhere = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>elsewhere</title>');
  });
  let issuer: LocalIssuer;
  let token: string;
  let app: TestApp;
  let allowed: string;
  let page: Page;

  beforeAll(async () => {
    const key = await signingKey('one');
    issuer = await LocalIssuer.start(key);
    const exp = Math.floor(Date.now() / 1_000) + 600;
    token = await key.sign({ iss: issuer.url, aud: 'ledger', sub: 'ada', exp });
    allowed = `http://127.0.0.1:${await listen(elsewhere)}`;
    app = await startTestApp({
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: 'ledger',
      ADMINS: `user:${issuer.url}#ada`,
      ALLOWED_ORIGINS: allowed,
    });
    page = await openPage(CHROMIUM ?? '');
  }, 60_000);
  afterAll(async () => {
    await page?.close();
    elsewhere.closeAllConnections();
    await close(elsewhere);
    await issuer.close();
  });

  async function until(expression: string): Promise<void> {
    while ((await page.evaluate(expression)) !== true) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  async function open(address: string): Promise<void> {
    await page.command('Page.navigate', { url: address });
    await until(`location.href.startsWith(${JSON.stringify(address)}) && document.readyState === 'complete'`);
  }
  const answers = (pattern: string) =>
    until(`/${pattern}/.test(document.querySelector('.graphiql-response')?.innerText)`);
  const press = (selector: string) => page.evaluate(`document.querySelector('${selector}').click()`);

  test('GraphiQL asks with the token of its field, and keeps it nowhere', async () => {
    await open(new URL('/', app.url).href);
    await until("document.querySelector('.graphiql-execute-button') !== null");
    await press('.graphiql-execute-button');
    await answers('UNAUTHENTICATED');
    await page.evaluate(`document.querySelector('#token input').value = ' Bearer ${token} '`);
    await press('#token button');
    await until("document.querySelector('.graphiql-execute-button') !== null");
    await press('.graphiql-execute-button');
    await answers('oidc:.*#ada');
    const kept = String(
      await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])'),
    );
    expect(kept).not.toContain(token);
    expect(await page.evaluate('location.href')).not.toContain('token');
  }, 60_000);

  test('its subscriptions use the token too', async () => {
    await app.get(
      'mutation { createProject(input: { key: "watched", name: "Watched" }) { project { key } } }',
      {},
      { headers: { authorization: `Bearer ${token}` } },
    );
    const query =
      'subscription { changes(projectKey: "watched", afterPosition: 0, filter: { types: [PROJECT_CREATED] }) { type subjectName } }';
    const editor = "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror";
    await page.evaluate(`${editor}.setValue(${JSON.stringify(query)})`);
    await until("document.querySelector('[role=tab]').innerText.includes('untitled')");
    await press('.graphiql-execute-button');
    await answers('PROJECT_CREATED');
  }, 60_000);

  test('a page of an allowed origin asks, and reads what it is refused', async () => {
    await open(`${allowed}/`);
    const ask = (authorization: string) =>
      page.evaluate(`fetch(${JSON.stringify(app.url)}, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: ${JSON.stringify(authorization)} },
        body: '{"query":"{ viewer { actor { name } } }"}',
      }).then(async (answer) => [
        answer.status, answer.headers.get('www-authenticate'), answer.headers.get('x-request-id') !== null, await answer.text(),
      ].join(' '), String)`);
    expect(await ask(`Bearer ${token}`)).toBe('200  true {"data":{"viewer":{"actor":{"name":"ada"}}}}\n');
    expect(await ask('Bearer nonsense')).toMatch(/^401 Bearer .*invalid_token.* true .*UNAUTHENTICATED/);
    const socket = await page.evaluate(`new Promise((resolve) => {
      const socket = new WebSocket(${JSON.stringify(app.url.replace('http', 'ws'))}, 'graphql-transport-ws');
      socket.onopen = () => socket.send('{"type":"connection_init","payload":{"authorization":"Bearer ${token}"}}');
      socket.onmessage = ({ data }) => { resolve(data); socket.close(); };
      socket.onclose = ({ code }) => resolve(code);
    })`);
    expect(socket).toBe('{"type":"connection_ack"}');
  }, 60_000);
});
