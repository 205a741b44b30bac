import { createOriginGuard, siteRefusal } from '../../src/http/origin-guard.ts';
import { json, post, sendRaw, startServer, type TestServer } from './support.ts';

const refusalOf = createOriginGuard({ host: '127.0.0.1', port: () => 4000 });

describe('a Host', () => {
  test.each([
    'localhost',
    'localhost:4000',
    'LocalHost:9999',
    '127.0.0.1',
    '127.0.0.1:4000',
    '127.8.9.10:80',
    '[::1]',
    '[::1]:4000',
    '[0:0:0:0:0:0:0:1]:4000',
  ])('that names this machine is served: %s', (host) => {
    expect(refusalOf({ host: [host] })).toBeUndefined();
  });

  test.each([
    'evil.example',
    'evil.example:4000',
    'localhost.evil.example',
    'evil-localhost',
    '127.0.0.1.evil.example:4000',
    '127.0.0.1.',
    'localhost.',
    '0.0.0.0:4000',
    '192.168.0.1',
    '[::]',
    '[::2]:4000',
    '[::ffff:127.0.0.1]',
    '::1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    'user@127.0.0.1',
    '127.0.0.1:4000/',
    '127.0.0.1:port',
    '127.0.0.1:123456',
    '[127.0.0.1]',
    ' localhost',
    'localhost,evil.example',
    'localhost\\@evil.example',
    '',
  ])('that does not is refused: %j', (host) => {
    expect(refusalOf({ host: [host] })).toMatch(/^The Host header must name/);
  });

  test('must be there, and once', () => {
    expect(refusalOf({})).toMatch(/^The Host header must name/);
    expect(refusalOf({ host: ['localhost', 'localhost'] })).toMatch(/^The Host header must name/);
  });

  test('may be the name that the server is configured to listen on', () => {
    const guard = createOriginGuard({ host: 'Ledger.internal', port: () => 4000 });
    expect(guard({ host: ['ledger.internal:4000'] })).toBeUndefined();
    expect(guard({ host: ['other.internal:4000'] })).toContain('Ledger.internal');
  });
});

describe('an Origin', () => {
  const refusal = (origin: string, host = '127.0.0.1:4000') => refusalOf({ host: [host], origin: [origin] });

  test.each(['http://127.0.0.1:4000', 'http://localhost:4000', 'http://[::1]:4000'])(
    "that is this server's own is served: %s",
    (origin) => {
      expect(refusal(origin)).toBeUndefined();
    },
  );

  test('may have the port that a tunnel gives to this server', () => {
    expect(refusal('http://localhost:8080', 'localhost:8080')).toBeUndefined();
    expect(refusal('http://localhost', 'localhost')).toBeUndefined();
  });

  test.each([
    'null',
    '',
    'http://evil.example',
    'http://evil.example:4000',
    'http://localhost:3000',
    'http://localhost',
    'https://localhost:4000',
    'https://127.0.0.1:4000',
    'http://127.0.0.1:4000.evil.example',
    'http://127.0.0.1.evil.example:4000',
    'http://localhost.evil.example:4000',
    'http://localhost:4000@evil.example',
    'http://evil.example#http://localhost:4000',
    'http://localhost:4000/',
    'http://localhost:4000 http://evil.example',
    'HTTP://localhost:4000',
    'chrome-extension://abcdefghijklmnop',
    'file://',
    'localhost:4000',
  ])('that is foreign is refused: %j', (origin) => {
    expect(refusal(origin)).toBe('Requests from web pages of another origin are refused.');
  });

  test('given twice is refused', () => {
    const origin = 'http://localhost:4000';
    expect(refusalOf({ host: ['localhost:4000'], origin: [origin, origin] })).toMatch(/another origin/);
  });
});

describe('a site that a browser tells', () => {
  test.each([[undefined], [['same-origin']], [['none']]])('may be %j', (sites) => {
    expect(siteRefusal({ 'sec-fetch-site': sites })).toBeUndefined();
  });

  test.each([[['cross-site']], [['same-site']], [['']], [['Same-Origin']], [['none', 'cross-site']]])(
    'may not be %j',
    (sites) => {
      expect(siteRefusal({ 'sec-fetch-site': sites })).toMatch(/another origin/);
    },
  );
});

describe('over HTTP', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.server.close());

  const forbidden = (message: unknown) => ({ errors: [{ message, extensions: { code: 'FORBIDDEN' } }] });

  test('the page of this server may use it', async () => {
    const answer = await server.send(post({ query: '{ viewer }' }, { origin: server.origin }));
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('a page whose name was made to resolve to loopback is refused, wherever it asks', async () => {
    for (const path of ['/', '/graphql', '/health/ready', '/graphiql/boot.js', '/nothing']) {
      const answer = await server.send({ path, headers: { host: `evil.example:${server.port}` } });
      expect(answer.status).toBe(403);
      expect(json(answer)).toEqual(forbidden(expect.stringContaining('Host')));
      expect(answer.body).not.toContain('evil');
    }
  });

  test.each(['null', 'http://evil.example', 'http://localhost:1'])('a page of %s is refused', async (origin) => {
    const answer = await server.send(post({ query: '{ viewer }' }, { origin }));
    expect(answer.status).toBe(403);
    expect(json(answer)).toEqual(forbidden('Requests from web pages of another origin are refused.'));
  });

  test('a link from another site opens GraphiQL, and asks the API nothing', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await server.send({ path: '/', headers })).status).toBe(200);
    const answer = await server.send(post({ query: '{ viewer }' }, headers));
    expect(answer.status).toBe(403);
    expect(json(answer)).toEqual(forbidden('Requests from web pages of another origin are refused.'));
  });

  test.each([['text/plain'], ['application/x-www-form-urlencoded'], ['multipart/form-data; boundary=x'], [undefined]])(
    'what a form may send is refused: %s',
    async (type) => {
      const answer = await server.send({
        method: 'POST',
        path: '/graphql',
        headers: type === undefined ? {} : { 'content-type': type },
        body: '{"query":"{ viewer }"}',
      });
      expect(answer.status).toBe(415);
      expect(json(answer)).toMatchObject({ errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] });
    },
  );

  test.each(['1.0', '1.1'])('a health check without a Host is answered, by HTTP/%s', async (version) => {
    const ask = (path: string) => sendRaw(server.port, `GET ${path} HTTP/${version}\r\nconnection: close\r\n\r\n`);
    expect(await ask('/health/live')).toMatch(/^HTTP\/1.1 200 /);
    expect(await ask('/health/ready')).toMatch(/^HTTP\/1.1 200 /);
    const refused = new RegExp(`^HTTP/1.1 ${version === '1.0' ? 403 : 400} .*Host`, 's');
    for (const path of ['/', '/graphql', '/metrics', '/health', '/health/', '/nothing']) {
      expect(await ask(path)).toMatch(refused);
    }
  });

  test('its preflight is refused too, without a word of permission', async () => {
    const answer = await server.send({
      method: 'OPTIONS',
      path: '/graphql',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});
