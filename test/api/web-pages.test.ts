import { createServer } from 'node:http';
import { CHROMIUM, openPage, type Page } from '../http/chromium.ts';
import { startTestApp } from '../support/app.ts';
import { close, listen } from '../support/sockets.ts';

const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

inBrowser('a web page in Chromium', () => {
  const foreign = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>foreign</title>');
  });
  let page: Page;
  let url: string;
  let lines: readonly string[];
  let foreignPort: number;

  beforeAll(async () => {
    const app = await startTestApp();
    ({ url, lines } = app);
    foreignPort = await listen(foreign);
    page = await openPage(CHROMIUM ?? '');
  }, 60_000);
  afterAll(async () => {
    await page?.close();
    foreign.closeAllConnections();
    await close(foreign);
  });

  async function open(address: string): Promise<void> {
    await page.command('Page.navigate', { url: address });
    const isThere = async () =>
      (await page.evaluate('document.readyState')) === 'complete' &&
      String(await page.evaluate('location.href')).startsWith(address);
    while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** How often `/graphql` was answered with each status. */
  function answered(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const line of lines) {
      const { path, method, status } = JSON.parse(line) as Record<string, unknown>;
      if (path === '/graphql') counts[`${method} ${status}`] = (counts[`${method} ${status}`] ?? 0) + 1;
    }
    return counts;
  }

  /** What a page may try, all at once: with each, that the project `forged` be made. */
  const attempts = (api: string) => `(async () => {
    const api = ${JSON.stringify(api)};
    const query = 'mutation { createProject(input: { key: "forged", name: "F" }) { project { id } } }';
    const body = JSON.stringify({ query });
    const asked = (promise) => promise.then(() => 'sent', () => 'refused');
    const get = api + '?query=' + encodeURIComponent('{ viewer { actor { identity } } }');
    const image = new Promise((resolve) => {
      const element = new Image();
      element.onload = element.onerror = () => resolve();
      element.src = get;
    });
    const form = new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.name = 'answer';
      document.body.append(frame);
      const element = document.createElement('form');
      Object.assign(element, { action: api, method: 'POST', enctype: 'text/plain', target: 'answer' });
      const field = document.createElement('input');
      Object.assign(field, { name: body.slice(0, -1) + ', "x": "', value: '"}' });
      element.append(field);
      document.body.append(element);
      frame.onload = () => resolve();
      element.submit();
    });
    const socket = new Promise((resolve) => {
      const opened = new WebSocket(api.replace('http', 'ws'), 'graphql-transport-ws');
      opened.onopen = () => resolve('opened');
      opened.onclose = () => resolve('refused');
    });
    const results = await Promise.all([
      asked(fetch(get)),
      asked(fetch(api, { method: 'POST', headers: { 'content-type': 'application/json' }, body })),
      socket,
      asked(fetch(get, { mode: 'no-cors' })),
      asked(fetch(api, { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body })),
      image,
      form,
    ]);
    return results.slice(0, 3);
  })()`;

  test('of another origin learns nothing and changes nothing, whatever it tries', async () => {
    await open(`http://127.0.0.1:${foreignPort}/`);
    expect(await page.evaluate(attempts(url))).toEqual(['refused', 'refused', 'refused']);
    expect(answered()).toEqual({ 'GET 403': 3, 'POST 403': 2, 'OPTIONS 403': 1 });
  }, 30_000);

  test('of this server asks by GET, by POST and over a WebSocket', async () => {
    await open(url.replace('graphql', ''));
    const told = await page.evaluate(`(async () => {
      const query = '{ project(key: "forged") { id } viewer { actor { identity } } }';
      const get = await fetch('/graphql?query=' + encodeURIComponent(query));
      const headers = { 'content-type': 'application/json' };
      const post = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
      const message = await new Promise((resolve) => {
        const socket = new WebSocket('/graphql', 'graphql-transport-ws');
        socket.onopen = () => socket.send('{"type":"connection_init"}');
        socket.onmessage = ({ data }) => { resolve(data); socket.close(); };
        socket.onclose = () => resolve('closed');
      });
      return [await get.json(), await post.json(), JSON.parse(message)];
    })()`);
    const answer = { data: { project: null, viewer: { actor: { identity: 'local' } } } };
    expect(told).toEqual([answer, answer, { type: 'connection_ack' }]);
  }, 30_000);
});
