import { type ExecFileException, execFile } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { silent, startPeer } from '../support/misbehaving.ts';
import { SQUID, startProxyChain, startSquid, type TestProxy } from '../support/proxies.ts';
import { eventually } from '../support/sockets.ts';
import { type Received, startTarget, type Target } from '../support/targets.ts';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, type OpenedPage, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

const PASSWORD = 'proxy-canary';
const SECRET = 'header-canary';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const HTML = '<script>document.title = "run"</script><h1>A page</h1>';
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title = \'run\'"/>';

/** What the target answers, by the path below /api/. */
function answer({ url, body, headers }: Received, response: ServerResponse): void {
  const [, , what = ''] = new URL(url, 'http://target').pathname.split('/');
  const answers: Record<string, readonly [string, string | Buffer]> = {
    contacts: ['application/json', '{"id":12345678901234567890,"b":[1,{"a":null}],"1":"<b>x</b>"}'],
    echo: ['application/json', JSON.stringify({ body, key: headers['x-key'], token: headers['x-token'] })],
    page: ['text/html', HTML],
    drawing: ['image/svg+xml', SVG],
    picture: ['image/png', PNG],
    fake: ['image/png', Buffer.from([0, 1, 2, 255])],
    bytes: ['application/octet-stream', Buffer.from([0, 1, 2, 255])],
  };
  if (what === 'never') return;
  const [type, text] = answers[what] ?? ['text/plain', 'hello'];
  response.writeHead(200, { 'content-type': type }).end(text);
}

describeInBrowser(inBrowser('the runtime in the console'), () => {
  const closings: (() => Promise<unknown>)[] = [];
  let server: BuiltServer;
  let browser: Browser;
  let opened: OpenedPage;
  let page: Page;
  let target: Target;
  let proxy: TestProxy;
  let deadPort: number;

  beforeAll(async () => {
    const credentials = { user: 'svc', password: PASSWORD };
    const dead = await startPeer(silent);
    await dead.stop();
    deadPort = dead.port;
    [target, proxy] = await Promise.all([
      startTarget({ answer }),
      SQUID === undefined ? startProxyChain({ credentials }) : startSquid({ credentials }),
    ]);
    closings.push(target.stop, proxy.stop);
    [server, browser] = await Promise.all([BuiltServer.start(), openBrowser()]);
    await send('createProject', { key: 'crm', name: 'CRM', environments: ['dev', 'prod'] });
    const values = [{ environment: 'dev', value: 'contacts' }];
    await send('setConfigParameter', { projectKey: 'crm', key: 'what', values });
    const login = { authType: 'BASIC', user: 'svc', password: PASSWORD };
    const corporate = await createProxy('Corporate', proxy.port, login);
    const gone = await createProxy('Gone', deadPort);
    await createSource('Straight');
    await createSource('Contacts', corporate);
    await createSource('Cut off', gone);
    opened = await openPage(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
    page = opened.page;
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await Promise.all(closings.map((close) => close()));
  });

  /** As somebody else than the page. */
  async function send(name: string, input: object, select = 'commit { position }'): Promise<Record<string, unknown>> {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const answer = await server.ask(
      `mutation($input: ${type}!) { ${name}(input: $input) { ${select} userErrors { message } } }`,
      { input },
    );
    const payload = answer[name] as { userErrors: unknown };
    expect(payload.userErrors).toEqual([]);
    return payload as unknown as Record<string, unknown>;
  }
  async function createProxy(name: string, port: number, more: object = {}): Promise<string> {
    const input = { projectKey: 'crm', name, type: 'HTTP', host: '127.0.0.1', port, ...more };
    const { proxyConnection } = await send('createProxyConnection', input, 'proxyConnection { id }');
    return (proxyConnection as { id: string }).id;
  }
  const createSource = (name: string, proxyConnectionId?: string) =>
    send('createDataSource', {
      ...{ projectKey: 'crm', name, baseUrl: `http://127.0.0.1:${target.port}/api` },
      ...(proxyConnectionId !== undefined && { connectThroughProxy: true, proxyConnectionId }),
    });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const field = (name: string) => page.getByLabel(name, { exact: true });
  const curl = () => page.getByRole('region', { name: 'curl' });
  const answered = () => page.getByRole('region', { name: 'Answer', exact: true });
  const choose = async (name: string, option: string) => {
    await page.getByRole('combobox', { name, exact: true }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  const open = async (name: string) => {
    await page.goto(`${server.origin}/projects/crm/runtime`);
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { name: `Runtime of ${name}` }).waitFor();
  };
  const call = async (path: string) => {
    await field('Path').fill(path);
    await button('Call').click();
    await page.getByText('Calling …').waitFor({ state: 'detached' });
  };
  const look = async () => {
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: null });
  };
  const copied = async (region: string, what: string) => {
    await page.getByRole('region', { name: region }).getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByText(`Copied ${what}`).waitFor();
    return (await page.evaluate('navigator.clipboard.readText()')) as string;
  };

  test('shows a call as curl commands while one types, and they run', async () => {
    await page.goto(`${server.origin}/projects/crm/runtime`);
    await page.getByRole('table', { name: 'Data sources to call' }).waitFor();
    await look();
    await open('Contacts');
    await curl().getByText('--proxy-user').waitFor();
    expect(await copied('curl', 'the curl line')).toBe(
      `curl --proxy http://127.0.0.1:${proxy.port} --proxy-user svc:******** http://127.0.0.1:${target.port}/api`,
    );
    await field('Path').fill('${what}');
    await curl().getByText('/api/contacts').waitFor();
    await choose('Environment', 'prod');
    await page.getByText('no value').last().waitFor();
    await choose('Environment', 'dev');
    await curl().getByText('/api/contacts').waitFor();
    await look();
    const script = await copied('Script', 'the script');
    expect(script).not.toContain(PASSWORD);
    const [variable] = /\w*PASSWORD\w*/.exec(script) ?? [];
    const env = { ...process.env, [variable ?? '']: PASSWORD };
    const output = await new Promise<string>((resolve, reject) => {
      execFile('sh', ['-c', script], { env, timeout: 10_000 }, (error: ExecFileException | null, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
    });
    expect(output).toContain('12345678901234567890');
  }, 60_000);

  test('calls through the proxy, and shows JSON as it is written', async () => {
    await button('Call').click();
    await page.getByText(/^Status 200, .* through Corporate$/).waitFor();
    const body = page.getByRole('group', { name: 'Body of the answer' });
    await body.getByText('12345678901234567890').waitFor();
    expect(await body.getByText('"<b>x</b>"').count()).toBe(1);
    expect(await page.getByRole('table', { name: 'Headers of the answer' }).textContent()).toContain(
      'application/json',
    );
    await look();
  }, 60_000);

  test('sends method, headers and body, and shows a secret to nobody', async () => {
    await choose('Method', 'POST');
    await field('Body').fill('{"name":"Ada"}');
    await button('Add header').click();
    await field('Header 1').fill('X-Key');
    await field('Value of header 1').fill('k');
    await button('Add header').click();
    await field('Header 2').fill('X-Token');
    await page.getByLabel('Secret header 2').check();
    await field('Value of header 2').fill(SECRET);
    await curl().getByText('X-Token: ********').waitFor();
    await call('echo');
    await page.getByText(/^Status 200/).waitFor();
    const { body, headers } = target.record().at(-1) ?? {};
    expect({ body, key: headers?.['x-key'], token: headers?.['x-token'] }).toEqual({
      ...{ body: '{"name":"Ada"}', key: 'k', token: SECRET },
    });
    expect(await answered().textContent()).not.toContain(SECRET);
    await look();
    // What was typed is there again, but for the secret.
    await page.goto(`${server.origin}/projects/crm/runtime`);
    await page.getByRole('link', { name: 'Contacts' }).click();
    await field('Header 2').waitFor();
    expect(await field('Body').inputValue()).toBe('{"name":"Ada"}');
    expect(await field('Value of header 2').inputValue()).toBe('');
    await page.getByText('To be typed again').waitFor();
  }, 60_000);

  test('shows pictures, and all else as text that does nothing', async () => {
    await open('Straight');
    await call('page');
    await page.getByText(/^Status 200, .* direct$/).waitFor();
    expect(await page.getByRole('group', { name: 'Body of the answer' }).textContent()).toBe(HTML);
    await call('drawing');
    await answered().getByText(SVG).waitFor();
    await call('picture');
    const picture = page.getByRole('img', { name: 'The body, image/png' });
    await picture.waitFor();
    await page.waitForFunction('document.querySelector("img").naturalWidth === 1');
    await look();
    await call('fake');
    await answered().getByText('Binary, 4 bytes: it calls itself image/png, and is none.').waitFor();
    await call('bytes');
    await answered().getByText('Binary, 4 bytes: not shown.').waitFor();
    expect(await page.title()).not.toContain('run"');
  }, 60_000);

  test('is stopped', async () => {
    await call('echo');
    await field('Path').fill('never');
    await button('Call').click();
    await button('Stop').waitFor();
    expect(await eventually(() => target.record().at(-1)?.url === '/api/never')).toBe(true);
    const open = target.connections.open();
    await button('Stop').click();
    await page.getByText('The call was stopped.').waitFor();
    expect(await eventually(() => target.connections.open() < open)).toBe(true);
    await choose('Method', 'GET');
    await field('Path').fill('../..');
    await button('Call').click();
    await page.getByText('Nothing was sent.').waitFor();
    await page.locator('[aria-invalid=true]').first().waitFor();
  }, 60_000);

  test('is stopped also once it could not be begun any more', async () => {
    const input = { projectKey: 'crm', name: 'Fleeting', baseUrl: `http://127.0.0.1:${target.port}/api` };
    const { dataSource } = await send('createDataSource', input, 'dataSource { id }');
    await open('Fleeting');
    await field('Path').fill('never');
    await button('Call').click();
    await page.getByText('Calling …').waitFor();
    await server.ask('mutation($input: DeleteInput!) { deleteDataSource(input: $input) { commit { position } } }', {
      input: { id: (dataSource as { id: string }).id },
    });
    await page.getByText('this data source is deleted').waitFor();
    await button('Stop').click();
    await page.getByText('The call was stopped.').waitFor();
    await page.getByText('It was deleted: nothing can be called.').waitFor();
    expect(await button('Call').count()).toBe(0);
  }, 60_000);

  test('tells where a call failed, as a test tells it', async () => {
    await open('Cut off');
    await button('Call').click();
    await page.getByText(/^PROXY_REFUSED in CONNECT, .* through Gone$/).waitFor();
    const stages = page.getByRole('list', { name: 'Stages' }).getByRole('listitem');
    expect(await stages.count()).toBe(7);
    expect(await stages.nth(1).textContent()).toMatch(/CONNECT.*FAILED.*ECONNREFUSED/);
    await look();
    const { project } = (await server.ask('{ project(key: "crm") { position } }')) as { project: { position: number } };
    await page.goto(`${page.url()}?at=${project.position}`);
    await page.getByText('nothing can be called').waitFor();
    await curl().getByText('curl --proxy').waitFor();
    expect(await button('Call').count()).toBe(0);
    await page.goto(`${page.url()}&compare=now`);
    await page.getByRole('region', { name: 'curl, now' }).getByText('curl --proxy').waitFor();
    await look();
    expect(opened.complaints).toEqual([]);
  }, 60_000);
});
