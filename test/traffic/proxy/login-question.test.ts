import type { Socket } from 'node:net';
import { jest } from '@jest/globals';
import { Calls } from '../../../src/traffic/call/calls.ts';
import { probe } from '../../../src/traffic/probe/probe.ts';
import { type Peer, type Script, startPeer } from '../../support/misbehaving.ts';
import { keeper, LOOPBACK } from '../probe/probing.ts';

jest.setTimeout(20_000);
const keep = keeper();
const settings = { egress: LOOPBACK };
const credentials = { user: 'svc', password: 'a password' };
const target = new URL('http://target.example/x');
const AUTHORIZATION = `Proxy-Authorization: Basic ${Buffer.from('svc:a password').toString('base64')}`;

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const asks = (fields = 'Proxy-Authenticate: Basic realm="x"\r\n') =>
  `HTTP/1.1 407 Proxy Authentication Required\r\n${fields}Content-Length: 4\r\n\r\nno\r\n`;

interface Behaviour {
  /** To the question without credentials; an empty text closes. */
  readonly toQuestion: string;
  /** To the request itself. */
  readonly toRequest?: (head: string) => string;
  readonly closesBehindQuestion?: boolean;
}

/** A forwarding proxy that says this to the question and that to requests. */
function forwarding({ toQuestion, toRequest = () => OK, closesBehindQuestion = false }: Behaviour): Script {
  return (socket: Socket) => {
    let heard = '';
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      const end = heard.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = heard.slice(0, end);
      heard = '';
      const isQuestion = head.startsWith('GET http://proxy-ledger.invalid/ ');
      const answer = isQuestion ? toQuestion : toRequest(head);
      if (isQuestion && (closesBehindQuestion || answer === '')) socket.end(answer, 'latin1');
      else socket.write(answer, 'latin1');
    });
  };
}

const proxyOf = (peer: Peer) => ({ type: 'HTTP', host: 'localhost', port: peer.port, credentials }) as const;
const probeThrough = (peer: Peer, timeoutMs = 5_000) => probe({ proxy: proxyOf(peer), target, timeoutMs }, settings);
const authStage = (stages: readonly { name: string }[]) => stages.find(({ name }) => name === 'PROXY_AUTH');
/** The heads that a peer was sent, in order. */
const heads = (peer: Peer) => peer.received().split('\r\n\r\n').slice(0, -1);
const questions = (peer: Peer) => heads(peer).filter((head) => head.includes('proxy-ledger.invalid'));
const requests = (peer: Peer) => heads(peer).filter((head) => !head.includes('proxy-ledger.invalid'));

describe('a proxy that forwards', () => {
  test.each([
    ['a challenge of Basic', asks()],
    ['a challenge among others', asks('Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm="x"\r\n')],
    ['no challenge at all', asks('')],
  ])('gets the credentials when it asks for them by 407 with %s', async (_, toQuestion) => {
    const peer = await keep(startPeer(forwarding({ toQuestion })));
    const result = await probeThrough(peer);
    expect(result).toMatchObject({ success: true, targetStatus: 200 });
    expect(authStage(result.stages)).toMatchObject({ status: 'PASSED', durationUs: expect.any(Number) });
    expect(result.proxyAuthSchemes.includes('Basic')).toBe(toQuestion.includes('Basic'));
    expect(questions(peer)).toHaveLength(1);
    expect(questions(peer)[0]).not.toContain('Proxy-Authorization');
    expect(requests(peer)).toEqual([expect.stringContaining(AUTHORIZATION)]);
    expect(peer.connections.count()).toBe(1);
  });

  test.each([
    ['with an answer of its own', 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'],
    ['with another scheme alone', asks('Proxy-Authenticate: Negotiate\r\n')],
    ['with a 407 that is a rule', asks('X-Smokescreen-Error: denied\r\n')],
    ['by closing', ''],
    ['with what is no HTTP', 'SSH-2.0-x\r\n'],
  ])('gets none when it answers the question %s', async (_, toQuestion) => {
    const peer = await keep(startPeer(forwarding({ toQuestion })));
    const result = await probeThrough(peer);
    expect(result).toMatchObject({ success: true, targetStatus: 200 });
    expect(authStage(result.stages)).toEqual({
      name: 'PROXY_AUTH',
      status: 'SKIPPED',
      detail: 'it did not ask for them, so they were not sent',
    });
    expect(peer.received()).not.toContain('Proxy-Authorization');
  });

  test('is connected to once more when it closes behind its answer, announced or not', async () => {
    for (const announced of ['Connection: close\r\n', '']) {
      const toQuestion = asks(`Proxy-Authenticate: Basic\r\n${announced}`);
      const peer = await keep(startPeer(forwarding({ toQuestion, closesBehindQuestion: true })));
      expect(await probeThrough(peer)).toMatchObject({ success: true });
      expect(requests(peer).at(-1)).toContain(AUTHORIZATION);
      expect(peer.connections.count()).toBe(2);
    }
  });

  test('that rejects what it asked for is told by that, and the request is not sent again', async () => {
    const peer = await keep(startPeer(forwarding({ toQuestion: asks(), toRequest: () => asks() })));
    const result = await probeThrough(peer);
    expect(result).toMatchObject({ failure: 'PROXY_AUTH_REJECTED', proxyAuthSchemes: ['Basic'] });
    expect(authStage(result.stages)).toMatchObject({ status: 'FAILED' });
    expect(requests(peer)).toHaveLength(1);
  });

  test('that asks for the request alone, or hands on a target that asks, gets no credentials', async () => {
    const peer = await keep(startPeer(forwarding({ toQuestion: OK, toRequest: () => asks() })));
    const result = await probeThrough(peer);
    expect(result).toMatchObject({ failure: 'PROXY_AUTH_REQUIRED' });
    expect(result.message).toContain('it asks for some targets only, or the target asked');
    expect(peer.received()).not.toContain('Proxy-Authorization');
    expect(requests(peer)).toHaveLength(1);
  });

  test('that says nothing at all is told by that', async () => {
    const peer = await keep(startPeer(() => undefined));
    const result = await probeThrough(peer, 400);
    expect(result).toMatchObject({ failure: 'PROXY_NO_ANSWER', success: false });
    expect(peer.received()).not.toContain('Proxy-Authorization');
  });
});

describe('calls through a proxy that forwards', () => {
  const calls = new Calls(settings);
  afterAll(() => calls.close());
  const send = (peer: Peer, method: 'GET' | 'POST' = 'GET', pool = 'pool') =>
    calls.send({
      pool,
      environment: 'dev',
      proxy: proxyOf(peer),
      request: { method, url: target, headers: [] },
      timeoutMs: 5_000,
      secrets: [],
    });

  test('ask once for as long as their pool lives, whoever comes first', async () => {
    const peer = await keep(startPeer(forwarding({ toQuestion: asks() })));
    const results = await Promise.all(Array.from({ length: 5 }, () => send(peer)));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(await send(peer, 'POST')).toMatchObject({ ok: true });
    expect(questions(peer)).toHaveLength(1);
    expect(requests(peer)).toHaveLength(6);
    expect(requests(peer).every((head) => head.includes(AUTHORIZATION))).toBe(true);
  });

  test('send no credentials to one that did not ask, and ask it no more', async () => {
    const peer = await keep(startPeer(forwarding({ toQuestion: OK })));
    expect(await send(peer, 'POST', 'open')).toMatchObject({ ok: true });
    expect(await send(peer, 'GET', 'open')).toMatchObject({ ok: true });
    expect(questions(peer)).toHaveLength(1);
    expect(peer.received()).not.toContain('Proxy-Authorization');
  });

  test('send what is not idempotent once, on a connection that asked nothing', async () => {
    const toQuestion = asks();
    const peer = await keep(startPeer(forwarding({ toQuestion, closesBehindQuestion: true })));
    expect(await send(peer, 'POST', 'closing')).toMatchObject({ ok: true });
    expect(requests(peer)).toHaveLength(1);
    expect(peer.connections.count()).toBe(2);
  });
});
