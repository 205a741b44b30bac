import { connect } from 'node:net';
import { Calls } from '../../../src/traffic/call/calls.ts';
import type { TrafficFailure } from '../../../src/traffic/failures.ts';
import { MARKS } from '../../../src/traffic/proxy/marks.ts';
import { createAuthority } from '../../support/certificates.ts';
import { answering, type Peer, startPeer, tunnelling } from '../../support/misbehaving.ts';
import { hastyStandIn, STAND_INS, type StandInName, standIn } from '../../support/stand-ins.ts';
import { allClosed, detailOf, keeper, LOOPBACK, probeThrough, way } from '../probe/probing.ts';

const keep = keeper();
const authority = await createAuthority();
const good = await authority.issue();
const settings = { egress: LOOPBACK, ca: [authority.ca] };
const calls = new Calls(settings);
afterAll(() => calls.close());
const credentials = { user: 'user', password: 'sesame-open-7' };
const SECURE = new URL('https://target.test/');
const PLAIN = new URL('http://target.test/');

const peers = new Map<StandInName, Promise<Peer>>();
function peer(name: StandInName): Promise<Peer> {
  const known = peers.get(name) ?? keep(startPeer(standIn(name)));
  peers.set(name, known);
  return known;
}

/** Through a proxy that opens a tunnel, secures it with a certificate of its own and then answers so. */
async function intercepting(name: StandInName): Promise<Peer> {
  const inner = await keep(startPeer(standIn(name), good));
  return keep(startPeer(tunnelling(() => connect(inner.port, '127.0.0.1'))));
}

async function callThrough({ port }: Peer, url: URL, more: { credentials?: typeof credentials } = {}) {
  return calls.send({
    environment: '',
    pool: `${port} ${url.protocol} ${more.credentials?.user ?? ''}`,
    proxy: { type: 'HTTP', host: '127.0.0.1', port, ...more },
    request: { method: 'GET', url, headers: [] },
    timeoutMs: 8_000,
    secrets: [],
  });
}

type Row = readonly [name: StandInName, failure: TrafficFailure, stage: string, message: RegExp, more?: Options];
interface Options {
  readonly url?: URL;
  readonly credentials?: typeof credentials;
}
const BY_ADDRESS = { url: new URL('https://192.0.2.1/') };

const TO_CONNECT: readonly Row[] = [
  ['squidUnknownName', 'TARGET_NAME_NOT_FOUND', 'TUNNEL', /does not know the name, or a proxy behind it is away/],
  ['squidUnknownName', 'TARGET_UNREACHABLE', 'TUNNEL', /ERR_CANNOT_FORWARD 0/, BY_ADDRESS],
  ['squidRefused', 'TARGET_UNREACHABLE', 'TUNNEL', /ERR_CONNECT_FAIL 111/],
  ['squidDenied', 'PROXY_DENIED', 'TUNNEL', /rules refuse/],
  ['squidWantsLogin', 'PROXY_AUTH_REQUIRED', 'PROXY_AUTH', /choose auth type BASIC/],
  ['squidWantsLogin', 'PROXY_AUTH_REJECTED', 'PROXY_AUTH', /check both/, { credentials }],
  ['squidEmptyAnswer', 'TARGET_CLOSED', 'TUNNEL', /ERR_ZERO_SIZE_OBJECT/],
  ['tinyproxyRefused', 'TARGET_UNREACHABLE', 'TUNNEL', /500 Unable to connect/],
  ['tinyproxyFiltered', 'PROXY_DENIED', 'TUNNEL', /403 Filtered/],
  ['tinyproxyWrongPassword', 'PROXY_AUTH_REJECTED', 'PROXY_AUTH', /check both/, { credentials }],
  ['privoxyUnknownName', 'TARGET_NAME_NOT_FOUND', 'TUNNEL', /does not find the target's name/],
  ['privoxyRefused', 'TARGET_UNREACHABLE', 'TUNNEL', /503 Connect failed/],
  ['privoxyBlocked', 'PROXY_DENIED', 'TUNNEL', /blocked by Privoxy/],
  ['ziproxyUnknownName', 'TARGET_NAME_NOT_FOUND', 'TUNNEL', /does not find the target's name/],
  ['ziproxyRefused', 'TARGET_UNREACHABLE', 'TUNNEL', /does not reach/],
  ['trafficserverUnknownName', 'TARGET_NAME_NOT_FOUND', 'TUNNEL', /Cannot find server/],
  ['trafficserverRefused', 'TARGET_TLS_CLOSED', 'TARGET_TLS', /by the target or by a proxy that had not reached it/],
  ['singBoxRefused', 'TARGET_TLS_CLOSED', 'TARGET_TLS', /by the target or by a proxy that had not reached it/],
  ['ncatFails', 'TARGET_UNREACHABLE', 'TUNNEL', /504 Gateway Timeout/],
  ['ffproxyUnreachable', 'TARGET_UNREACHABLE', 'TUNNEL', /503 ERROR/],
  ['ffproxyPort', 'PROXY_DENIED', 'TUNNEL', /400 ERROR/],
  ['e2guardianBadHost', 'NOT_A_PROXY', 'TUNNEL', /does not know the target's name or does not understand it/],
  ['e2guardianBlocked', 'PROXY_REDIRECT', 'TARGET_TLS', /"HTTP 302 \(Server: e2guardian\)"/],
  ['anyproxyRefused', 'TARGET_UNREACHABLE', 'TARGET_TLS', /"HTTP 502 \(Proxy-Error\)"/],
  ['aptCacherUnknownName', 'TARGET_NAME_NOT_FOUND', 'TUNNEL', /Host not found/],
  ['aptCacherDenied', 'PROXY_DENIED', 'TUNNEL', /CONNECT denied/],
  ['torPrivate', 'TARGET_UNREACHABLE', 'TUNNEL', /PRIVATE_ADDR/],
  ['cntlmParentAway', 'TARGET_UNREACHABLE', 'TUNNEL', /its own upstream, not the target/],
  ['haproxyAuth', 'PROXY_AUTH_REJECTED', 'PROXY_AUTH', /does not read Proxy-Authorization/, { credentials }],
  ['closesWithoutByte', 'PROXY_CLOSED', 'TUNNEL', /when a rule refuses the target, or when they can't reach it/],
  ['smokescreenDenies', 'PROXY_DENIED', 'TUNNEL', /Egress proxying is denied/],
  ['smokescreenDenies', 'PROXY_DENIED', 'TUNNEL', /Egress proxying is denied/, { credentials }],
  ['smokescreenUnknownName', 'TARGET_NAME_NOT_FOUND', 'TUNNEL', /Failed to resolve/],
  ['jettyWantsLogin', 'PROXY_AUTH_REQUIRED', 'PROXY_AUTH', /offers no scheme: the proxy, or one behind it,.* a rule/],
  ['jettyWantsLogin', 'PROXY_AUTH_REJECTED', 'PROXY_AUTH', /offers no scheme/, { credentials }],
  ['pxWantsLogin', 'PROXY_AUTH_REQUIRED', 'PROXY_AUTH', /offers no scheme: the proxy, or one behind it,/],
  ['martianRefused', 'TARGET_UNREACHABLE', 'TUNNEL', /connection refused/],
  ['proxyPyRefused', 'TARGET_UNREACHABLE', 'TUNNEL', /proxy\.py v2\.4\.10/],
  ['proxyChainRefused', 'TARGET_UNREACHABLE', 'TUNNEL', /the proxy, or one behind it,/],
  ['proxyChainUpstreamUnknown', 'TARGET_UNREACHABLE', 'TUNNEL', /the proxy, or one behind it,/],
  ['proxyChainUpstreamLogin', 'TARGET_UNREACHABLE', 'TUNNEL', /the proxy, or one behind it,.* login/],
  ['tooTallNateUnknownName', 'NOT_A_PROXY', 'TUNNEL', /a proxy that does not know the target's name/],
  ['mockServerBadHost', 'NOT_A_PROXY', 'TUNNEL', /a proxy that does not know the target's name/],
];

const FORWARDED: readonly Row[] = [
  ['squidUnknownNameForwarded', 'TARGET_NAME_NOT_FOUND', 'RESPONSE', /does not know the name, or a proxy behind it/],
  ['squidRefused', 'TARGET_UNREACHABLE', 'RESPONSE', /"HTTP 503 \(X-Squid-Error: ERR_CONNECT_FAIL\)"/],
  ['squidEmptyAnswer', 'TARGET_CLOSED', 'RESPONSE', /ERR_ZERO_SIZE_OBJECT/],
  ['squidWantsLogin', 'PROXY_AUTH_REQUIRED', 'PROXY_AUTH', /choose auth type BASIC/],
  ['squidWantsLogin', 'PROXY_AUTH_REJECTED', 'PROXY_AUTH', /check both/, { credentials }],
  ['tinyproxyRefused', 'TARGET_UNREACHABLE', 'RESPONSE', /Server: tinyproxy/],
  ['privoxyUnknownName', 'TARGET_NAME_NOT_FOUND', 'RESPONSE', /No such domain/],
  ['privoxyBlocked', 'PROXY_DENIED', 'RESPONSE', /rules refuse/],
  ['ziproxyRefused', 'TARGET_UNREACHABLE', 'RESPONSE', /Server: ziproxy/],
  ['trafficserverUnknownName', 'TARGET_NAME_NOT_FOUND', 'RESPONSE', /Cannot find server/],
  ['trafficserverRefusedForwarded', 'TARGET_UNREACHABLE', 'RESPONSE', /Connection refused/],
  ['aptCacherUnknownNameForwarded', 'TARGET_NAME_NOT_FOUND', 'RESPONSE', /Server: Debian Apt-Cacher NG/],
  ['cntlmParentAway', 'TARGET_UNREACHABLE', 'RESPONSE', /its own upstream, not the target/],
  ['closesWithoutByte', 'PROXY_CLOSED', 'RESPONSE', /know CONNECT alone: try an https target/],
  ['smokescreenDenies', 'PROXY_DENIED', 'RESPONSE', /"HTTP 407 \(X-Smokescreen-Error\)"/],
  ['smokescreenDenies', 'PROXY_DENIED', 'RESPONSE', /"HTTP 407 \(X-Smokescreen-Error\)"/, { credentials }],
  ['smokescreenUnknownName', 'TARGET_NAME_NOT_FOUND', 'RESPONSE', /X-Smokescreen-Error/],
  [
    'jettyWantsLogin',
    'PROXY_AUTH_REQUIRED',
    'PROXY_AUTH',
    /offers no scheme: the proxy, or one behind it, or the target,/,
  ],
  ['jettyWantsLogin', 'PROXY_AUTH_REJECTED', 'PROXY_AUTH', /offers no scheme/, { credentials }],
  ['anyproxyRefusedForwarded', 'TARGET_UNREACHABLE', 'RESPONSE', /Proxy-Error/],
  ['martianRefused', 'TARGET_UNREACHABLE', 'RESPONSE', /Warning: 199 "martian"/],
  ['proxyPyRefused', 'TARGET_UNREACHABLE', 'RESPONSE', /Proxy-agent/],
  ['proxyChainRefused', 'TARGET_UNREACHABLE', 'RESPONSE', /the proxy, or one behind it,/],
  ['proxyChainUpstreamLogin', 'TARGET_UNREACHABLE', 'RESPONSE', /the proxy, or one behind it,.* login/],
  ['mitmproxyFails', 'TARGET_UNREACHABLE', 'RESPONSE', /Server: mitmproxy/],
];

const seen = (name: StandInName) => `${STAND_INS[name].product}, ${STAND_INS[name].when}`;

describe.each([
  ['an https target', SECURE, TO_CONNECT],
  ['an http target', PLAIN, FORWARDED],
] as const)('%s', (_, defaultUrl, rows) => {
  test.each(rows.map(([name, ...row]) => [seen(name), row[0], name, row] as const))(
    '%s: %s',
    async (_what, _failure, name, [failure, stage, message, { url = defaultUrl, ...more } = {}]) => {
      const proxy = await peer(name);
      const result = await probeThrough({ port: proxy.port, ...more }, url, settings);
      expect([result.failure, way(result).split(' ').at(-1)]).toEqual([failure, `!${stage}`]);
      expect(result.message).toMatch(message);
      if (!/BASIC/.test(message.source)) expect(result.message).not.toContain('choose auth type');
      expect(await allClosed(proxy.connections)).toBe(true);
      const call = await callThrough(proxy, url, more);
      // A call knows what stands in its tunnel in place of TLS once another has met it.
      const second = stage === 'TARGET_TLS' && !call.ok ? await callThrough(proxy, url, more) : call;
      expect(second.ok ? second.response.status : second.failure).toBe(failure);
    },
  );
});

test('each product with a mark has a stand-in', () => {
  const products = Object.values(STAND_INS).map(({ product }) => product);
  const named = MARKS.map(({ seenWith }) => seenWith).filter((product) => product !== 'RFC 9209');
  expect(named.filter((product) => !products.some((each) => each.includes(product)))).toEqual([]);
});

test.each([
  ['e2guardianBlocked', 'PROXY_REDIRECT'],
  ['anyproxyRefused', 'TARGET_UNREACHABLE'],
] as const)('what %s writes into its tunnel at once is seen by the first call as well', async (name, failure) => {
  const proxy = await keep(startPeer(hastyStandIn(name)));
  const result = await probeThrough({ port: proxy.port }, SECURE, settings);
  const call = await callThrough(proxy, SECURE);
  expect([result.failure, call.ok ? call.response.status : call.failure]).toEqual([failure, failure]);
});

test.each([
  ['e2guardianBlocked', 'PROXY_REDIRECT', /Server: e2guardian/],
  ['anyproxyRefused', 'TARGET_UNREACHABLE', /Proxy-Error/],
  ['trafficserverRefused', 'TARGET_TLS_CLOSED', /without a byte.*by the target or by a proxy/],
] as const)('to a proxy that speaks TLS itself %s is %s as well', async (name, failure, message) => {
  const proxy = await keep(startPeer(standIn(name), good));
  const result = await probeThrough({ type: 'HTTPS', host: 'localhost', port: proxy.port }, SECURE, settings);
  expect([result.failure, way(result).split(' ').at(-1)]).toEqual([failure, '!TARGET_TLS']);
  expect(result.message).toMatch(message);
  expect(await allClosed(proxy.connections)).toBe(true);
});

test('nothing but the status and the name of a known mark is told of what stands in a tunnel in plain text', async () => {
  const text = `HTTP/1.1 503 ${credentials.password} other-word\r\nLocation: /${credentials.password}\r\n\r\n`;
  const proxy = await keep(startPeer(answering(`HTTP/1.1 200 OK\r\n\r\n${text}`)));
  const result = await probeThrough({ port: proxy.port, credentials }, SECURE, settings);
  expect(result.message).toContain('"HTTP 503"');
  expect(JSON.stringify(result)).not.toMatch(/other-word|\*\*\*|sesame/);
});

test.each([200, 400, 404, 418])('a plain server that answers TLS by %i is no TLS, not a proxy', async (status) => {
  const proxy = await keep(startPeer(answering(`HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 ${status} Whatever\r\n\r\n`)));
  expect((await probeThrough({ port: proxy.port }, SECURE, settings)).failure).toBe('TARGET_NOT_TLS');
});

const DOUBTS: readonly (readonly [name: StandInName, status: number, warning: RegExp, more?: Options])[] = [
  ['bareBadGateway', 502, /the proxy itself may have said it/],
  ['bareServerError', 500, /the proxy itself may have said it/],
  ['trafficserverHandsOn', 502, /the proxy itself may have said it/],
  ['ncatFails', 504, /the proxy itself may have said it/],
  ['ffproxyUnreachable', 503, /the proxy itself may have said it/],
  ['ziproxyUnknownName', 404, /does not find the target's name/],
  ['pxWantsLogin', 401, /the proxy itself may have said it/],
  ['pxWantsLogin', 401, /the proxy itself may have said it/, { credentials }],
  ['haproxyAuth', 401, /do not read Proxy-Authorization/, { credentials }],
  ['apacheTlsPort', 400, /wants TLS/],
  ['nginxTlsPort', 400, /wants TLS/],
];

test.each(DOUBTS.map(([name, ...row]) => [seen(name), row[0], name, row] as const))(
  'an http target, %s: success with status %i and a warning',
  async (_what, _status, name, [status, warning, more = {}]) => {
    const result = await probeThrough({ port: (await peer(name)).port, ...more }, PLAIN, settings);
    expect([result.failure, result.targetStatus]).toEqual([null, status]);
    expect(result.warnings).toEqual([expect.stringMatching(warning)]);
    expect(way(result)).not.toContain('PROXY_AUTH');
  },
);

test.each([
  ['bareNotFound', 404],
  ['haproxyAuth', 401],
] as const)('what is plainly the answer of an http target gets no warning: %s', async (name, status) => {
  const result = await probeThrough({ port: (await peer(name)).port }, PLAIN, settings);
  expect([result.targetStatus, result.warnings]).toEqual([status, []]);
});

test('a 401 without a scheme proves no login, also where the proxy asked for one', async () => {
  const proxy = await keep(
    startPeer((socket) => {
      socket.on('data', (chunk: Buffer) => {
        const asks = chunk.includes('proxy-ledger.invalid') ? '407 No\r\nProxy-Authenticate: Basic' : '401 No';
        socket.write(`HTTP/1.1 ${asks}\r\nContent-Length: 0\r\n\r\n`);
      });
    }),
  );
  const result = await probeThrough({ port: proxy.port, credentials }, PLAIN, settings);
  expect([result.targetStatus, way(result)]).toEqual([401, 'RESOLVE CONNECT RESPONSE']);
  expect(result.warnings).toEqual([expect.stringContaining('WWW-Authenticate')]);
});

test.each([
  ['squid', 'X-Squid-Error: ERR_ACCESS_DENIED 0'],
  ['RFC 9209', 'Proxy-Status: p; error=http_request_denied'],
  ['smokescreen', 'X-Smokescreen-Error: no'],
  ['proxy.py', 'Proxy-agent: proxy.py v2'],
])('a mark of %s on a status below 400 says nothing of who answers', async (_, mark) => {
  const proxy = await keep(startPeer(answering(`HTTP/1.1 302 Found\r\n${mark}\r\nContent-Length: 0\r\n\r\n`)));
  const result = await probeThrough({ port: proxy.port }, PLAIN, settings);
  expect([result.failure, result.targetStatus]).toEqual([null, 302]);
});

describe('within a tunnel that a proxy secures with a certificate of its own', () => {
  test.each([
    ['mitmproxyFails', 'TARGET_UNREACHABLE', /"HTTP 502 \(Server: mitmproxy\)".*in the place of/],
    ['martianRefused', 'TARGET_UNREACHABLE', /Warning: 199 "martian"/],
    ['proxyChainRefused', 'TARGET_UNREACHABLE', /the proxy, or one behind it,/],
    ['mitmproxyUpstreamLogin', 'TARGET_UNREACHABLE', /a proxy behind it wants a login/],
  ] as const)('%s is %s, to probes and calls', async (name, failure, message) => {
    const proxy = await intercepting(name);
    const url = new URL('https://localhost/');
    const result = await probeThrough({ port: proxy.port }, url, settings);
    expect([result.failure, way(result).split(' ').at(-1)]).toEqual([failure, '!RESPONSE']);
    expect(result.message).toMatch(message);
    const call = await callThrough(proxy, url);
    expect(call.ok ? call.response.status : call.failure).toBe(failure);
  });

  test.each([
    ['bareBadGateway', 502, true],
    ['bareNotFound', 404, false],
    ['bareServerError', 500, true],
  ] as const)('%s is the target, with status %i; in doubt: %s', async (name, status, doubt) => {
    const result = await probeThrough(
      { port: (await intercepting(name)).port },
      new URL('https://localhost/'),
      settings,
    );
    expect(result.targetStatus).toBe(status);
    expect(result.warnings.some((warning) => warning.includes("in the target's place"))).toBe(doubt);
  });
});

test('a 504 that came after a second is a target that was not reached in time', async () => {
  const proxy = await keep(
    startPeer((socket) => {
      socket.once('data', () => setTimeout(() => socket.end('HTTP/1.0 504 Gateway Timeout\r\n\r\n'), 1_050));
    }),
  );
  const result = await probeThrough({ port: proxy.port }, SECURE, settings);
  expect(result.failure).toBe('TARGET_CONNECT_TIMED_OUT');
});

const SQUID_WORDS: readonly (readonly [string, TrafficFailure])[] = [
  ['ERR_DNS_FAIL 0', 'TARGET_NAME_NOT_FOUND'],
  ['ERR_CANNOT_FORWARD 0', 'TARGET_NAME_NOT_FOUND'],
  ['ERR_CANNOT_FORWARD 111', 'TARGET_UNREACHABLE'],
  ['ERR_READ_ERROR 0', 'TARGET_NAME_NOT_FOUND'],
  ['ERR_READ_ERROR 104', 'TARGET_CLOSED'],
  ['ERR_CONNECT_FAIL 113', 'TARGET_UNREACHABLE'],
  ['ERR_ZERO_SIZE_OBJECT 0', 'TARGET_CLOSED'],
  ['ERR_INVALID_RESP 0', 'TARGET_BAD_RESPONSE'],
  ['ERR_ACCESS_DENIED 0', 'PROXY_DENIED'],
  ['ERR_CACHE_ACCESS_DENIED 0', 'PROXY_AUTH_REQUIRED'],
  ['ERR_LIFETIME_EXP 110', 'TARGET_CONNECT_TIMED_OUT'],
  ['ERR_GATEWAY_FAILURE 0', 'TARGET_UNREACHABLE'],
  ['ERR_SECURE_CONNECT_FAIL SQUID_X509_V_ERR_DOMAIN_MISMATCH', 'TARGET_UNREACHABLE'],
  ['ERR_SOMETHING_NEW 0', 'TARGET_UNREACHABLE'],
];

test.each(SQUID_WORDS)('squid that says %s means %s, whatever the way', async (word, failure) => {
  const answer = `HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: ${word}\r\nContent-Length: 0\r\n\r\n`;
  const proxy = await keep(startPeer(answering(answer)));
  const results = [];
  for (const url of [SECURE, PLAIN]) results.push(await probeThrough({ port: proxy.port }, url, settings));
  expect(results.map((result) => result.failure)).toEqual([failure, failure]);
  expect(results[0]?.message).toContain(failure === 'PROXY_AUTH_REQUIRED' ? 'ERR_CACHE_ACCESS_DENIED' : word);
  if (failure === 'TARGET_NAME_NOT_FOUND') expect(results.map(({ retryable }) => retryable)).toEqual([false, false]);
});

test('schemes of any name are told, for both kinds of target', async () => {
  const challenge = String.raw`Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple"`;
  const proxy = await keep(
    startPeer(answering(`HTTP/1.1 407 No\r\nProxy-Authenticate: ${challenge}\r\nContent-Length: 0\r\n\r\n`)),
  );
  for (const url of [SECURE, PLAIN]) {
    const result = await probeThrough({ port: proxy.port }, url, settings);
    expect([result.failure, result.proxyAuthSchemes]).toEqual(['PROXY_AUTH_REQUIRED', ['Newauth', 'Basic']]);
  }
});

test('what squid adds is quoted for CONNECT, and of a forwarded answer its known word alone', async () => {
  const answer = 'HTTP/1.1 503 Odd words\r\nX-Squid-Error: ERR_CONNECT_FAIL 111\r\nContent-Length: 0\r\n\r\n';
  const proxy = await keep(startPeer(answering(answer)));
  const [tunnel, forwarded] = [
    await probeThrough({ port: proxy.port }, SECURE, settings),
    await probeThrough({ port: proxy.port }, PLAIN, settings),
  ];
  expect(detailOf(tunnel, 'TUNNEL')).toBe('HTTP/1.1 503 Odd words (ERR_CONNECT_FAIL 111)');
  expect(detailOf(forwarded, 'RESPONSE')).toBe('HTTP 503 (X-Squid-Error: ERR_CONNECT_FAIL)');
});
