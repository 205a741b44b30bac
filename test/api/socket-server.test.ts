import { createServer } from 'node:http';
import { buildSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import type { Services } from '../../src/api/context.ts';
import { PreparedOperations } from '../../src/api/execution/prepared-operations.ts';
import { SocketServer } from '../../src/api/socket-server.ts';
import { close, eventually, listen } from '../support/sockets.ts';

const LARGE = 'x'.repeat(100_000);

/** A server whose one subscription has a large event whenever the last one was taken, and whose one query fails. */
async function startFlood() {
  const flood = { sent: 0, ended: false };
  const lines: string[] = [];
  const schema = buildSchema('type Query { broken: String } type Subscription { flood: String! }');
  const field = schema.getSubscriptionType()?.getFields().flood;
  if (!field) throw new Error('the schema has no such field');
  const broken = schema.getQueryType()?.getFields().broken;
  if (broken) {
    broken.resolve = () => {
      throw new Error('the driver says: mongodb://user:hunter2@db');
    };
  }
  field.subscribe = async function* events(_source, _args, { signal }: { signal: AbortSignal }) {
    signal.addEventListener('abort', () => {
      flood.ended = true;
    });
    for (; !signal.aborted; flood.sent += 1) {
      yield { flood: LARGE, image: { hash: '' }, newest: { view: {} }, recorded: event(flood.sent) };
    }
  };
  const http = createServer();
  const sockets = new SocketServer({
    schema,
    services: {} as Services,
    logger: pino({}, { write: (line: string) => void lines.push(line) }),
    prepared: new PreparedOperations(schema, []),
    validationRules: [],
    admit: () => ({ identity: { actor: { kind: 'USER', id: 'local', name: 'local', auth: 'none' } } }),
    newRequestId: () => 'id',
    largestMessage: 1_000,
    mostSubscriptions: 1,
    takeWithinMs: 100,
  });
  sockets.attach(http);
  const port = await listen(http);
  return {
    flood,
    lines,
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

test('an error that nobody expected is masked, and logged whole under the id that the client is told', async () => {
  const { lines, url, stop } = await startFlood();
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
  const results: unknown[] = [];
  for await (const result of client.iterate({ query: '{ broken }' })) results.push(result);
  expect(results).toEqual([
    {
      data: { broken: null },
      errors: [
        {
          message: 'Internal error',
          locations: [{ line: 1, column: 3 }],
          path: ['broken'],
          extensions: { code: 'INTERNAL', requestId: 'id' },
        },
      ],
    },
  ]);
  const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(logged).toEqual([
    expect.objectContaining({
      requestId: 'id',
      err: expect.objectContaining({ message: expect.stringContaining('hunter2') }),
    }),
  ]);
  await client.dispose();
  await stop();
});
