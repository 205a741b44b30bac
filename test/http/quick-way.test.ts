import { connect } from 'node:net';
import type { FastifyPluginAsync } from 'fastify';
import type { Admission } from '../../src/access/identity.ts';
import { HttpFault } from '../../src/http/faults.ts';
import type { QuickAnswers } from '../../src/http/quick-way.ts';
import type { Soon } from '../../src/words/after.ts';
import { startServer, type TestServer } from './support.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** The same answers by both ways, so that only their heads can differ; it counts which way they went. */
function twoWays() {
  const went: ('quick' | 'routes')[] = [];
  const answerTo = (body: unknown, actor: unknown): Soon<string> => {
    const { query } = body as { query: string };
    if (query === 'refused') throw new HttpFault(429, 'TOO_MANY_REQUESTS', 'Later.', { 'retry-after': '1' }, 1_000);
    if (query === 'broken later') return Promise.reject(new Error('a fault of ours'));
    const text = JSON.stringify({ data: { actor, body } });
    return query === 'later' ? Promise.resolve(text) : text;
  };
  const quick: QuickAnswers = {
    path: '/graphql',
    typeFor: (accept) => (accept === 'image/png' ? undefined : JSON_TYPE),
    answer(body, { identity }) {
      if ((body as { query?: unknown }).query === 'unsound') return undefined;
      went.push('quick');
      return answerTo(body, identity.actor);
    },
  };
  const graphql: FastifyPluginAsync = async (app) => {
    app.post('/graphql', (request, reply) => {
      went.push('routes');
      reply.type(JSON_TYPE);
      return answerTo(request.body, request.identity.actor);
    });
  };
  return { went, quick, graphql };
}

/** Sends a POST that pages do not send, until its host is known. */
async function knownHost(server: TestServer, headers: Record<string, string> = {}): Promise<void> {
  await post(server, { query: 'first' }, headers);
}

function post(server: TestServer, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return server.send({
    ...{ method: 'POST', path: '/graphql', body: text },
    headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), ...headers },
  });
}

/** What may differ between any two answers. */
function comparable({ status, headers, body }: Awaited<ReturnType<typeof post>>) {
  const { date: _, 'x-request-id': id, ...others } = headers;
  return { status, headers: others, body: body.replaceAll(String(id), 'ID') };
}

/** Browsers say so of a page's own requests; the quick way takes none of theirs. */
const BY_ROUTES = { 'sec-fetch-site': 'same-origin' };

describe('the quick way', () => {
  test.each([
    ['an answer that is there', 'now', 200],
    ['one that comes later', 'later', 200],
    ['a refusal', 'refused', 429],
    ['a fault of the server', 'broken later', 500],
  ])('answers as the routes do: %s', async (_, query, status) => {
    const { went, ...ways } = twoWays();
    const server = await startServer(ways);
    try {
      await knownHost(server);
      went.length = 0;
      const quick = await post(server, { query });
      const byRoutes = await post(server, { query }, BY_ROUTES);
      expect(went).toEqual(['quick', 'routes']);
      expect(quick.status).toBe(status);
      expect(comparable(quick)).toEqual(comparable(byRoutes));
      expect(quick.headers['x-request-id']).not.toBe(byRoutes.headers['x-request-id']);
    } finally {
      await server.server.close();
    }
  });

  test('answers as the routes do where pages of other origins are let in, and where browsers come by https', async () => {
    const { went, ...ways } = twoWays();
    const config = {
      host: '127.0.0.1',
      port: 0,
      allowedOrigins: ['https://a.test'],
      publicUrl: new URL('https://b.test'),
    };
    const server = await startServer({ ...ways, config });
    try {
      const headers = { host: 'b.test' };
      await knownHost(server, headers);
      went.length = 0;
      const quick = await post(server, { query: 'now' }, headers);
      const byRoutes = await post(server, { query: 'now' }, { ...headers, ...BY_ROUTES });
      expect(went).toEqual(['quick', 'routes']);
      expect(comparable(quick)).toEqual(comparable(byRoutes));
      expect(quick.headers).toMatchObject({ vary: 'Origin', 'strict-transport-security': expect.any(String) });
    } finally {
      await server.server.close();
    }
  });

  test.each<[string, unknown, Record<string, string>, number]>([
    ['is not plainly sound', { query: 'unsound' }, {}, 200],
    ['names somebody', { query: 'x' }, { 'x-actor': 'ada' }, 200],
    ['names a prototype', '{"query":"x","__proto__":{}}', {}, 400],
    ['names a prototype in another spelling', '{"query":"x","\\u005f_proto__":{}}', {}, 400],
    ['is not JSON', '{"query":', {}, 400],
    ['has another type', '{"query":"x"}', { 'content-type': 'text/plain' }, 415],
    ['comes from a page elsewhere', { query: 'x' }, { origin: 'https://evil.test' }, 403],
    ['is for another host', { query: 'x' }, { host: 'evil.test' }, 403],
  ])('leaves to the routes what %s', async (_, body, headers, status) => {
    const { went, ...ways } = twoWays();
    const server = await startServer(ways);
    try {
      await knownHost(server);
      went.length = 0;
      const answer = await post(server, body, headers);
      expect(answer.status).toBe(status);
      expect(went).not.toContain('quick');
      const lines = server.logged.filter(({ requestId }) => requestId === answer.headers['x-request-id']);
      expect(lines).toHaveLength(1);
    } finally {
      await server.server.close();
    }
  });

  test('takes no host before the routes found it to be ours', async () => {
    const { went, ...ways } = twoWays();
    const server = await startServer(ways);
    try {
      await knownHost(server);
      await knownHost(server);
      expect(went).toEqual(['routes', 'quick']);
    } finally {
      await server.server.close();
    }
  });

  test('reads a body that comes in pieces, and logs a client that goes away', async () => {
    const { went, ...ways } = twoWays();
    const server = await startServer(ways);
    try {
      await knownHost(server);
      went.length = 0;
      const text = JSON.stringify({ query: 'ä'.repeat(100_000) });
      const head = `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\ncontent-type: application/json\r\n`;
      const bytes = Buffer.from(
        `${head}content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
      );
      const answer = await sent(server.port, [bytes.subarray(0, 50_001), bytes.subarray(50_001)]);
      expect(went).toEqual(['quick']);
      expect(answer).toContain(text);
      await sent(server.port, [bytes.subarray(0, 1_000)], 'leave');
      const gone = () => server.logged.filter(({ aborted }) => aborted === true);
      for (let looks = 0; gone().length === 0 && looks < 500; looks += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(gone()).toMatchObject([{ method: 'POST', path: '/graphql', msg: 'request' }]);
    } finally {
      await server.server.close();
    }
  });

  test.each([
    ['at once', (admission: Admission): Soon<Admission> => admission],
    ['later', (admission: Admission): Soon<Admission> => Promise.resolve(admission)],
  ])('checks a credential once, when it is known %s', async (_, soon) => {
    const { went, ...ways } = twoWays();
    const actor = { kind: 'USER', id: 'oidc:x#ada', name: 'ada', auth: 'oidc' } as const;
    const identity = { actor, standing: { groups: [], isAdministrator: false } };
    const checked: (string | undefined)[] = [];
    const credentials = {
      check(authorization: string | undefined) {
        checked.push(authorization);
        return soon(authorization === 'Bearer good' ? { ok: true, identity } : { ok: false, reason: 'bad' });
      },
      holds: async () => true,
    };
    const server = await startServer({ ...ways, credentials });
    try {
      await knownHost(server, { authorization: 'Bearer good' });
      went.length = 0;
      checked.length = 0;
      const good = await post(server, { query: 'x' }, { authorization: 'Bearer good' });
      expect(JSON.parse(good.body)).toMatchObject({ data: { actor: { name: 'ada' } } });
      const unsound = await post(server, { query: 'unsound' }, { authorization: 'Bearer good' });
      expect(JSON.parse(unsound.body)).toMatchObject({ data: { actor: { name: 'ada' } } });
      const bad = await post(server, { query: 'x' }, { authorization: 'Bearer bad' });
      expect(bad.status).toBe(401);
      expect(bad.headers['www-authenticate']).toContain('invalid_token');
      const none = await post(server, { query: 'x' });
      expect(none.status).toBe(401);
      expect(went).toEqual(['quick', 'routes']);
      expect(checked).toEqual(['Bearer good', 'Bearer good', 'Bearer bad', undefined]);
    } finally {
      await server.server.close();
    }
  });
});

/** What came back before the other side closed. */
function sent(port: number, pieces: readonly Buffer[], then?: 'leave'): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((passed) => setTimeout(passed, 20));
      }
      if (then === 'leave') socket.destroy();
    });
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}
