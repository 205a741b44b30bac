import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { type CallOrder, type CallResult, Calls } from '../../../src/traffic/call/calls.ts';
import type { HttpMethod } from '../../../src/traffic/call/outgoing-request.ts';
import type { ProxyRoute } from '../../../src/traffic/network/attempt.ts';
import { createAuthority } from '../../support/certificates.ts';
import { answering, closing, resetting, silent, startPeer } from '../../support/misbehaving.ts';
import { describeWith } from '../../support/programs.ts';
import {
  besidesQuestions,
  type Passed,
  SQUID,
  startProxyChain,
  startSquid,
  startTinyproxy,
  TINYPROXY,
} from '../../support/proxies.ts';
import { eventually } from '../../support/sockets.ts';
import { type Received, startTarget } from '../../support/targets.ts';
import { keeper, LOOPBACK } from '../probe/probing.ts';

const keep = keeper();
const authority = await createAuthority();
const tls = await authority.issue();
const secure = await keep(startTarget({ tls, answer }));
const plain = await keep(startTarget({ answer }));
const calls = new Calls({ egress: LOOPBACK, ca: [authority.ca] });
afterAll(() => calls.close());

/** What the target answers is written in the path. */
function answer({ url, body, headers }: Received, response: ServerResponse): void {
  const path = url.replace(/^https?:\/\/[^/]*/, '');
  if (path === '/echo') response.end(JSON.stringify({ body, key: headers['x-key'] }));
  else if (path === '/echo-raw') response.end(body);
  else if (path === '/big') response.end('x'.repeat(3 * 1024 * 1024));
  else if (path === '/zip')
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('y'.repeat(5_000_000)));
  else if (path === '/bytes') response.end(Buffer.from([0, 1, 2, 255]));
  else if (path === '/latin1')
    response.writeHead(200, { 'content-type': 'text/plain; charset=ISO-8859-1' }).end(Buffer.from([0xfc]));
  else if (path.startsWith('/typed/'))
    response.writeHead(200, { 'content-type': headers['x-type'] }).end(Buffer.from(path.slice(7), 'hex'));
  else if (path.startsWith('/coded/'))
    response.writeHead(200, { 'content-encoding': decodeURIComponent(path.slice(7)) }).end('plain');
  else if (path === '/field')
    response.writeHead(200, { 'x-name': Buffer.from('Käse €', 'utf8').toString('latin1') }).end();
  else if (path === '/redirect') response.writeHead(302, { location: '/echo' }).end();
  else if (path === '/404') response.writeHead(404).end('no');
  else if (path === '/slow-body') response.write('begun');
  else if (path === '/never') return;
  else if (path === '/cut') {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  } else if (path === '/two') response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end();
  else response.end('hello');
}

interface Sent extends Partial<Omit<CallOrder, 'request' | 'proxy'>> {
  readonly method?: HttpMethod;
  readonly headers?: readonly { name: string; value: string; secret: boolean }[];
  readonly body?: string;
}

function send(proxy: (Partial<ProxyRoute> & { port: number }) | null, url: URL, sent: Sent = {}): Promise<CallResult> {
  const { method = 'GET', headers = [], body, ...order } = sent;
  return calls.send({
    pool: 'test',
    environment: 'dev',
    proxy: proxy && { type: 'HTTP', host: 'localhost', ...proxy },
    request: { method, url, headers, ...(body !== undefined && { body }) },
    timeoutMs: 10_000,
    secrets: [],
    ...order,
  });
}

function failureOf(result: CallResult): string {
  return result.ok ? `status ${result.response.status}` : result.failure;
}

const at = (target: { url: URL }, path: string) => new URL(path, target.url);
const credentials = { user: 'svc', password: 'p%41@:$! ü' };

jest.setTimeout(30_000);

/** What real sockets need. */
const ALL_BUT_TIMEOUTS = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const),
  ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const),
];

describe('a call', () => {
  test('that fails tells how far it came', async () => {
    const failedIn = async (sending: Promise<CallResult>) => {
      const result = await sending;
      if (result.ok) throw new Error('it did not fail');
      return result.stages.filter(({ status }) => status !== 'SKIPPED').map(({ name, status }) => `${name} ${status}`);
    };
    const other = { pool: 'stages' };
    const gone = await startPeer(silent);
    await gone.stop();
    const connected = ['RESOLVE PASSED', 'CONNECT PASSED'];
    expect(await failedIn(send({ port: gone.port }, secure.url, other))).toEqual(['RESOLVE PASSED', 'CONNECT FAILED']);
    expect(await failedIn(send(null, at(secure, '/cut'), other))).toEqual([
      ...connected,
      'TARGET_TLS PASSED',
      'RESPONSE FAILED',
    ]);
    const slow = { ...other, timeoutMs: 200 };
    expect(await failedIn(send(null, at(plain, '/never'), slow))).toEqual([...connected, 'RESPONSE FAILED']);
    expect(await failedIn(send(null, at(plain, '/slow-body'), slow))).toEqual([...connected, 'RESPONSE FAILED']);
    const denying = await keep(startPeer(answering('HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n\r\n')));
    expect(await failedIn(send({ port: denying.port }, secure.url, other))).toEqual([
      ...connected,
      'PROXY_AUTH FAILED',
    ]);
  });

  test('goes straight to its target when there is no proxy', async () => {
    const result = await send(null, at(secure, '/echo'), {
      method: 'POST',
      body: 'a\nb',
      headers: [{ name: 'X-Key', value: 'k', secret: false }],
    });
    expect(result).toMatchObject({ ok: true, response: { status: 200, body: '{"body":"a\\nb","key":"k"}' } });
    const received = secure.record().at(-1);
    expect(received?.headers).toMatchObject({
      'user-agent': 'proxy-ledger',
      accept: '*/*',
      'accept-encoding': 'identity',
    });
    expect(received?.rawHeaders).toContain('X-Key');
  });

  const ways: [
    string,
    () => Promise<{ port: number; record(atLeast?: number): Promise<readonly Passed[]>; stop(): Promise<void> }>,
    Partial<ProxyRoute>,
  ][] = [
    ['a proxy', () => startProxyChain(), {}],
    ['a proxy with Basic', () => startProxyChain({ credentials }), { credentials }],
    ['a TLS proxy with Basic', () => startProxyChain({ tls, credentials }), { type: 'HTTPS', credentials }],
  ];
  test.each(ways)('goes through %s to http and https targets, and the proxy says so', async (_, start, route) => {
    const proxy = await start();
    for (const [index, target] of [secure, plain].entries()) {
      const result = await send({ port: proxy.port, ...route }, at(target, '/echo'), { method: 'PUT', body: 'ü' });
      expect(result).toMatchObject({ ok: true, response: { status: 200, body: '{"body":"ü"}' } });
      expect(besidesQuestions(await proxy.record(index + 1))).toHaveLength(index + 1);
      expect(Object.keys(target.record().at(-1)?.headers ?? {}).filter((name) => name.startsWith('proxy-'))).toEqual(
        [],
      );
    }
    await proxy.stop();
  });

  test('shows what came, capped, never decompressed, and as text only where it is text', async () => {
    const shown = async (path: string, sent: Sent = {}) => {
      const result = await send(null, at(secure, path), sent);
      if (!result.ok) throw new Error(result.message);
      return result.response;
    };
    expect(await shown('/big')).toMatchObject({ bodyTruncated: true, bodyIsBase64: false });
    expect((await shown('/big')).body).toHaveLength(1024 * 1024);
    const zipped = await shown('/zip');
    expect(zipped).toMatchObject({ bodyIsBase64: true, bodyTruncated: false });
    expect(Buffer.from(zipped.body ?? '', 'base64').subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect(await shown('/bytes')).toMatchObject({ bodyIsBase64: true, body: 'AAEC/w==' });
    expect(await shown('/latin1')).toMatchObject({ bodyIsBase64: false, body: 'ü' });
    expect(await shown('/redirect')).toMatchObject({ status: 302 });
    expect(await shown('/404')).toMatchObject({ status: 404, body: 'no' });
    expect(await shown('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: null });
    expect((await shown('/two')).headers.filter(({ name }) => name.toLowerCase() === 'set-cookie')).toHaveLength(2);
  });

  test('masks secrets that come back', async () => {
    const key = 'geheim-123';
    const headers = [{ name: 'X-Key', value: key, secret: true }];
    const result = await send(null, at(secure, '/echo'), {
      method: 'POST',
      headers,
      body: Buffer.from(key).toString('base64'),
      secrets: [key],
    });
    expect(result).toMatchObject({ ok: true, response: { body: '{"body":"********","key":"********"}' } });
  });

  test.each([
    ['text/plain; charset=windows-1252', Buffer.from('It\x92s 5 \x80', 'latin1'), 'It’s 5 €'],
    ['text/plain; charset=ISO-8859-1', Buffer.from([0x93, 0xfc, 0x94]), '“ü”'],
    ["text/plain; charset='utf-8'", Buffer.from('Käse €'), 'Käse €'],
    ['text/plain; charset=none', Buffer.from('Käse €'), 'Käse €'],
    ['text/plain; charset=binary', Buffer.from('Käse €'), 'Käse €'],
    ['text/plain; charset=', Buffer.from('Käse €'), 'Käse €'],
    ['text/plain; charset=utf8mb4; x=1', Buffer.from('Käse €'), 'Käse €'],
    ['text/plain; charset=gb18030', Buffer.from([0xff, 0xff]), undefined],
    ['text/plain; charset=euc-kr', Buffer.from('Käse €'), 'Käse €'],
    ['text/plain; charset=utf-16', Buffer.from('Käse €', 'utf16le'), 'Käse €'],
    ['text/plain; charset=binary', Buffer.from([0xff, 0xfe, 0x80]), undefined],
  ])('reads a body of type %s as text where it is some', async (type, bytes, text) => {
    const headers = [{ name: 'X-Type', value: type, secret: false }];
    const result = await send(null, at(secure, `/typed/${bytes.toString('hex')}`), { headers });
    const shown = text === undefined ? { body: bytes.toString('base64'), bodyIsBase64: true } : { body: text };
    expect(result).toMatchObject({ ok: true, response: { bodyIsBase64: false, ...shown } });
  });

  test.each(['none', 'identity', 'UTF-8', 'utf8', 'identity, none', '8bit'])(
    'takes a body with Content-Encoding %s for what it is',
    async (coding) => {
      const result = await send(null, at(secure, `/coded/${encodeURIComponent(coding)}`));
      expect(result).toMatchObject({ ok: true, response: { body: 'plain', bodyIsBase64: false } });
    },
  );

  test('reads the values of fields in UTF-8', async () => {
    const result = await send(null, at(secure, '/field'));
    expect(result).toMatchObject({
      ok: true,
      response: { headers: expect.arrayContaining([{ name: 'x-name', value: 'Käse €', secret: false }]) },
    });
  });

  test('masks a secret that comes back escaped, in bytes, and cut off at the end', async () => {
    const key = 'pa"ss\\word-1';
    const echoed = async (body: string) => {
      const result = await send(null, at(secure, '/echo-raw'), { method: 'POST', body, secrets: [key] });
      if (!result.ok) throw new Error(result.message);
      return result.response;
    };
    expect(await echoed(JSON.stringify({ key }))).toMatchObject({ body: '{"key":"********"}' });
    const bytes = await echoed(`\0${key}!`);
    expect(bytes).toMatchObject({ bodyIsBase64: true, body: Buffer.from('\0********!').toString('base64') });
    const long = await echoed(`${'x'.repeat(1024 * 1024 - 8)}${key}`);
    expect(long).toMatchObject({ bodyTruncated: true, body: `${'x'.repeat(1024 * 1024 - 8)}********` });
  });

  test('strips control and bidirectional characters from a body, and masks a secret that they split', async () => {
    const body = 'a\u001b[31m\u202eb\u0007\tc\r\n geheim\u200f-123';
    const result = await send(null, at(secure, '/echo-raw'), { method: 'POST', body, secrets: ['geheim-123'] });
    expect(result).toMatchObject({ ok: true, response: { body: 'a[31mb\tc\r\n ********' } });
  });

  test('keeps its connection for the next one', async () => {
    const target = await startTarget({ tls });
    for (let count = 0; count < 5; count += 1) expect((await send(null, target.url)).ok).toBe(true);
    expect(target.connections.count()).toBe(1);
    await target.stop();
  });

  test('that is aborted rejects with the reason', async () => {
    const gone = new AbortController();
    const result = send(null, at(secure, '/never'), { signal: gone.signal });
    setTimeout(() => gone.abort(new Error('gone')), 50);
    await expect(result).rejects.toThrow('gone');
  });
});

describe('a call that fails', () => {
  test('says in which phase its time ran out', async () => {
    const deaf = await startPeer(silent);
    expect(failureOf(await send(null, at(secure, '/never'), { timeoutMs: 200 }))).toBe('TARGET_NO_ANSWER');
    expect(failureOf(await send(null, at(secure, '/slow-body'), { timeoutMs: 200 }))).toBe('TARGET_BODY_TIMED_OUT');
    expect(failureOf(await send({ port: deaf.port }, secure.url, { timeoutMs: 200 }))).toBe('PROXY_NO_ANSWER');
    expect(failureOf(await send({ type: 'HTTPS', port: deaf.port }, secure.url, { timeoutMs: 200 }))).toBe(
      'PROXY_TLS_TIMED_OUT',
    );
    expect(await eventually(() => deaf.connections.open() === 0)).toBe(true);
    await deaf.stop();
  });

  test('says that the answer was cut off', async () => {
    expect(failureOf(await send(null, at(secure, '/cut')))).toBe('TARGET_CLOSED');
  });

  const broken: [string, Parameters<typeof startPeer>[0], string][] = [
    ['closes', closing, 'PROXY_CLOSED'],
    ['resets', resetting, 'PROXY_CLOSED'],
    [
      'answers 407',
      answering('HTTP/1.1 407 No\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n'),
      'PROXY_AUTH_REQUIRED',
    ],
    [
      'answers 502',
      answering('HTTP/1.1 502 Bad\r\nx-squid-error: ERR_CONNECT_FAIL 111\r\ncontent-length: 0\r\n\r\n'),
      'TARGET_UNREACHABLE',
    ],
    ['talks nonsense', answering('nonsense\r\n\r\n'), 'PROXY_BAD_RESPONSE'],
  ];
  test.each(broken)('leaves the target untouched when the proxy %s', async (_, script, failure) => {
    const peer = await startPeer(script);
    for (const target of [secure, plain]) {
      const before = target.connections.count();
      expect(failureOf(await send({ port: peer.port }, target.url, { method: 'POST', body: 'x' }))).toBe(failure);
      expect(target.connections.count()).toBe(before);
    }
    expect(peer.connections.count()).toBe(2);
    await peer.stop();
    for (const target of [secure, plain]) {
      const before = target.connections.count();
      expect(failureOf(await send({ port: peer.port }, target.url))).toBe('PROXY_REFUSED');
      expect(target.connections.count()).toBe(before);
    }
  });

  test('met a kept connection that was closed without notice: it is sent once more only if that does no harm', async () => {
    const peer = await startPeer((socket) => {
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        else socket.destroy();
      });
    });
    const url = new URL(`http://localhost:${peer.port}/`);
    const get = () => send(null, url, { pool: 'kept' });
    expect(failureOf(await get())).toBe('status 200');
    expect(failureOf(await get())).toBe('status 200');
    expect(peer.connections.count()).toBe(2);
    expect(failureOf(await send(null, url, { pool: 'kept', method: 'POST', body: 'x' }))).toBe('TARGET_CLOSED');
    expect(peer.connections.count()).toBe(2);
    await peer.stop();
  });
});

describe('pools', () => {
  test('a slow proxy does not hold up a fast one, and sockets stay within the bound', async () => {
    const slow = await startPeer(silent);
    const fast = await startProxyChain();
    const through = (pool: string, port: number, timeoutMs: number) =>
      send({ port }, at(secure, '/echo'), { pool, timeoutMs });
    const stuck = Array.from({ length: 100 }, () => through('slow', slow.port, 1_500));
    const quick = await Promise.all(Array.from({ length: 100 }, () => through('fast', fast.port, 20_000)));
    expect(quick.filter(({ ok }) => ok)).toHaveLength(100);
    expect(slow.connections.count()).toBe(20);
    expect((await fast.record()).length).toBeLessThanOrEqual(20);
    const failures = new Set((await Promise.all(stuck)).map(failureOf));
    // Who got a socket when its time was all but over failed to connect in it.
    expect(failures).toContain('PROXY_NO_ANSWER');
    expect(
      [...failures].filter((failure) => !/^(PROXY_NO_ANSWER|TIMED_OUT|PROXY_CONNECT_TIMED_OUT)$/.test(failure)),
    ).toEqual([]);
    await Promise.all([slow.stop(), fast.stop()]);
  });

  test('an edited route is used by the very next call, and the old connections go', async () => {
    const [before, after] = [await startProxyChain(), await startProxyChain()];
    const own = await startTarget({ tls });
    await send({ port: before.port }, own.url, { pool: 'edited' });
    await send({ port: after.port }, own.url, { pool: 'edited' });
    expect(await before.record()).toHaveLength(1);
    expect(await after.record(1)).toHaveLength(1);
    expect(await eventually(() => own.connections.open() === 1)).toBe(true);
    await Promise.all([before.stop(), after.stop(), own.stop()]);
  });

  test('calls of two environments in turn keep the connections of both', async () => {
    const [one, two] = [await startProxyChain(), await startProxyChain()];
    for (let turn = 0; turn < 5; turn += 1) {
      for (const [environment, { port }] of [['dev', one] as const, ['prod', two] as const]) {
        expect(failureOf(await send({ port }, secure.url, { pool: 'in turn', environment }))).toBe('status 200');
      }
    }
    expect([await one.record(), await two.record()].map((record) => record.length)).toEqual([1, 1]);
    await Promise.all([one.stop(), two.stop()]);
  });

  test('environments with one route share its connections, until neither has it', async () => {
    const [old, edited] = [await startProxyChain(), await startProxyChain()];
    const own = await startTarget({ tls });
    const ask = (environment: string, { port }: { port: number }) =>
      send({ port }, own.url, { pool: 'shared', environment });
    await ask('dev', old);
    await ask('prod', old);
    await ask('dev', edited);
    await ask('prod', old);
    expect(await old.record(1)).toHaveLength(1);
    expect(own.connections.open()).toBe(2);
    await ask('prod', edited);
    expect(await eventually(() => own.connections.open() === 1)).toBe(true);
    expect(await edited.record(1)).toHaveLength(1);
    await Promise.all([old.stop(), edited.stop(), own.stop()]);
  });

  test('a call under way on a route that was edited runs on to its answer', async () => {
    const held: ServerResponse[] = [];
    const own = await startTarget({ tls, answer: (_, response) => held.push(response) });
    const [before, after] = [await startProxyChain(), await startProxyChain()];
    const slow = send({ port: before.port }, own.url, { pool: 'long', timeoutMs: 300_000 });
    expect(await eventually(() => held.length === 1)).toBe(true);
    jest.useFakeTimers({ doNotFake: ALL_BUT_TIMEOUTS });
    const next = send({ port: after.port }, own.url, { pool: 'long', timeoutMs: 300_000 });
    expect(await eventually(() => held.length === 2)).toBe(true);
    jest.advanceTimersByTime(200_000);
    jest.useRealTimers();
    for (const response of held) response.end('late');
    expect((await Promise.all([slow, next])).map(failureOf)).toEqual(['status 200', 'status 200']);
    await Promise.all([before.stop(), after.stop(), own.stop()]);
  });
});

const [squidDescribe, squidName] = describeWith(SQUID, 'through squid');
squidDescribe(squidName, () => {
  test('calls reach http and https targets, and refusals are told', async () => {
    const squid = await startSquid({}, ['http_access deny CONNECT !all']);
    for (const target of [secure, plain]) {
      expect(await send({ port: squid.port }, at(target, '/echo'), { method: 'POST', body: 'b' })).toMatchObject({
        ok: true,
      });
    }
    expect((await squid.record(2)).map((passed) => (passed as { method: string }).method)).toContain('POST');
    expect(failureOf(await send({ port: squid.port }, new URL('http://no-such-name.invalid/')))).toMatch(
      /^TARGET_(NAME_NOT_FOUND|UNREACHABLE)$/,
    );
    await squid.stop();
  });
});

const [tinyDescribe, tinyName] = describeWith(TINYPROXY, 'through tinyproxy');
tinyDescribe(tinyName, () => {
  test('calls one after another succeed though it closes connections without notice', async () => {
    const tiny = await startTinyproxy();
    for (let count = 0; count < 5; count += 1) {
      expect(failureOf(await send({ port: tiny.port }, at(plain, '/echo')))).toBe('status 200');
      expect(failureOf(await send({ port: tiny.port }, at(secure, '/echo')))).toBe('status 200');
    }
    await tiny.stop();
  });
});
