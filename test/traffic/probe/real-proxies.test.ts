import { type Authority, createAuthority, type KeyedCertificate } from '../../support/certificates.ts';
import { describeWith } from '../../support/programs.ts';
import {
  besidesQuestions,
  SQUID,
  startProxyChain,
  startSquid,
  startTinyproxy,
  TINYPROXY,
} from '../../support/proxies.ts';
import { freePort } from '../../support/sockets.ts';
import { startTarget, type Target } from '../../support/targets.ts';
import { allClosed, detailOf, keeper, probeThrough, way } from './probing.ts';

const keep = keeper();
const credentials = { user: 'svc', password: 'p%40@:$! "\'s' };
const UMLAUTS = { user: 'Jürgen', password: 'p%40@:$! ü€\u{1f600}' };

let authority: Authority;
let tls: KeyedCertificate;
let ca: string[];
let secure: Target;
let plain: Target;

beforeAll(async () => {
  authority = await createAuthority();
  tls = await authority.issue();
  ca = [authority.ca];
  secure = await keep(startTarget({ tls }));
  plain = await keep(startTarget());
});

/** A path of its own for each test, by which the target's record is found. */
let paths = 0;
const fresh = (target: Target): URL => new URL(`/probe/${++paths}?q=a%20b`, target.url);
const seenBy = (target: Target, url: URL) => target.record().filter((each) => each.url.startsWith(url.pathname));

const ways: [how: string, type: 'HTTP' | 'HTTPS', certificate: () => KeyedCertificate | undefined][] = [
  ['over TCP', 'HTTP', () => undefined],
  ['over TLS', 'HTTPS', () => tls],
];

describe.each(ways)('proxy-chain %s', (_how, type, proxyTls) => {
  test('tunnels to an https target: its record and the target say so', async () => {
    const certificate = proxyTls();
    const proxy = await keep(startProxyChain({ ...(certificate && { tls: certificate }) }));
    const url = fresh(secure);
    const result = await probeThrough({ type, port: proxy.port }, url, { ca });
    expect(result).toMatchObject({
      success: true,
      failure: null,
      retryable: false,
      targetStatus: 200,
      proxyAuthSchemes: [],
    });
    expect(way(result)).toBe(
      type === 'HTTP'
        ? 'RESOLVE CONNECT TUNNEL TARGET_TLS RESPONSE'
        : 'RESOLVE CONNECT PROXY_TLS TUNNEL TARGET_TLS RESPONSE',
    );
    expect(await proxy.record(1)).toEqual([{ method: 'CONNECT', target: `localhost:${secure.port}` }]);
    expect(seenBy(secure, url)).toMatchObject([
      {
        method: 'GET',
        url: `${url.pathname}${url.search}`,
        headers: {
          host: `localhost:${secure.port}`,
          'user-agent': 'proxy-ledger',
          accept: '*/*',
          'accept-encoding': 'identity',
        },
      },
    ]);
    expect(await allClosed(secure.connections)).toBe(true);
  });

  test('forwards to an http target, without a tunnel', async () => {
    const certificate = proxyTls();
    const proxy = await keep(startProxyChain({ ...(certificate && { tls: certificate }) }));
    const url = fresh(plain);
    const result = await probeThrough({ type, port: proxy.port }, url, { ca });
    expect(result).toMatchObject({ success: true, targetStatus: 200 });
    expect(way(result)).toBe(type === 'HTTP' ? 'RESOLVE CONNECT RESPONSE' : 'RESOLVE CONNECT PROXY_TLS RESPONSE');
    expect(await proxy.record(1)).toEqual([{ method: 'GET', target: url.href }]);
    expect(seenBy(plain, url)).toHaveLength(1);
  });

  test('gets user and password as typed, in one try, and the target gets neither', async () => {
    const certificate = proxyTls();
    const proxy = await keep(startProxyChain({ credentials: UMLAUTS, ...(certificate && { tls: certificate }) }));
    for (const target of [secure, plain]) {
      const url = fresh(target);
      const result = await probeThrough({ type, port: proxy.port, credentials: UMLAUTS }, url, { ca });
      expect(result.success).toBe(true);
      expect(way(result)).toContain('PROXY_AUTH');
      expect(JSON.stringify(seenBy(target, url))).not.toMatch(/proxy-authorization/i);
    }
    const sent = `Basic ${Buffer.from('Jürgen:p%40@:$! ü€\u{1f600}', 'utf8').toString('base64')}`;
    expect(proxy.authorizations().filter((each) => each !== '')).toEqual([sent, sent]);
  });

  test('refuses wrong credentials after one try, and missing ones', async () => {
    const certificate = proxyTls();
    const proxy = await keep(startProxyChain({ credentials, ...(certificate && { tls: certificate }) }));
    for (const target of [secure, plain]) {
      const url = fresh(target);
      const wrong = { user: credentials.user, password: 'not the password' };
      const rejected = await probeThrough({ type, port: proxy.port, credentials: wrong }, url, { ca });
      expect(rejected).toMatchObject({
        success: false,
        failure: 'PROXY_AUTH_REJECTED',
        retryable: false,
        proxyAuthSchemes: ['Basic'],
      });
      expect(way(rejected)).toMatch(/!PROXY_AUTH$/);
      const without = await probeThrough({ type, port: proxy.port }, url, { ca });
      expect(without).toMatchObject({ failure: 'PROXY_AUTH_REQUIRED', proxyAuthSchemes: ['Basic'] });
      expect(seenBy(target, url)).toEqual([]);
    }
    expect(besidesQuestions(await proxy.record())).toHaveLength(4);
  });
});

const [describeSquid, squidName] = describeWith(SQUID, 'squid');
describeSquid.each(ways)(`${squidName} %s`, (_how, type, proxyTls) => {
  test('tunnels, forwards, refuses by its rules, and tells why it does not reach a target', async () => {
    const certificate = proxyTls();
    const unused = await freePort();
    const rules = ['acl forbidden dstdomain forbidden.example', 'http_access deny forbidden'];
    const proxy = await keep(startSquid({ credentials, ...(certificate && { tls: certificate }) }, rules));
    const route = { type, port: proxy.port, credentials };
    const options = { ca };

    const tunnelled = fresh(secure);
    expect(await probeThrough(route, tunnelled, options)).toMatchObject({ success: true, targetStatus: 200 });
    expect(seenBy(secure, tunnelled)).toHaveLength(1);

    const forwarded = fresh(plain);
    expect(await probeThrough(route, forwarded, options)).toMatchObject({ success: true, targetStatus: 200 });
    expect(seenBy(plain, forwarded)).toHaveLength(1);

    for (const scheme of ['https', 'http']) {
      const denied = await probeThrough(route, new URL(`${scheme}://forbidden.example/`), options);
      expect(denied).toMatchObject({ failure: 'PROXY_DENIED', retryable: false });
      expect(denied.message).toContain("the proxy's rules refuse this host or port");
      expect(denied.message).toContain('ERR_ACCESS_DENIED');

      const closed = await probeThrough(route, new URL(`${scheme}://127.0.0.1:${unused}/`), options);
      expect(closed).toMatchObject({ failure: 'TARGET_UNREACHABLE', retryable: true });
      expect(closed.message).toContain('ERR_CONNECT_FAIL');
    }

    const wrong = { user: credentials.user, password: 'not the password' };
    for (const target of [secure, plain]) {
      const rejected = await probeThrough({ ...route, credentials: wrong }, fresh(target), options);
      expect(rejected).toMatchObject({ failure: 'PROXY_AUTH_REJECTED', proxyAuthSchemes: ['Basic'] });
      expect(way(rejected)).toMatch(/!PROXY_AUTH$/);
      const without = await probeThrough({ type, port: proxy.port }, fresh(target), options);
      expect(without).toMatchObject({ failure: 'PROXY_AUTH_REQUIRED', proxyAuthSchemes: ['Basic'] });
    }

    // Each probe of an http target with credentials asks first.
    const record = await proxy.record(14);
    expect(record).toHaveLength(14);
    expect(besidesQuestions(record)).toHaveLength(10);
    expect(record).toContainEqual({ method: 'CONNECT', target: `localhost:${secure.port}`, status: 200, user: 'svc' });
    expect(record).toContainEqual(expect.objectContaining({ method: 'GET', status: 200, user: 'svc' }));
    expect(await allClosed(secure.connections)).toBe(true);
    expect(await allClosed(plain.connections)).toBe(true);
  }, 60_000);
});

describeSquid(`${squidName}, asked for a name that it does not find`, () => {
  test('says ERR_DNS_FAIL, or from 5.7 on ERR_CANNOT_FORWARD, which says less', async () => {
    const proxy = await keep(
      startSquid({}, ['dns_nameservers 127.0.0.1', 'dns_retransmit_interval 1 second', 'dns_timeout 1 second']),
    );
    const result = await probeThrough({ port: proxy.port }, new URL('https://no-such-name.invalid/'), {
      timeoutMs: 20_000,
    });
    expect([result.failure, result.retryable]).toEqual(['TARGET_NAME_NOT_FOUND', false]);
    expect(result.message).toMatch(/ERR_(DNS_FAIL|CANNOT_FORWARD)/);
  }, 40_000);
});

describeSquid(`${squidName}, of another type than it was thought to be`, () => {
  test('is PROXY_NOT_TLS where it speaks no TLS, with a hint', async () => {
    const proxy = await keep(startSquid());
    const result = await probeThrough({ type: 'HTTPS', port: proxy.port }, secure.url, { ca });
    expect(result.failure).toBe('PROXY_NOT_TLS');
    expect(result.message).toContain('choose type HTTP.');
    expect(way(result)).toBe('RESOLVE CONNECT !PROXY_TLS');
  }, 30_000);

  test('is PROXY_CLOSED or PROXY_BAD_RESPONSE where it speaks TLS, with a hint', async () => {
    const proxy = await keep(startSquid({ tls }));
    for (const target of [secure, plain]) {
      const result = await probeThrough({ type: 'HTTP', port: proxy.port }, target.url, { ca });
      expect(result.failure).toMatch(/^PROXY_(CLOSED|BAD_RESPONSE)$/);
      expect(result.message).toContain('choose type HTTPS');
    }
  }, 30_000);
});

const [describeTinyproxy, tinyproxyName] = describeWith(TINYPROXY, 'tinyproxy');
describeTinyproxy(tinyproxyName, () => {
  test('tunnels and forwards, and its record says so', async () => {
    const proxy = await keep(startTinyproxy());
    const tunnelled = fresh(secure);
    expect(await probeThrough({ port: proxy.port }, tunnelled, { ca })).toMatchObject({
      success: true,
      targetStatus: 200,
    });
    const forwarded = fresh(plain);
    expect(await probeThrough({ port: proxy.port }, forwarded, { ca })).toMatchObject({
      success: true,
      targetStatus: 200,
    });
    expect(seenBy(secure, tunnelled)).toHaveLength(1);
    expect(seenBy(plain, forwarded)).toHaveLength(1);
    expect(await proxy.record(2)).toEqual([
      { method: 'CONNECT', target: `localhost:${secure.port}` },
      { method: 'GET', target: forwarded.href },
    ]);
    expect(await allClosed(secure.connections)).toBe(true);
  }, 30_000);

  test('answers 401 to wrong credentials, which is a rejection, and 407 to none', async () => {
    const proxy = await keep(startTinyproxy({ credentials: { user: 'svc', password: 'right' } }));
    const wrong = { user: 'svc', password: 'wrong' };
    for (const target of [secure, plain]) {
      const rejected = await probeThrough({ port: proxy.port, credentials: wrong }, fresh(target), { ca });
      expect(rejected).toMatchObject({ failure: 'PROXY_AUTH_REJECTED', proxyAuthSchemes: ['Basic'] });
      expect(detailOf(rejected, 'PROXY_AUTH')).toContain('401');
      const without = await probeThrough({ port: proxy.port }, fresh(target), { ca });
      expect(without).toMatchObject({ failure: 'PROXY_AUTH_REQUIRED', proxyAuthSchemes: ['Basic'] });
    }
  }, 30_000);

  test("leaves a target's own 401 the target's", async () => {
    const guarded = await keep(
      startTarget({
        answer: (_request, response) => {
          response.writeHead(401, { 'www-authenticate': 'Basic realm="target"' }).end();
        },
      }),
    );
    const proxy = await keep(startTinyproxy());
    const result = await probeThrough({ port: proxy.port }, guarded.url);
    expect(result).toMatchObject({ success: true, targetStatus: 401 });
  }, 30_000);
});

test('an IPv6 literal is in brackets in CONNECT, Host and the URL, for proxy and target', async () => {
  const target = await keep(startTarget({ tls, address: '::1', host: '[::1]' }));
  const proxy = await keep(startProxyChain({ tls }, '::1'));
  const result = await probeThrough({ type: 'HTTPS', host: '[::1]', port: proxy.port }, target.url, { ca });
  expect(result).toMatchObject({ success: true, proxyUrl: `https://[::1]:${proxy.port}` });
  expect(detailOf(result, 'CONNECT')).toBe(`[::1]:${proxy.port}`);
  expect(await proxy.record(1)).toEqual([{ method: 'CONNECT', target: `[::1]:${target.port}` }]);
  expect(target.record()).toMatchObject([{ headers: { host: `[::1]:${target.port}` } }]);
});

test("a target that this server can't resolve is no failure: the proxy resolves it", async () => {
  const proxy = await keep(startProxyChain({}, '127.0.0.1', () => '127.0.0.1'));
  const inner = await authority.issue({ names: ['only.the.proxy.knows.invalid'] });
  const target = await keep(startTarget({ tls: inner }));
  const url = new URL(`https://only.the.proxy.knows.invalid:${target.port}/`);
  expect(await probeThrough({ port: proxy.port }, url, { ca })).toMatchObject({ success: true, targetStatus: 200 });
});
