import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { startTestApp, type TestApp } from '../support/app.ts';
import { GraphqlSocket } from '../support/graphql-socket.ts';

const app = await startTestApp();

function upgrade(to: TestApp, lines: readonly string[] = [], path = '/graphql', behind = ''): string {
  const { host } = new URL(to.url);
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  return `${[
    `GET ${path} HTTP/1.1`,
    `host: ${host}`,
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    `sec-websocket-key: ${key}`,
    ...lines,
  ].join('\r\n')}\r\n\r\n${behind}`;
}

/** Sends bytes and keeps its own side open for as long as the server does. */
function sayAndStay(to: TestApp, text: string) {
  const socket = connect({ port: Number(new URL(to.url).port), host: '127.0.0.1', allowHalfOpen: true });
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => undefined);
  socket.write(text);
  return { socket, ended: once(socket, 'end').then(() => answer) };
}

describe('a client that speaks another protocol', () => {
  test.each([
    ['the one of subscriptions-transport-ws', 'graphql-ws', ['connection_error']],
    ['none', undefined, []],
  ])('is told which one is spoken, as it closes: %s', async (_, protocol, types) => {
    const socket = new GraphqlSocket(app, protocol === undefined ? {} : { protocol });
    const [code, reason] = await socket.closed;
    expect(code).toBe(4406);
    expect(reason).toMatch(/graphql-transport-ws.*not that of subscriptions-transport-ws/);
    expect(socket.messages.map(({ type }) => type)).toEqual(types);
    for (const { payload } of socket.messages) expect(payload.message).toBe(reason);
  });

  test('besides the one of this server is served', async () => {
    const socket = new GraphqlSocket(app, { protocol: ['graphql-ws', 'graphql-transport-ws'] });
    await socket.opened();
    socket.send({ type: 'connection_init' });
    expect(await socket.next(() => true)).toEqual({ type: 'connection_ack' });
    socket.close();
  });
});

test('a message that is not UTF-8 is told so as its connection closes', async () => {
  const socket = new WebSocket(app.url.replace('http', 'ws'), 'graphql-transport-ws');
  const closed = once(socket, 'close');
  await once(socket, 'open');
  socket.send(Buffer.from([0xff]), { binary: false });
  const [code, reason] = await closed;
  expect([code, String(reason)]).toEqual([1007, 'a text message was not valid UTF-8']);
});

describe('an upgrade that is refused', () => {
  test.each<[string, string[], string, number, string, RegExp]>([
    ['of a foreign page', ['origin: https://evil.example.com'], '/graphql', 403, 'FORBIDDEN', /another origin/],
    ['of an actor without a name', ['x-actor: '], '/graphql', 400, 'BAD_USER_INPUT', /X-Actor/],
    ['elsewhere', [], '/other', 404, 'NOT_FOUND', /\/graphql/],
  ])('%s is told why, in the form of GraphQL errors', async (_, lines, path, status, code, message) => {
    const answer = await sayAndStay(app, upgrade(app, lines, path)).ended;
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(body)).toEqual({ errors: [{ message: expect.stringMatching(message), extensions: { code } }] });
  });

  test('lets its socket go, whatever came behind it and though the client keeps its side, and the stop waits for none', async () => {
    const other = await startTestApp();
    const refused = [
      sayAndStay(other, upgrade(other, [], '/other', 'x'.repeat(100_000))),
      sayAndStay(other, upgrade(other, ['origin: null'], '/graphql', 'x')),
      sayAndStay(other, upgrade(other, ['origin: null'])),
    ];
    for (const { ended } of refused) expect(await ended).toMatch(/^HTTP\/1.1 40[34] /);
    await other.close();
    for (const { socket } of refused) socket.destroy();
  });
});
