import { type DistinctHeaders, type GuardOptions, OriginGuard } from '../../src/http/origin-guard.ts';
import { json, post, sendRaw, startServer, type TestServer } from './support.ts';

/** What is told of headers that came in at an address. */
function guarded(options: Partial<GuardOptions> = {}, at = '127.0.0.1') {
  const guard = new OriginGuard({ host: '127.0.0.1', port: () => 4000, ...options });
  return (headers: DistinctHeaders) =>
    guard.hostRefusal({ headers, at }) ?? guard.originRefusal({ headers, at }) ?? guard.siteRefusal({ headers });
}

const refusalOf = guarded();

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
    const guard = guarded({ host: 'Ledger.internal' });
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
    expect(refusalOf({ host: ['localhost'], 'sec-fetch-site': sites })).toBeUndefined();
  });

  test.each([[['cross-site']], [['same-site']], [['']], [['Same-Origin']], [['none', 'cross-site']]])(
    'may not be %j',
    (sites) => {
      expect(refusalOf({ host: ['localhost'], 'sec-fetch-site': sites })).toMatch(/another origin/);
    },
  );
});

describe('a server that browsers reach by another URL', () => {
  const guard = guarded({ host: '0.0.0.0', publicUrl: new URL('https://Ledger.example.com:8443/app/') }, '10.0.0.7');

  test('is named by it, on whatever port', () => {
    expect(guard({ host: ['ledger.example.com'] })).toBeUndefined();
    expect(guard({ host: ['ledger.example.com:8443'] })).toBeUndefined();
    expect(guard({ host: ['www.ledger.example.com'] })).toMatch(/^The Host header must name .*ledger\.example\.com/);
  });

  test('has the origin of that', () => {
    const refusal = (origin: string) => guard({ host: ['ledger.example.com'], origin: [origin] });
    expect(refusal('https://ledger.example.com:8443')).toBeUndefined();
    for (const origin of ['https://ledger.example.com', 'http://ledger.example.com:8443', 'https://example.com:8443']) {
      expect(refusal(origin)).toMatch(/another origin/);
    }
  });

  test('has loopback names for what comes over loopback alone', () => {
    expect(guard({ host: ['localhost:4000'] })).toMatch(/^The Host header/);
    const { publicUrl, host } = { publicUrl: new URL('https://ledger.example.com'), host: '0.0.0.0' };
    for (const at of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      expect(guarded({ host, publicUrl }, at)({ host: ['localhost:4000'] })).toBeUndefined();
    }
    // A container's port that is published on loopback: what comes by it comes from elsewhere.
    const published = guarded({ host, publicUrl: new URL('http://localhost:4000') }, '172.17.0.2');
    expect(published({ host: ['127.0.0.1:4000'], origin: ['http://127.0.0.1:4000'] })).toBeUndefined();
  });

  test('has no name by the address that stands for all', () => {
    expect(guard({ host: ['0.0.0.0:4000'] })).toMatch(/^The Host header/);
  });

  test('believes nothing that is forwarded', () => {
    const forwarded = { 'x-forwarded-host': ['ledger.example.com'], forwarded: ['host=ledger.example.com'] };
    expect(guard({ host: ['evil.example'], ...forwarded })).toMatch(/^The Host header/);
  });

  test('may be an IPv6 address in any spelling', () => {
    const numbered = guarded({ publicUrl: new URL('https://[2001:db8::1]/') });
    expect(numbered({ host: ['[2001:DB8:0:0::1]:443'] })).toBeUndefined();
  });
});

describe('a server with TLS', () => {
  const guard = guarded({ isCertified: (name) => ['ledger.internal', '10.0.0.7'].includes(name) });

  test.each(['ledger.internal', 'Ledger.Internal:4000', '10.0.0.7:4000', 'localhost:4000'])(
    'has the names of its certificate: %s',
    (host) => {
      expect(guard({ host: [host], origin: [`https://${host.toLowerCase()}`] })).toBeUndefined();
    },
  );

  test('has no page that came without', () => {
    expect(guard({ host: ['ledger.internal'], origin: ['http://ledger.internal'] })).toMatch(/another origin/);
    expect(guard({ host: ['other.internal'] })).toMatch(/^The Host header must name .*a name of the certificate/);
  });
});

describe('an origin that is allowed', () => {
  const guard = guarded({ allowedOrigins: ['https://app.example.com'] });

  test('may send from another site', () => {
    const headers = { host: ['localhost:4000'], 'sec-fetch-site': ['cross-site'] };
    expect(guard({ ...headers, origin: ['https://app.example.com'] })).toBeUndefined();
    expect(guard(headers)).toMatch(/another origin/);
    expect(guard({ ...headers, origin: ['https://app.example.com.evil.example'] })).toMatch(/another origin/);
  });

  test('does not change what this server is named', () => {
    expect(guard({ host: ['app.example.com'], origin: ['https://app.example.com'] })).toMatch(/^The Host header/);
  });
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
