import { createServer } from 'node:http';
import { buildSchema } from 'graphql';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import type { Services } from '../../src/api/context.ts';
import { SocketServer } from '../../src/api/socket-server.ts';
import { close, eventually, listen } from '../support/sockets.ts';

const LARGE = 'x'.repeat(100_000);

/** A server whose one subscription has a large event whenever the last one was taken. */
async function startFlood() {
  const flood = { sent: 0, ended: false };
  const schema = buildSchema('type Query { nothing: String } type Subscription { flood: String! }');
  const field = schema.getSubscriptionType()?.getFields().flood;
  if (!field) throw new Error('the schema has no such field');
  field.subscribe = async function* events(_source, _args, { signal }: { signal: AbortSignal }) {
    signal.addEventListener('abort', () => {
      flood.ended = true;
    });
    for (; !signal.aborted; flood.sent += 1) yield { flood: LARGE, image: { hash: '' }, recorded: event(flood.sent) };
  };
  const http = createServer();
  const sockets = new SocketServer({
    schema,
    services: {} as Services,
    logger: pino({ level: 'silent' }),
    validationRules: [],
    admit: () => ({ actor: { kind: 'USER', id: 'local', name: 'local', auth: 'none' } }),
    newRequestId: () => 'id',
    largestMessage: 1_000,
    mostSubscriptions: 1,
    takeWithinMs: 100,
  });
  sockets.attach(http);
  const port = await listen(http);
  return {
    flood,
    url: `ws://127.0.0.1:${port}/graphql`,
    stop: async () => {
      await sockets.close();
      await close(http);
    },
  };
}

const event = (position: number) => ({ sealed: { commit: { position } }, index: 0 });

test('a client that takes nothing is closed with a word, and nothing is made that it does not take', async () => {
  const { flood, url, stop } = await startFlood();
  const socket = new WebSocket(url, 'graphql-transport-ws');
  const closed = new Promise<readonly [number, string]>((resolve) => {
    socket.on('close', (code, reason) => resolve([code, reason.toString()]));
  });
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  socket.on('message', (text) => {
    if (!String(text).includes('connection_ack')) return;
    socket.send(JSON.stringify({ id: 'one', type: 'subscribe', payload: { query: 'subscription { flood }' } }));
    socket.pause();
  });
  expect(await eventually(() => flood.ended)).toBe(true);
  expect(flood.sent).toBeLessThan(1_000);
  socket.resume();
  expect(await closed).toEqual([1013, expect.stringMatching(/not taken/)]);
  await stop();
});
