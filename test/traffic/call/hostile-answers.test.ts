import type { Socket } from 'node:net';
import { jest } from '@jest/globals';
import { type CallResult, Calls } from '../../../src/traffic/call/calls.ts';
import { answering, flooding, type Peer, type Script, startPeer } from '../../support/misbehaving.ts';
import { eventually } from '../../support/sockets.ts';
import { LOOPBACK } from '../probe/probing.ts';

jest.setTimeout(30_000);
const calls = new Calls({ egress: LOOPBACK });
afterAll(() => calls.close());

const MEBIBYTE = 1024 * 1024;
const OK = 'HTTP/1.1 200 OK\r\n';
const GOOD = `${OK}content-length: 5\r\n\r\nhello`;

/** The ways to a peer: as the target itself, and as a proxy that gets the whole URL. */
const WAYS = ['directly', 'through a proxy'] as const;
type Way = (typeof WAYS)[number];

let made = 0;
function freshPool(): string {
  made += 1;
  return `pool ${made}`;
}

function send(way: Way, peer: Peer, { timeoutMs = 5_000, pool = freshPool() } = {}): Promise<CallResult> {
  const url = new URL(`http://localhost:${way === 'directly' ? peer.port : 9}/`);
  const proxy = way === 'directly' ? null : ({ type: 'HTTP', host: 'localhost', port: peer.port } as const);
  // What is not idempotent is sent once.
  return calls.send({
    pool,
    environment: 'dev',
    proxy,
    request: { method: 'POST', url, headers: [], body: 'x' },
    timeoutMs,
    secrets: [],
  });
}

function outcomeOf(result: CallResult): string {
  return result.ok ? `status ${result.response.status}` : result.failure;
}

/** Says each of these a moment after the one before, over and over from `again` on. */
function dripping(parts: readonly string[], again = parts.length): Script {
  return (socket: Socket) => {
    socket.once('data', () => {
      let next = 0;
      const drip = setInterval(() => {
        if (next === parts.length) next = again;
        if (next < parts.length && !socket.destroyed) socket.write(parts[next] ?? '');
        else clearInterval(drip);
        next += 1;
      }, 2);
      socket.once('close', () => clearInterval(drip));
    });
  };
}

const HOSTILE: readonly (readonly [string, Script, RegExp])[] = [
  ['headers without end', flooding(OK, 'x-filler: aaaaaaaaaaaaaaaaaaaa\r\n'), /^TARGET_HEADERS_TOO_LARGE$/],
  ['one header without end', flooding(`${OK}x-filler: `, 'a'.repeat(1_000)), /^TARGET_HEADERS_TOO_LARGE$/],
  [
    'a reason phrase without end',
    flooding('HTTP/1.1 200 ', 'a'.repeat(1_000)),
    /_(NO_ANSWER|HEADERS_TOO_LARGE|BAD_RESPONSE)$/,
  ],
  [
    'interim answers without end',
    flooding('', 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'),
    /^(TARGET_NO_ANSWER|TARGET_HEADERS_TOO_LARGE|\w+_BAD_RESPONSE)$/,
  ],
  ['an interim 100 that nobody asked for, and no more', answering('HTTP/1.1 100 Continue\r\n\r\n'), /_NO_ANSWER$/],
  ['interim 100s without end', flooding('', 'HTTP/1.1 100 Continue\r\n\r\n'), /_(NO_ANSWER|BAD_RESPONSE)$/],
  [
    'an interim 100 without end',
    flooding('HTTP/1.1 100 ', 'a'.repeat(1_000)),
    /_(NO_ANSWER|HEADERS_TOO_LARGE|BAD_RESPONSE)$/,
  ],
  [
    'another protocol',
    answering('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    /_BAD_RESPONSE$/,
  ],
  ['another protocol, without its name', answering('HTTP/1.1 101 X\r\ncontent-length: 0\r\n\r\n'), /_BAD_RESPONSE$/],
  ['a head that never ends, byte by byte', dripping([OK, 'x-a: b\r\n'], 1), /^TARGET_(NO_ANSWER|HEADERS_TOO_LARGE)$/],
  ['a body that never ends, byte by byte', dripping([`${OK}\r\n`, '.'], 1), /^TARGET_BODY_TIMED_OUT$/],
  ['a body that stops', answering(`${OK}content-length: 9\r\n\r\nhello`), /^TARGET_BODY_TIMED_OUT$/],
  ['a chunk without a size', answering(`${OK}transfer-encoding: chunked\r\n\r\nZZ\r\nhello\r\n`), /_BAD_RESPONSE$/],
  [
    'a chunk size without end',
    flooding(`${OK}transfer-encoding: chunked\r\n\r\n`, '0'.repeat(1_000)),
    /_(BAD_RESPONSE|BODY_TIMED_OUT)$/,
  ],
  ['two lengths', answering(`${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello!`), /_BAD_RESPONSE$/],
  [
    'a length and chunks',
    answering(`${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
    /_BAD_RESPONSE$/,
  ],
  ['a negative length', answering(`${OK}content-length: -5\r\n\r\nhello`), /_BAD_RESPONSE$/],
  ['a length beyond all numbers', answering(`${OK}content-length: ${'9'.repeat(40)}\r\n\r\nhello`), /_BAD_RESPONSE$/],
  ['a NUL in a header', answering(`${OK}x-a: b\0c\r\ncontent-length: 0\r\n\r\n`), /_BAD_RESPONSE$/],
  ['a header without a colon', answering(`${OK}nonsense\r\ncontent-length: 0\r\n\r\n`), /_BAD_RESPONSE$/],
  ['no HTTP at all', answering('SSH-2.0-OpenSSH_9.6\r\n'), /_BAD_RESPONSE$/],
  ['TLS', answering(Buffer.from('15030300020228', 'hex')), /_BAD_RESPONSE$/],
  ['a status of two digits', answering('HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n'), /_BAD_RESPONSE$/],
];

/** What ends with its time gets little of it; what ends by a rule, as much as a busy machine may need. */
function timeFor({ source }: RegExp): number {
  if (/NO_ANSWER/.test(source)) return 500;
  return /TIMED_OUT/.test(source) ? 1_000 : 10_000;
}

describe.each(WAYS)('an answer that came %s', (way) => {
  test.each(HOSTILE)(
    'with %s is a failure of its own, on one connection that is closed',
    async (_, script, failure) => {
      const peer = await startPeer(script);
      const result = await send(way, peer, { timeoutMs: timeFor(failure) });
      expect(outcomeOf(result)).toMatch(failure);
      expect(peer.connections.count()).toBe(1);
      expect(await eventually(() => peer.connections.open() === 0)).toBe(true);
      await peer.stop();
    },
  );

  test.each([
    ['without a length', flooding(`${OK}\r\n`, 'x'.repeat(16_384))],
    ['in chunks', flooding(`${OK}transfer-encoding: chunked\r\n\r\n`, `4000\r\n${'x'.repeat(0x4000)}\r\n`)],
    ['of a huge length', flooding(`${OK}content-length: 9007199254740991\r\n\r\n`, 'x'.repeat(16_384))],
    ['in chunks of a byte', flooding(`${OK}transfer-encoding: chunked\r\n\r\n`, '1\r\nx\r\n'.repeat(1_000))],
  ])('with a body without end, %s, is shown as far as it is read, and its connection is closed', async (_, script) => {
    const peer = await startPeer(script);
    const result = await send(way, peer, { timeoutMs: 20_000 });
    expect(result).toMatchObject({ ok: true, response: { status: 200, bodyTruncated: true } });
    expect(result.ok && result.response.body?.length).toBe(MEBIBYTE);
    expect(await eventually(() => peer.connections.open() === 0)).toBe(true);
    await peer.stop();
  });

  test('is the same wherever it is cut into two pieces', async () => {
    for (let at = 1; at < GOOD.length; at += 1) {
      const peer = await startPeer(dripping([GOOD.slice(0, at), GOOD.slice(at)]));
      expect(await send(way, peer)).toMatchObject({ ok: true, response: { status: 200, body: 'hello' } });
      await peer.stop();
    }
  });

  test('is taken behind interim ones that nobody asked for, wherever they are cut into two pieces', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 \r\nx-a: b\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n';
    const whole = `${interim}${GOOD}`;
    for (let at = 1; at < whole.length; at += 1) {
      const peer = await startPeer(dripping([whole.slice(0, at), whole.slice(at)]));
      expect(await send(way, peer)).toMatchObject({ ok: true, response: { status: 200, body: 'hello' } });
      await peer.stop();
    }
  });

  test('may have an interim one before it on a connection that is used again', async () => {
    const peer = await startPeer((socket) => {
      socket.on('data', () => void socket.write(`HTTP/1.1 100 Continue\r\n\r\n${GOOD}`));
    });
    for (let call = 0; call < 3; call += 1) {
      const result = await send(way, peer, { pool: `interim ${way}` });
      expect(result).toMatchObject({ ok: true, response: { status: 200, body: 'hello' } });
    }
    expect(peer.connections.count()).toBe(1);
    await peer.stop();
  });

  test('and ends too early, at whatever byte, is a failure on one connection', async () => {
    for (let at = 1; at < GOOD.length; at += 1) {
      const peer = await startPeer((socket) => void socket.once('data', () => socket.end(GOOD.slice(0, at))));
      expect([at, outcomeOf(await send(way, peer))]).toEqual([at, expect.stringMatching(/_(CLOSED|BAD_RESPONSE)$/)]);
      expect(peer.connections.count()).toBe(1);
      await peer.stop();
    }
  });

  test('before it was asked for is not the answer to the next call', async () => {
    const evil = `${OK}content-length: 4\r\n\r\nevil`;
    let asked = 0;
    const peer = await startPeer((socket) => {
      socket.on('data', () => {
        asked += 1;
        socket.write(asked === 1 ? `${GOOD}${evil}` : GOOD);
      });
    });
    expect(await send(way, peer, { pool: `early ${way}` })).toMatchObject({ ok: true, response: { body: 'hello' } });
    // The bytes that came too early ended the connection.
    expect(await eventually(() => peer.connections.open() === 0)).toBe(true);
    expect(await send(way, peer, { pool: `early ${way}` })).toMatchObject({ ok: true, response: { body: 'hello' } });
    expect(peer.connections.count()).toBe(2);
    await peer.stop();
  });

  test('before anything was sent at all is taken for the answer, or is a failure', async () => {
    const peer = await startPeer((socket) => void socket.write(`${OK}content-length: 4\r\n\r\nevil`));
    const result = await send(way, peer, { timeoutMs: 1_000 });
    expect(outcomeOf(result)).toMatch(/^status 200$|_(CLOSED|BAD_RESPONSE)$/);
    expect(peer.connections.count()).toBe(1);
    await peer.stop();
  });
});
