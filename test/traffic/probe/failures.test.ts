import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { jest } from '@jest/globals';
import { Calls } from '../../../src/traffic/call/calls.ts';
import { TrafficFailure } from '../../../src/traffic/failures.ts';
import type { ProxyRoute } from '../../../src/traffic/network/attempt.ts';
import { probe } from '../../../src/traffic/probe/probe.ts';
import {
  createAuthority,
  expired,
  type KeyedCertificate,
  notYetValid,
  selfSigned,
} from '../../support/certificates.ts';
import {
  answering,
  closing,
  flooding,
  type Peer,
  resetting,
  type Script,
  silent,
  startPeer,
  tunnelling,
} from '../../support/misbehaving.ts';
import { eventually } from '../../support/sockets.ts';
import { startTarget } from '../../support/targets.ts';
import { keeper, LOOPBACK } from './probing.ts';

jest.setTimeout(30_000);
const keep = keeper();
const authority = await createAuthority();
const stranger = await createAuthority('Somebody Else');
const good = await authority.issue();
const target = await keep(startTarget({ tls: good }));
const plain = await keep(startTarget());
const settings = { egress: LOOPBACK, ca: [authority.ca] };
const calls = new Calls(settings);
afterAll(() => calls.close());

interface Way {
  readonly proxy: Partial<ProxyRoute> & { readonly port: number };
  readonly url: URL;
  readonly timeoutMs?: number;
}

const proxyPeer = async (
  script: Script,
  tls?: KeyedCertificate & { maxVersion?: 'TLSv1.2'; requestCert?: boolean; ca?: string },
) => keep(startPeer(script, tls));
const through = (peer: Peer, more: Partial<Way['proxy']> = {}, url = target.url): Way => ({
  proxy: { port: peer.port, ...more },
  url,
});
/** A proxy that tunnels everything to a peer that takes the target's place. */
const behind = async (script: Script, tls?: KeyedCertificate): Promise<Way> => {
  const peer = await keep(startPeer(script, tls));
  return through(await proxyPeer(tunnelling(() => connect(peer.port, '127.0.0.1'))));
};
const head = (status: string, headers = '') => answering(`HTTP/1.1 ${status}\r\n${headers}content-length: 0\r\n\r\n`);
const answered = async (status: string, headers = '') => through(await proxyPeer(head(status, headers)));
/** Says this as soon as it has heard something, then closes. */
const saying =
  (text: string): Script =>
  (socket) => {
    socket.once('data', () => socket.end(Buffer.from(text, 'latin1')));
  };
/** Says this to each request of a connection. */
const again =
  (text: string): Script =>
  (socket) => {
    socket.on('data', () => void socket.write(text));
  };
/** Closes without the farewell that TLS has. */
const rude: Script = (socket) => {
  socket.once('data', () => socket.destroy());
};
const alert = (code: number) => saying(String.fromCharCode(0x15, 3, 3, 0, 2, 2, code));
const credentials = { user: 'u', password: 'p' };

/** A listener whose queue is full, so that connecting to it gets no answer. */
async function startFull(): Promise<{ port: number; stop(): Promise<void> }> {
  const code =
    'const s=require("net").createServer().listen({port:0,host:"127.0.0.1",backlog:1},()=>console.log(s.address().port))';
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(text.toString());
  child.kill('SIGSTOP');
  const fillers = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    port,
    stop: async () => {
      for (const socket of fillers) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

type Expected = readonly [failure: TrafficFailure, stage: string, way: () => Promise<Way>];
const withCertificate = (make: () => Promise<KeyedCertificate>) => async () =>
  through(await proxyPeer(silent, await make()), { type: 'HTTPS' });
const behindCertificate = (make: () => Promise<KeyedCertificate>) => async () => behind(silent, await make());

const TABLE: readonly (readonly [what: string, ...Expected])[] = [
  [
    'a denied address',
    'ADDRESS_NOT_ALLOWED',
    'RESOLVE',
    async () => ({ proxy: { host: '169.254.169.254', port: 80 }, url: target.url }),
  ],
  [
    'a name that nobody has',
    'PROXY_NAME_NOT_FOUND',
    'RESOLVE',
    async () => ({ proxy: { host: 'no-such-name.invalid', port: 80 }, url: target.url }),
  ],
  [
    'a closed port',
    'PROXY_REFUSED',
    'CONNECT',
    async () => {
      const peer = await startPeer(silent);
      await peer.stop();
      return through(peer);
    },
  ],
  [
    'a full queue',
    'PROXY_CONNECT_TIMED_OUT',
    'CONNECT',
    async () => ({ proxy: { port: (await keep(startFull())).port }, url: target.url, timeoutMs: 600 }),
  ],
  [
    'no route',
    'PROXY_UNREACHABLE',
    'CONNECT',
    async () => ({ proxy: { host: '127.255.255.255', port: 80 }, url: target.url }),
  ],
  [
    'no TLS at the proxy',
    'PROXY_NOT_TLS',
    'PROXY_TLS',
    async () => through(await proxyPeer(head('400 Bad Request')), { type: 'HTTPS' }),
  ],
  [
    'silence in its handshake',
    'PROXY_TLS_TIMED_OUT',
    'PROXY_TLS',
    async () => ({ ...through(await proxyPeer(silent), { type: 'HTTPS' }), timeoutMs: 300 }),
  ],
  [
    'an end in its handshake',
    'PROXY_TLS_CLOSED',
    'PROXY_TLS',
    async () => through(await proxyPeer(closing), { type: 'HTTPS' }),
  ],
  [
    'a reset in its handshake',
    'PROXY_TLS_CLOSED',
    'PROXY_TLS',
    async () => through(await proxyPeer(resetting), { type: 'HTTPS' }),
  ],
  [
    'too old a TLS version',
    'PROXY_TLS_VERSION',
    'PROXY_TLS',
    async () => through(await proxyPeer(alert(70)), { type: 'HTTPS' }),
  ],
  [
    'an alert that finds fault with a certificate',
    'PROXY_TLS_CLOSED',
    'PROXY_TLS',
    async () => through(await proxyPeer(alert(42)), { type: 'HTTPS' }),
  ],
  [
    'an alert that asks for a certificate',
    'PROXY_CLIENT_CERTIFICATE_REQUIRED',
    'PROXY_TLS',
    async () => through(await proxyPeer(alert(116)), { type: 'HTTPS' }),
  ],
  [
    'a demand for a client certificate in TLS 1.2',
    'PROXY_CLIENT_CERTIFICATE_REQUIRED',
    'PROXY_TLS',
    async () =>
      through(await proxyPeer(silent, { ...good, requestCert: true, ca: authority.ca, maxVersion: 'TLSv1.2' }), {
        type: 'HTTPS',
      }),
  ],
  [
    'a demand for a client certificate',
    'PROXY_CLIENT_CERTIFICATE_REQUIRED',
    'PROXY_TLS',
    async () => through(await proxyPeer(silent, { ...good, requestCert: true, ca: authority.ca }), { type: 'HTTPS' }),
  ],
  [
    'a demand for a client certificate that comes behind the handshake, to an http target',
    'PROXY_CLIENT_CERTIFICATE_REQUIRED',
    'PROXY_TLS',
    async () =>
      through(await proxyPeer(silent, { ...good, requestCert: true, ca: authority.ca }), { type: 'HTTPS' }, plain.url),
  ],
  [
    'an expired certificate of the proxy',
    'PROXY_CERTIFICATE_EXPIRED',
    'PROXY_TLS',
    withCertificate(() => authority.issue(expired)),
  ],
  [
    'one that is not valid yet',
    'PROXY_CERTIFICATE_NOT_YET_VALID',
    'PROXY_TLS',
    withCertificate(() => authority.issue(notYetValid)),
  ],
  ['a self-signed one', 'PROXY_CERTIFICATE_SELF_SIGNED', 'PROXY_TLS', withCertificate(() => selfSigned())],
  ['one of an unknown authority', 'PROXY_CERTIFICATE_UNTRUSTED', 'PROXY_TLS', withCertificate(() => stranger.issue())],
  [
    'one for another host',
    'PROXY_CERTIFICATE_HOST_MISMATCH',
    'PROXY_TLS',
    withCertificate(() => authority.issue({ names: ['other.example.com'] })),
  ],
  [
    '407 without credentials',
    'PROXY_AUTH_REQUIRED',
    'PROXY_AUTH',
    () => answered('407 No', 'proxy-authenticate: Basic realm="x"\r\n'),
  ],
  [
    '407 with credentials',
    'PROXY_AUTH_REJECTED',
    'PROXY_AUTH',
    async () => through(await proxyPeer(head('407 No', 'proxy-authenticate: Basic\r\n')), { credentials }),
  ],
  [
    '407 with other schemes',
    'PROXY_AUTH_SCHEME_UNSUPPORTED',
    'PROXY_AUTH',
    () => answered('407 No', 'proxy-authenticate: Negotiate\r\nproxy-authenticate: NTLM\r\n'),
  ],
  ['403', 'PROXY_DENIED', 'TUNNEL', () => answered('403 Forbidden')],
  ['418', 'PROXY_DENIED', 'TUNNEL', () => answered("418 I'm a teapot")],
  ['429', 'PROXY_RATE_LIMITED', 'TUNNEL', () => answered('429 Slow Down')],
  ['302', 'PROXY_REDIRECT', 'TUNNEL', () => answered('302 Found', 'location: http://portal/\r\n')],
  ['400', 'NOT_A_PROXY', 'TUNNEL', () => answered('400 Bad Request')],
  ['405', 'NOT_A_PROXY', 'TUNNEL', () => answered('405 Method Not Allowed')],
  ['501', 'NOT_A_PROXY', 'TUNNEL', () => answered('501 Not Implemented')],
  [
    'silence after CONNECT',
    'PROXY_NO_ANSWER',
    'TUNNEL',
    async () => ({ ...through(await proxyPeer(silent)), timeoutMs: 300 }),
  ],
  [
    'endless 1xx',
    'PROXY_BAD_RESPONSE',
    'TUNNEL',
    async () => through(await proxyPeer(flooding('', 'HTTP/1.1 100 Continue\r\n\r\n'))),
  ],
  ['an end after CONNECT', 'PROXY_CLOSED', 'TUNNEL', async () => through(await proxyPeer(closing))],
  ['a reset after CONNECT', 'PROXY_CLOSED', 'TUNNEL', async () => through(await proxyPeer(resetting))],
  ['half a head', 'PROXY_CLOSED', 'TUNNEL', async () => through(await proxyPeer(saying('HTTP/1.1 200 O')))],
  [
    'garbage',
    'PROXY_BAD_RESPONSE',
    'TUNNEL',
    async () => through(await proxyPeer(saying('220 smtp.example.com ESMTP\r\n'))),
  ],
  [
    'endless headers',
    'PROXY_HEADERS_TOO_LARGE',
    'TUNNEL',
    async () => through(await proxyPeer(flooding('HTTP/1.1 200 OK\r\n', `x: ${'y'.repeat(1000)}\r\n`))),
  ],
  [
    'a name that squid does not find',
    'TARGET_NAME_NOT_FOUND',
    'TUNNEL',
    () => answered('503 Service Unavailable', 'x-squid-error: ERR_DNS_FAIL 0\r\n'),
  ],
  [
    'a name that a proxy does not find',
    'TARGET_NAME_NOT_FOUND',
    'TUNNEL',
    () => answered('502 Bad Gateway', 'proxy-status: p; error=dns_error\r\n'),
  ],
  ['502', 'TARGET_UNREACHABLE', 'TUNNEL', () => answered('502 Bad Gateway')],
  [
    'a refusal that the proxy met',
    'TARGET_REFUSED',
    'TUNNEL',
    () => answered('502 Bad Gateway', 'proxy-status: p; error=connection_refused\r\n'),
  ],
  ['504 at once', 'TARGET_UNREACHABLE', 'TUNNEL', () => answered('504 Gateway Timeout')],
  [
    'a target that the proxy did not reach in time',
    'TARGET_CONNECT_TIMED_OUT',
    'TUNNEL',
    () => answered('504 Gateway Timeout', 'proxy-status: p; error=connection_timeout\r\n'),
  ],
  ['no TLS at the target', 'TARGET_NOT_TLS', 'TARGET_TLS', () => behind(head('400 Bad Request'))],
  [
    'bytes sent early that are no TLS',
    'TARGET_NOT_TLS',
    'TARGET_TLS',
    async () => through(await proxyPeer(saying('HTTP/1.1 200 OK\r\n\r\nSSH-2.0-OpenSSH\r\n'))),
  ],
  [
    "silence in the target's handshake",
    'TARGET_TLS_TIMED_OUT',
    'TARGET_TLS',
    async () => ({ ...(await behind(silent)), timeoutMs: 300 }),
  ],
  ["an end in the target's handshake", 'TARGET_TLS_CLOSED', 'TARGET_TLS', () => behind(closing)],
  [
    'an expired certificate of the target',
    'TARGET_CERTIFICATE_EXPIRED',
    'TARGET_TLS',
    behindCertificate(() => authority.issue(expired)),
  ],
  [
    'one that is not valid yet',
    'TARGET_CERTIFICATE_NOT_YET_VALID',
    'TARGET_TLS',
    behindCertificate(() => authority.issue(notYetValid)),
  ],
  ['a self-signed one', 'TARGET_CERTIFICATE_SELF_SIGNED', 'TARGET_TLS', behindCertificate(() => selfSigned())],
  [
    'one of an unknown authority',
    'TARGET_CERTIFICATE_UNTRUSTED',
    'TARGET_TLS',
    behindCertificate(() => stranger.issue()),
  ],
  [
    'one for another host',
    'TARGET_CERTIFICATE_HOST_MISMATCH',
    'TARGET_TLS',
    behindCertificate(() => authority.issue({ names: ['other.example.com'] })),
  ],
  [
    'silence of the target',
    'TARGET_NO_ANSWER',
    'RESPONSE',
    async () => ({ ...(await behind(silent, good)), timeoutMs: 400 }),
  ],
  ['an end of the target', 'TARGET_CLOSED', 'RESPONSE', () => behind(closing, good)],
  ['a rude end of the target', 'TARGET_CLOSED', 'RESPONSE', () => behind(rude, good)],
  ['garbage of the target', 'TARGET_BAD_RESPONSE', 'RESPONSE', () => behind(saying('nonsense\r\n\r\n'), good)],
  [
    'endless headers of the target',
    'TARGET_HEADERS_TOO_LARGE',
    'RESPONSE',
    () => behind(flooding('HTTP/1.1 200 OK\r\n', `x: ${'y'.repeat(1000)}\r\n`), good),
  ],
  [
    'an http target, silence',
    'TARGET_NO_ANSWER',
    'RESPONSE',
    async () => ({ ...through(await proxyPeer(silent), {}, plain.url), timeoutMs: 300 }),
  ],
  ['an http target, an end', 'PROXY_CLOSED', 'RESPONSE', async () => through(await proxyPeer(closing), {}, plain.url)],
  [
    'an http target, garbage',
    'PROXY_BAD_RESPONSE',
    'RESPONSE',
    async () => through(await proxyPeer(saying('nonsense\r\n\r\n')), {}, plain.url),
  ],
  [
    'an http target, 407',
    'PROXY_AUTH_REJECTED',
    'PROXY_AUTH',
    async () =>
      through(
        await proxyPeer(again('HTTP/1.1 407 No\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n')),
        { credentials },
        plain.url,
      ),
  ],
  [
    'an http target, an error of squid',
    'TARGET_NAME_NOT_FOUND',
    'RESPONSE',
    async () => through(await proxyPeer(head('503 No', 'x-squid-error: ERR_DNS_FAIL 0\r\n')), {}, plain.url),
  ],
  [
    'an http target, a denial',
    'PROXY_DENIED',
    'RESPONSE',
    async () =>
      through(await proxyPeer(head('503 No', 'proxy-status: p; error=http_request_denied\r\n')), {}, plain.url),
  ],
  [
    'a demand of the target for a client certificate',
    'TARGET_TLS_CLOSED',
    'TARGET_TLS',
    async () => behind(silent, { ...good, requestCert: true, ca: authority.ca } as KeyedCertificate),
  ],
];

describe.each(TABLE)('%s', (_, failure, stage, make) => {
  test(`is ${failure} to a probe, at ${stage}, on one connection that is closed`, async () => {
    const { proxy, url, timeoutMs = 8_000 } = await make();
    const before = [target, plain].map(({ connections }) => connections.count());
    const result = await probe(
      { proxy: { type: 'HTTP', host: 'localhost', ...proxy }, target: url, timeoutMs },
      settings,
    );
    expect([result.failure, result.stages.find(({ status }) => status === 'FAILED')?.name]).toEqual([failure, stage]);
    expect(result.success).toBe(false);
    expect(result.stages).toHaveLength(7);
    expect(result.message).toMatch(/^[A-Z].*\.$/s);
    expect([target, plain].map(({ connections }) => connections.count())).toEqual(before);
  });

  test(`is ${failure} to a call, which leaves the target untouched`, async () => {
    const { proxy, url, timeoutMs = 8_000 } = await make();
    const before = [target, plain].map(({ connections }) => connections.count());
    const result = await calls.send({
      pool: JSON.stringify([failure, proxy.port]),
      environment: 'dev',
      proxy: { type: 'HTTP', host: 'localhost', ...proxy },
      request: { method: 'POST', url, headers: [], body: 'b' },
      timeoutMs,
      secrets: [],
    });
    expect(result.ok ? `status ${result.response.status}` : result.failure).toBe(failure);
    expect([target, plain].map(({ connections }) => connections.count())).toEqual(before);
  });
});

test('every failure that a probe can give has a peer that provokes it', () => {
  const provoked = new Set<string>(TABLE.map(([, failure]) => failure));
  // The first needs a body, which probes do not read; the second a name server that does not answer.
  const elsewhere = ['TARGET_BODY_TIMED_OUT', 'TIMED_OUT'];
  expect(
    Object.keys(TrafficFailure).filter((failure) => !provoked.has(failure) && !elsewhere.includes(failure)),
  ).toEqual([]);
});

test.each(['503 hunter1 hunter2', '407 hunter1 hunter2'])(
  'what may be the target does not tell from the answer which word is the password: %s',
  async (status) => {
    const told =
      'x-squid-error: ERR_HUNTER2 hunter1 hunter2\r\nproxy-status: p; error=hunter\r\nlocation: /hunter2\r\n';
    const answer = `HTTP/1.1 ${status}\r\n${told}proxy-authenticate: hunter1, hunter2, Basic\r\ncontent-length: 0\r\n\r\n`;
    // The question whether the proxy wants credentials is answered so as well as the request itself.
    const peer = await proxyPeer((socket) => void socket.on('data', () => socket.write(answer)));
    const answers = [];
    for (const password of ['hunter1', 'hunter2', 'ERR_HUNTER2', 'hunter', 'something else']) {
      const proxy = { type: 'HTTP', host: 'localhost', port: peer.port, credentials: { user: 'u', password } } as const;
      const { failure, message, stages, proxyAuthSchemes } = await probe(
        { proxy, target: plain.url, timeoutMs: 5_000 },
        settings,
      );
      answers.push({
        failure,
        message,
        details: stages.map(({ detail }) => detail?.replace(/\d+ ms/, '')),
        proxyAuthSchemes,
      });
    }
    expect(answers[0]?.failure).toBe(status.startsWith('407') ? 'PROXY_AUTH_REJECTED' : 'TARGET_UNREACHABLE');
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  },
);

test.each([target, plain])(
  'plain text to a proxy that speaks TLS fails with the hint to choose HTTPS',
  async ({ url }) => {
    const peer = await startPeer(silent, good);
    const result = await probe(
      { proxy: { type: 'HTTP', host: 'localhost', port: peer.port }, target: url, timeoutMs: 5_000 },
      settings,
    );
    expect(result.failure).toMatch(/^PROXY_(CLOSED|BAD_RESPONSE)$/);
    expect(result.message).toContain('HTTPS');
    await peer.stop();
  },
);

test.each([
  ['that finds fault with a certificate', 42, /finds fault with a certificate, and this server sends none/],
  ['of an authority unknown to it', 48, /finds fault with a certificate/],
  ['that knows no such host', 112, /knows no host of that name/],
  ['of its own trouble', 80, /speaks TLS, so its own log/],
])('an alert %s is told as one, without another type being advised', async (_, code, said) => {
  const peer = await proxyPeer(alert(code));
  const proxy = { type: 'HTTPS', host: 'localhost', port: peer.port } as const;
  const result = await probe({ proxy, target: target.url, timeoutMs: 5_000 }, settings);
  expect(result.failure).toBe('PROXY_TLS_CLOSED');
  expect(result.message).toMatch(said);
  expect(result.message).not.toMatch(/client certificate|choose type/);
});

test('a connection that is closed in place of a handshake may be to a plain HTTP proxy', async () => {
  const peer = await proxyPeer(closing);
  const proxy = { type: 'HTTPS', host: 'localhost', port: peer.port } as const;
  const result = await probe({ proxy, target: target.url, timeoutMs: 5_000 }, settings);
  expect(result.failure).toBe('PROXY_TLS_CLOSED');
  expect(result.message).toContain('if it is a plain HTTP proxy, choose type HTTP.');
});

describe('a proxy that closes at any byte of its answer', () => {
  const answer = 'HTTP/1.1 200 Connection established\r\nvia: x\r\n\r\n';
  test.each([1, 5, 9, 12, 13, 20, 36, 37, 44, answer.length - 1])('%i is one failed attempt', async (bytes) => {
    const peer = await startPeer(saying(answer.slice(0, bytes)));
    const result = await probe(
      { proxy: { type: 'HTTP', host: 'localhost', port: peer.port }, target: target.url, timeoutMs: 5_000 },
      settings,
    );
    expect(result.failure).toMatch(/^PROXY_(CLOSED|BAD_RESPONSE)$/);
    expect(peer.connections.count()).toBe(1);
    expect(await eventually(() => peer.connections.open() === 0)).toBe(true);
    await peer.stop();
  });

  test('and one that drips it, byte by byte, is passed through', async () => {
    const peer = await startPeer((socket) => {
      socket.once('data', () => {
        const onward = connect(target.port, '127.0.0.1');
        onward.on('error', () => socket.destroy());
        socket.once('close', () => onward.destroy());
        let sent = 0;
        const drip = setInterval(() => {
          if (sent === answer.length - 1) {
            clearInterval(drip);
            // Before its last byte: the client speaks at once when it has that.
            socket.pipe(onward);
            socket.write(answer.charAt(sent));
            onward.pipe(socket);
          } else socket.write(answer.charAt(sent));
          sent += 1;
        }, 1);
      });
    });
    const result = await probe(
      { proxy: { type: 'HTTP', host: 'localhost', port: peer.port }, target: target.url, timeoutMs: 8_000 },
      settings,
    );
    expect([result.failure, result.targetStatus]).toEqual([null, 200]);
    await peer.stop();
  });
});
