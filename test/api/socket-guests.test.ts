import { once } from 'node:events';
import { createServer } from 'node:http';
import { buildSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import type { Admission, Credentials, Identity } from '../../src/access/identity.ts';
import type { Services } from '../../src/api/context.ts';
import { PreparedOperations } from '../../src/api/execution/prepared-operations.ts';
import { SocketServer, type SocketServerOptions } from '../../src/api/socket-server.ts';
import { RawWebSocket } from '../support/raw-websocket.ts';
import { close, eventually, listen } from '../support/sockets.ts';

/** Credentials that are the name of who has them; `nobody` has none. */
class NamedCredentials implements Credentials {
  readonly revoked = new Set<string>();
  /** What a check waits for. */
  before: (name: string) => Promise<void> = async () => undefined;

  async check(authorization: string | undefined): Promise<Admission> {
    const name = authorization ?? 'nobody';
    await this.before(name);
    return name.startsWith('nobody') ? { ok: false, reason: 'nobody' } : { ok: true, identity: identityOf(name) };
  }

  async holds({ actor }: Identity): Promise<boolean> {
    return !this.revoked.has(actor.name);
  }
}

function identityOf(name: string): Identity {
  return {
    actor: { kind: 'USER', id: `oidc:i#${name}`, name, auth: 'oidc' },
    standing: { groups: [], isAdministrator: false },
  };
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server with one query that counts how often it was asked. */
async function start(options: Partial<SocketServerOptions> = {}) {
  const asked = { count: 0 };
  const credentials = new NamedCredentials();
  const schema = buildSchema('type Query { count: Int } type Subscription { silence: Int }');
  const field = schema.getQueryType()?.getFields().count;
  const silence = schema.getSubscriptionType()?.getFields().silence;
  if (!field || !silence) throw new Error('the schema has no such field');
  silence.subscribe = async function* none(_source, _args, { signal }: { signal: AbortSignal }) {
    if (!signal.aborted) await once(signal, 'abort');
    yield* [];
  };
  field.resolve = () => {
    asked.count += 1;
    return asked.count;
  };
  const http = createServer();
  const sockets = new SocketServer({
    schema,
    services: {} as Services,
    logger: pino({ level: 'silent' }),
    prepared: new PreparedOperations(schema, []),
    validationRules: [],
    admit: ({ headers }) => ({ authorization: headers.authorization }),
    credentials,
    newRequestId: () => 'id',
    largestMessage: 2 * 1024 * 1024,
    mostSubscriptions: 1,
    lookEveryMs: 10,
    goodbyeMs: 200,
    ...options,
  });
  sockets.attach(http);
  const port = await listen(http);
  const url = `ws://127.0.0.1:${port}/graphql`;
  stops.push(async () => {
    await sockets.close();
    await close(http);
  });
  return { asked, credentials, port, url };
}

const init = (authorization: string) => ({ type: 'connection_init', payload: { authorization } });

/** Tries to come in; answers the code with which it was closed, or the open connection. */
async function enter(url: string, name: string): Promise<number | WebSocket> {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify(init(name))));
    socket.on('message', () => resolve(socket));
    socket.on('close', (code) => resolve(code));
  });
}

describe('a connection that has to go', () => {
  test('is cut off if its client does not answer the goodbye, and does nothing more until then', async () => {
    const { asked, credentials, port } = await start();
    const client = await RawWebSocket.open(port);
    client.send(init('ada'));
    await client.got('connection_ack');
    client.send({ id: '1', type: 'subscribe', payload: { query: '{ count }' } });
    await client.got('complete');
    credentials.revoked.add('ada');
    expect(await client.farewell()).toBe(4403);
    client.send({ id: '2', type: 'subscribe', payload: { query: '{ count }' } });
    await client.gone;
    expect(asked.count).toBe(1);
  });
});

describe('before it is known who is there', () => {
  test('a client is refused as soon as it has sent more than a credential takes', async () => {
    const { port } = await start();
    const client = await RawWebSocket.open(port);
    client.begin(1_500_000, `{"type":"connection_init","payload":{"authorization":"${'a'.repeat(100_000)}`);
    expect(await client.farewell()).toBe(4403);
    await client.gone;
  });

  test('those that say nothing, are refused or speak another protocol are not kept beyond a limit', async () => {
    const { port, url } = await start({ mostWaiting: 3, goodbyeMs: 3_600_000 });
    const clients: RawWebSocket[] = [];
    let gone = 0;
    for (let n = 0; n < 12; n += 1) {
      const client = await RawWebSocket.open(port, n % 3 === 1 ? 'graphql-ws' : 'graphql-transport-ws');
      clients.push(client);
      void client.gone.then(() => {
        gone += 1;
      });
      if (n % 3 === 2) {
        client.send(init('nobody'));
        expect(await client.farewell()).toBe(4403);
      }
    }
    expect(await eventually(() => gone === 9)).toBe(true);
    const good = await enter(url, 'ada');
    expect(good).toBeInstanceOf(WebSocket);
    for (const client of clients) client.destroy();
  });

  test('those whose credentials are still being checked count among them', async () => {
    const { credentials, port, url } = await start({ mostWaiting: 3 });
    let checks = 0;
    credentials.before = (name) => {
      if (name !== 'nobody slow') return Promise.resolve();
      checks += 1;
      return new Promise(() => undefined);
    };
    const slow: RawWebSocket[] = [];
    let gone = 0;
    for (let n = 1; n <= 8; n += 1) {
      const client = await RawWebSocket.open(port);
      slow.push(client);
      void client.gone.then(() => {
        gone += 1;
      });
      client.send(init('nobody slow'));
      expect(await eventually(() => checks === n)).toBe(true);
    }
    expect(await eventually(() => gone === 5)).toBe(true);
    expect(await enter(url, 'ada')).toBeInstanceOf(WebSocket);
    for (const client of slow) client.destroy();
  });
});

describe('the connections of an identity', () => {
  test('are counted once each, however they come and go at once', async () => {
    const { credentials, url } = await start({ perIdentity: { sockets: 4, subscriptions: 1 } });
    credentials.before = () => new Promise((resolve) => setImmediate(resolve));
    const leave = [
      (socket: WebSocket) => socket.close(),
      (socket: WebSocket) => socket.terminate(),
      (socket: WebSocket) => socket.send('{"type":"connection_init"}'),
      (socket: WebSocket) => socket.send('no message'),
    ];
    const rush = Array.from({ length: 60 }, async (_, n) => {
      const socket = new WebSocket(url, 'graphql-transport-ws');
      socket.on('error', () => undefined);
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.on('open', () => {
        socket.send(JSON.stringify(init('ada')));
        // Half of them go while it is being looked who they are.
        if (n % 2 === 0) leave[n % 4]?.(socket);
      });
      socket.on('message', () => leave[n % 4]?.(socket));
      await closed;
    });
    await Promise.all(rush);
    const kept: WebSocket[] = [];
    const isIn = async () => {
      const entered = await enter(url, 'ada');
      if (typeof entered === 'number') return false;
      return kept.push(entered) === 4;
    };
    expect(await eventually(isIn)).toBe(true);
    expect(await enter(url, 'ada')).toBe(4429);
    expect(await enter(url, 'bob')).toBeInstanceOf(WebSocket);
  });

  test('that were one too many are not tried again by a client of graphql-ws, which is told why', async () => {
    const { url } = await start({ perIdentity: { sockets: 1, subscriptions: 1 } });
    expect(await enter(url, 'ada')).toBeInstanceOf(WebSocket);
    const connectionParams = { authorization: 'ada' };
    const client = createClient({ url, webSocketImpl: WebSocket, connectionParams, retryAttempts: 1 });
    const failure = await client
      .iterate({ query: '{ count }' })
      .next()
      .catch(({ code, reason }: { code: number; reason: string }) => ({ code, reason }));
    const reason = 'TOO_MANY_REQUESTS: an identity has at most 1 connections';
    expect(failure).toEqual({ code: 4429, reason });
    await client.dispose();
  });
});

describe('the subscriptions of an identity', () => {
  const SUBSCRIPTION = 'subscription { silence }';

  test('are counted once each, however they begin and end at once on several connections', async () => {
    const { url } = await start({ perIdentity: { sockets: 10, subscriptions: 3 }, mostSubscriptions: 100 });
    const sockets: WebSocket[] = [];
    for (let n = 0; n < 6; n += 1) {
      const socket = await enter(url, 'ada');
      if (typeof socket === 'number') throw new Error('it was not let in');
      sockets.push(socket);
    }
    const say = (socket: WebSocket | undefined, message: object) => socket?.send(JSON.stringify(message));
    for (let n = 0; n < 300; n += 1) {
      const socket = sockets[n % 6];
      const query = n % 7 === 0 ? 'subscription { nothing }' : SUBSCRIPTION;
      say(socket, { id: `${n}`, type: 'subscribe', payload: { query } });
      if (n % 3 !== 0) say(socket, { id: `${n}`, type: 'complete' });
    }
    const last = await enter(url, 'ada');
    if (typeof last === 'number') throw new Error('it was not let in');
    const refused = new Set<string>();
    const counted = new Set<string>();
    last.on('message', (text) => {
      const { id, type } = JSON.parse(String(text)) as { id: string; type: string };
      if (type === 'error') refused.add(id);
      if (type === 'next') counted.add(id);
    });
    sockets.forEach((socket, n) => {
      if (n % 2 === 0) socket.terminate();
      else socket.close();
    });
    let round = 0;
    const hasThree = async () => {
      round += 1;
      const ids = ['a', 'b', 'c', 'd'].map((name) => `${name}${round}`);
      for (const id of ids) say(last, { id, type: 'subscribe', payload: { query: SUBSCRIPTION } });
      const asked = `asked${round}`;
      say(last, { id: asked, type: 'subscribe', payload: { query: '{ count }' } });
      expect(await eventually(() => counted.has(asked))).toBe(true);
      for (const id of ids) say(last, { id, type: 'complete' });
      const isRefused = ids.map((id) => refused.has(id));
      // Never all four; which of them, as long as others are just going, nobody can tell.
      expect(isRefused).toContain(true);
      return isRefused.indexOf(true) === 3;
    };
    // As often as asked: what the others sent before they went may still be read in between.
    expect(await eventually(hasThree)).toBe(true);
  });
});
