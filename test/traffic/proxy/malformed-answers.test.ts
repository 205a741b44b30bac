import { connect } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Calls } from '../../../src/traffic/call/calls.ts';
import { createAuthority } from '../../support/certificates.ts';
import { answering, type Script, startPeer, tunnelling } from '../../support/misbehaving.ts';
import { keeper, LOOPBACK, probeThrough } from '../probe/probing.ts';

const keep = keeper();
const authority = await createAuthority();
const good = await authority.issue();
const settings = { egress: LOOPBACK, ca: [authority.ca] };
const calls = new Calls(settings);
afterAll(() => calls.close());

/** Half an answer, and then no farewell. */
const resettingWithin: Script = (socket) => {
  socket.once('data', () =>
    socket.write('HTTP/1.1 200 OK\r\nX: y', () =>
      socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy(),
    ),
  );
};

/** What CONNECT and a forwarded request go to, and what answers within a tunnel. */
const WAYS = {
  'to CONNECT': async (script: Script) => [await keep(startPeer(script)), new URL('https://localhost/')] as const,
  'to a forwarded request': async (script: Script) =>
    [await keep(startPeer(script)), new URL('http://localhost/')] as const,
  'within a tunnel': async (script: Script) => {
    const target = await keep(startPeer(script, good));
    const proxy = await keep(startPeer(tunnelling(() => connect(target.port, '127.0.0.1'))));
    return [proxy, new URL('https://localhost/')] as const;
  },
};

async function both(way: keyof typeof WAYS, script: Script) {
  const [proxy, url] = await WAYS[way](script);
  const call = await calls.send({
    pool: String(proxy.port),
    environment: '',
    proxy: { type: 'HTTP', host: '127.0.0.1', port: proxy.port },
    request: { method: 'POST', url, headers: [] },
    timeoutMs: 8_000,
    secrets: [],
  });
  const result = await probeThrough({ port: proxy.port }, url, settings);
  if (call.ok || result.failure === null) throw new Error('it went through');
  return [result, call] as const;
}

const HEADS: readonly (readonly [text: string, what: RegExp])[] = [
  ['HTTP/1.1 200 OK\r\nno colon here\r\n\r\n', /a header without a colon/],
  ['HTTP/1.1 200 OK\r\nName : value\r\n\r\n', /a blank before a header's colon/],
  ['HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n', /a NUL in its head/],
  ['HTTP/1.1 099 Odd\r\n\r\n', /its status is 099/],
];

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('%s', (way) => {
  const leg = way === 'within a tunnel' ? 'TARGET' : 'PROXY';

  test.each(HEADS)('an answer that begins with %j is told by what is malformed', async (text, what) => {
    for (const { failure, message } of await both(way, answering(text))) {
      expect(failure).toBe(`${leg}_BAD_RESPONSE`);
      expect(message).toMatch(what);
      expect(message).not.toMatch(/ECONNRESET|ERR_|type HTTPS/);
    }
  });

  test('an answer that a reset cuts off was no missing answer, and needs no other type', async () => {
    for (const { failure, message } of await both(way, resettingWithin)) {
      expect(failure).toBe(`${leg}_CLOSED`);
      expect(message).toMatch(/before (its|the) whole answer/);
      expect(message).not.toContain('type HTTPS');
    }
  });

  test('an answer that is no HTTP at all may be of another type', async () => {
    const answers = await both(way, answering('220 smtp.example.com ESMTP\r\n'));
    for (const { failure, message } of answers) {
      expect(failure).toBe(`${leg}_BAD_RESPONSE`);
      expect(message.includes('choose type HTTPS')).toBe(leg === 'PROXY');
    }
  });
});

test.each(['zz\r\nabc\r\n0\r\n\r\n', '3 \r\nabcd\r\n', '-1\r\n'])(
  'a body with the bad chunk %j is told by that',
  async (chunks) => {
    const proxy = await keep(startPeer(answering(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`)));
    const result = await calls.send({
      pool: String(proxy.port),
      environment: '',
      proxy: { type: 'HTTP', host: '127.0.0.1', port: proxy.port },
      request: { method: 'GET', url: new URL('http://localhost/'), headers: [] },
      timeoutMs: 8_000,
      secrets: [],
    });
    expect(result).toMatchObject({ ok: false, failure: 'PROXY_BAD_RESPONSE' });
    if (!result.ok) expect(result.message).toMatch(/chunk/);
    if (!result.ok) expect(result.message).not.toMatch(/ECONNRESET|ERR_|type HTTPS/);
  },
);
