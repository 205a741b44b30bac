import { createServer, request as outgoing } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { type Answer, send } from '../http/support.ts';
import { close, listen } from '../support/sockets.ts';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

let server: BuiltServer;
beforeAll(async () => {
  server = await BuiltServer.start();
}, 120_000);
afterAll(() => server.close());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  send(server.origin, { path, headers, method });

const assetsOf = ({ body }: Answer) =>
  [...body.matchAll(/"((?:\.\.?\/)+assets\/[^"]+)"/g)].map(([, path = '']) => path);

describe('the page of the console', () => {
  test.each(['/', '/projects/crm', '/projects/crm/proxy-connections/abc?at=3', '/signed-in?code=x&state=y'])(
    '%s is made for each answer, and may load nothing but its own',
    async (path) => {
      const [one, other] = [await get(path), await get(path)];
      expect(one.status).toBe(200);
      expect(one.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(one.headers['cache-control']).toBe('no-store');
      const nonceOf = ({ headers }: Answer) =>
        /'nonce-([\w+/=]{20,})'/.exec(String(headers['content-security-policy']))?.[1];
      expect(one.headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; " +
          `style-src 'self' 'nonce-${nonceOf(one)}'; ` +
          "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(nonceOf(one)).not.toBe(nonceOf(other));
      expect(one.body).toContain(`nonce="${nonceOf(one)}"`);
      expect(one.body).not.toContain('__');
      for (const asset of assetsOf(one)) {
        const { pathname } = new URL(asset, `${server.origin}${path}`);
        expect((await get(pathname)).status).toBe(200);
      }
    },
  );

  test('has what it must know in it', async () => {
    const { body } = await get('/');
    const [, settings = ''] = /id="settings">(.*?)<\/script>/.exec(body) ?? [];
    expect(JSON.parse(settings)).toEqual({ auth: 'none', oidc: null, graphiql: true });
  });

  test('answers HEAD, and is at no other address', async () => {
    const head = await get('/', {}, 'HEAD');
    expect(head.status).toBe(200);
    expect(head.body).toBe('');
    for (const path of [
      '/nothing',
      '/projects',
      '/signed-in/x',
      '/assets',
      '/assets/',
      '/index.html',
      '/assets/..%2findex.html',
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });
});

describe('its files', () => {
  test('are for ever, and come as the client takes them', async () => {
    const paths = assetsOf(await get('/')).map((path) => path.slice(1));
    expect(paths.length).toBeGreaterThan(2);
    for (const path of paths) {
      const plain = await get(path);
      expect(plain.headers).toMatchObject({
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
      });
      expect(plain.headers['content-type']).toMatch(/^(text\/javascript|text\/css|image\/svg\+xml)/);
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(path).toMatch(/-[\w-]{8}\.\w+$/);
      for (const [accepted, coding, unpack] of [
        ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
        ['br;q=0, gzip', 'gzip', gunzipSync],
      ] as const) {
        const answer = await fetch(`${server.origin}${path}`, { headers: { 'accept-encoding': accepted } });
        expect(answer.headers.get('content-encoding')).toBe(coding);
        expect(await answer.text()).toBe(plain.body);
        const packed = await packedBytes(path, accepted);
        expect(unpack(packed).toString()).toBe(plain.body);
      }
    }
  });
});

async function packedBytes(path: string, accepted: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    outgoing(`${server.origin}${path}`, { headers: { 'accept-encoding': accepted } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
    })
      .on('error', reject)
      .end();
  });
}

describe('where the console is switched off', () => {
  test('nothing of it is served, and GraphiQL is the front page', async () => {
    const without = await BuiltServer.start({ CONSOLE: 'off' });
    const front = await send(without.origin, { path: '/' });
    expect(front.body).toContain('id="graphiql"');
    const [asset = ''] = assetsOf(await get('/'));
    for (const path of ['/projects/crm', '/signed-in', '/console.json', asset.slice(1)])
      expect([path, (await send(without.origin, { path })).status]).toEqual([path, 404]);
    await without.close();
  }, 60_000);
});

describeInBrowser(inBrowser('the console in Chromium'), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  test('begins with what it is, and makes a project by keyboard alone', async () => {
    const { page, complaints, requests } = await openPage(browser);
    await page.goto(server.origin);
    await page.getByText('There is no project yet.').waitFor();
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual(['POST /graphql']);
    expect(await page.title()).toBe('Projects · Proxy Ledger');
    expect(await violations(page)).toEqual([]);

    const tab = () => page.keyboard.press('Tab');
    await page.getByLabel('Your name').focus();
    await page.keyboard.type('Ada Łovelace');
    await tab();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Key' }).waitFor();
    await page.keyboard.type('-');
    await page.keyboard.press('Enter');
    // All that is wrong is told at once, each at its field, and the first is led to.
    await page.locator('[aria-invalid=true]').nth(1).waitFor();
    expect(await page.getByRole('textbox', { name: 'Key' }).getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByRole('textbox', { name: 'Name', exact: true }).getAttribute('aria-invalid')).toBe('true');
    expect(await page.evaluate('document.activeElement.value')).toBe('-');
    expect(await violations(page)).toEqual([]);

    await page.keyboard.press('Backspace');
    await page.keyboard.type('crm');
    await tab();
    await page.keyboard.type('CRM integration');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Proxy Connections' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/projects/crm/proxy-connections');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await page.getByRole('link', { name: 'Projects', exact: true }).click();
    await page.getByRole('cell', { name: 'Ada Łovelace' }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('transfers little before it shows the projects', async () => {
    const { page } = await openPage(browser);
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    const types = new Map<string, string>();
    let bytes = 0;
    session.on('Network.responseReceived', ({ requestId, response }) => {
      types.set(requestId, response.mimeType);
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (/javascript|css/.test(types.get(requestId) ?? '')) bytes += encodedDataLength;
    });
    await page.goto(server.origin, { waitUntil: 'networkidle' });
    await page.getByRole('heading', { name: 'Projects' }).waitFor();
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(200_000);
    await page.context().close();
  }, 60_000);

  test('asks about the projects anew when one comes back to them, and nothing while nobody does', async () => {
    const { page, requests } = await openPage(browser);
    await page.clock.install();
    await page.goto(server.origin);
    await page.getByRole('searchbox', { name: 'Search' }).waitFor();
    const before = requests.length;
    await page.clock.runFor('02:00:00');
    expect(requests.slice(before)).toEqual([]);
    await server.ask('mutation { createProject(input: { key: "beside", name: "Made beside" }) { project { key } } }');
    await page.evaluate("dispatchEvent(new Event('focus'))");
    await page.clock.runFor(1_000);
    await page.getByRole('link', { name: 'Made beside' }).waitFor();
    await page.context().close();
  }, 60_000);

  test('finds projects by a part of their name, under an address of its own', async () => {
    const { page, complaints } = await openPage(browser);
    await server.ask('mutation { createProject(input: { key: "findable", name: "A needle" }) { project { key } } }');
    await server.ask('mutation { createProject(input: { key: "haystack", name: "Hay" }) { project { key } } }');
    await page.goto(server.origin);
    await page.getByRole('link', { name: 'Hay' }).waitFor();
    await page.getByLabel('Search').fill('NEEDLE');
    await page.getByRole('link', { name: 'Hay' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('row').count()).toBe(2);
    expect(new URL(page.url()).searchParams.get('search')).toBe('NEEDLE');
    await page.reload();
    await page.getByRole('link', { name: 'A needle' }).waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe('NEEDLE');
    await page.getByLabel('Search').fill('needles');
    await page.getByText('No project has “needles” in its name.').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('works below a path, where a proxy puts it', async () => {
    const proxy = createServer((request, response) => {
      const path = (request.url ?? '').replace(/^\/ledger/, '');
      const { method, headers } = request;
      const onward = outgoing(`${server.origin}${path}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    const port = await listen(proxy);
    await server.ask('mutation { createProject(input: { key: "below", name: "Below" }) { project { key } } }');
    const { page, requests } = await openPage(browser);
    await page.goto(`http://127.0.0.1:${port}/ledger/projects/below/history`);
    await page.getByRole('banner').getByText('Below').waitFor();
    await page.getByRole('link', { name: 'Projects', exact: true }).click();
    await page.getByRole('link', { name: 'Below' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/ledger/');
    expect(requests.filter((request) => !/ \/ledger\//.test(request))).toEqual([]);
    await page.context().close();
    proxy.closeAllConnections();
    await close(proxy);
  }, 60_000);

  test('shows by itself what others change, also after the server was away', async () => {
    const { page } = await openPage(browser);
    await server.ask('mutation { createProject(input: { key: "live", name: "Before" }) { project { key } } }');
    await page.goto(`${server.origin}/projects/live/history`);
    await page.getByRole('banner').getByText('Before').waitFor();
    await server.ask('mutation { updateProject(input: { key: "live", name: "After" }) { project { key } } }');
    await page.getByRole('banner').getByText('After').waitFor({ timeout: 5_000 });
    server = await server.restart(() => page.getByText('Offline').waitFor());
    await server.ask('mutation { updateProject(input: { key: "live", name: "Again" }) { project { key } } }');
    await page.getByRole('banner').getByText('Again').waitFor();
    await page.getByText('Offline').waitFor({ state: 'detached' });
    await page.context().close();
  }, 60_000);

  test('shows the last of many changes, and does not ask about each', async () => {
    const { page, requests } = await openPage(browser);
    await server.ask('mutation { createProject(input: { key: "busy", name: "Busy 0" }) { project { key } } }');
    await page.goto(`${server.origin}/projects/busy/history`);
    await page.getByRole('banner').getByText('Busy 0').waitFor();
    // Answers that are old when they come: none does before all was changed.
    let release = () => {};
    const changed = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/graphql', async (route) => {
      const answer = await route.fetch();
      await changed;
      await route.fulfill({ response: answer });
    });
    const before = requests.length;
    for (let change = 1; change <= 60; change += 1)
      await server.ask(
        `mutation { updateProject(input: { key: "busy", name: "Busy ${change}" }) { project { key } } }`,
      );
    release();
    await page.getByRole('banner').getByText('Busy 60').waitFor();
    // Of each question one that was under way, and those behind it.
    expect(requests.length - before).toBeLessThan(12);
    await page.context().close();
  }, 60_000);

  test.each([360, 1280, 3840])(
    'fits a screen that is %i px wide',
    async (width) => {
      const { page, complaints } = await openPage(browser, { viewport: { width, height: 800 } });
      for (const path of ['/', '/projects/crm/proxy-connections']) {
        await page.goto(server.origin + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    60_000,
  );

  test('says so where there is no such page, and no such project', async () => {
    const { page } = await openPage(browser);
    for (const path of ['/projects/crm/nothing', '/projects/nobody/history']) {
      await page.goto(server.origin + path);
      await page.getByRole('heading', { name: 'Not found' }).waitFor();
    }
    await page.context().close();
  }, 60_000);
});
