import { Agent } from 'node:http';
import type { FastifyPluginAsync } from 'fastify';
import { gate, json, post, send, sendRaw, startServer, type TestServer, until } from './support.ts';

const CANARY = 'correct-horse-battery';

const graphql: FastifyPluginAsync = async (app) => {
  app.post('/graphql', async (request) => ({ data: { actor: request.identity.actor, body: request.body } }));
  app.get('/graphql', async () => ({ data: {} }));
  app.get('/graphql/broken', async () => {
    throw new Error(`the driver says: mongodb://user:${CANARY}@db`);
  });
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ graphql });
});
afterAll(() => server.server.close());

const error = (code: string, message: unknown = expect.any(String)) => ({
  errors: [{ message, extensions: { code } }],
});

describe('a body', () => {
  test('of 2 MiB is taken, and one byte more is not', async () => {
    const frame = JSON.stringify({ query: '' }).length;
    const limit = 2 * 1024 * 1024;
    const whole = await server.send(post({ query: 'x'.repeat(limit - frame) }));
    expect(whole.status).toBe(200);
    const over = await server.send(post({ query: 'x'.repeat(limit - frame + 1) }));
    expect(over.status).toBe(413);
    expect(json(over)).toEqual(error('PAYLOAD_TOO_LARGE', 'The request body is larger than 2 MiB.'));
  });

  test('too large that does not tell its size is refused as well', async () => {
    const over = await server.send(post(Buffer.alloc(3 * 1024 * 1024, 'x'), { 'transfer-encoding': 'chunked' }));
    expect(over.status).toBe(413);
  });

  test.each([
    ['{"query":', 'The request body is not valid JSON: it ends too early.'],
    ['{', 'The request body is not valid JSON at position 1.'],
    ['', 'The request body is not valid JSON: it is empty.'],
    [`{"password": ${CANARY}}`, /^The request body is not valid JSON( at position \d+)?\.$/],
    [`{"password": "${CANARY}" "x"}`, 'The request body is not valid JSON at position 37.'],
    [
      `{"__proto__": {"password": "${CANARY}"}}`,
      'The request body is not valid JSON: it has the forbidden key __proto__.',
    ],
    [Buffer.from([0x22, 0xff, 0x22]), 'The request body is not valid UTF-8.'],
    [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'The request body is not valid UTF-8.'],
  ])('that is not JSON is refused without being quoted: %s', async (body, message) => {
    const answer = await server.send(post(body));
    expect(answer.status).toBe(400);
    expect(json(answer)).toEqual(
      error('BAD_USER_INPUT', typeof message === 'string' ? message : expect.stringMatching(message)),
    );
    expect(answer.body).not.toContain(CANARY);
  });

  test('may name its members as JavaScript names its own', async () => {
    const answer = await server.send(post({ variables: { constructor: { prototype: 1 }, Zoë: '🦊' } }));
    expect(json(answer)).toMatchObject({ data: { body: { variables: { constructor: { prototype: 1 }, Zoë: '🦊' } } } });
  });

  test('of another type is refused', async () => {
    const answer = await server.send(post('query=x', { 'content-type': 'application/x-www-form-urlencoded' }));
    expect(answer.status).toBe(415);
    expect(json(answer)).toEqual(error('UNSUPPORTED_MEDIA_TYPE'));
  });
});

describe('a request', () => {
  test('for nothing is answered in the form of GraphQL errors, without its path', async () => {
    const answer = await server.send({ path: `/nothing?password=${CANARY}` });
    expect(answer.status).toBe(404);
    expect(json(answer)).toEqual(error('NOT_FOUND'));
  });

  test.each(['/%', '/%zz/graphql', '/%ff'])('with a path that is none is refused: %s', async (path) => {
    const answer = await server.send({ path: `${path}?${CANARY}` });
    expect(answer.status).toBe(400);
    expect(json(answer)).toEqual(error('BAD_USER_INPUT', 'The request target is not a valid path.'));
    expect(answer.body).not.toContain(CANARY);
  });

  test('in the form that proxies get is refused', async () => {
    const answer = await server.send({ path: `http://user:${CANARY}@localhost:${server.port}/graphql` });
    expect(answer.status).toBe(400);
    expect(json(answer)).toEqual(error('BAD_USER_INPUT', 'The request target must be a path.'));
  });

  test.each([
    ['no HTTP at all\r\n\r\n', '400 Bad Request'],
    [
      `GET / HTTP/1.1\r\nhost: localhost\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
    ],
  ])('that is broken is answered in the form of GraphQL errors', async (text, status) => {
    const answer = await sendRaw(server.port, text);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`));
    expect(JSON.parse(body)).toEqual(error('BAD_USER_INPUT'));
  });

  test('smuggled behind another is not served', async () => {
    const answer = await sendRaw(
      server.port,
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\n' +
        'transfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /graphql HTTP/1.1\r\nhost: localhost\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).not.toContain('HTTP/1.1 200');
  });

  test('that fails is masked, and logged whole with the id that the client got', async () => {
    const answer = await server.send({ path: '/graphql/broken' });
    expect(answer.status).toBe(500);
    const requestId = answer.headers['x-request-id'];
    expect(json(answer)).toEqual({
      errors: [{ message: 'Internal error', extensions: { code: 'INTERNAL', requestId } }],
    });
    const line = server.logged.find(({ msg }) => msg === 'a request failed');
    expect(line).toMatchObject({ level: 50, requestId, err: { message: expect.stringContaining('the driver says') } });
  });

  test('has an id of our own making', async () => {
    const ask = () =>
      server.send({ path: '/health/live', headers: { 'x-request-id': 'theirs', 'request-id': 'theirs' } });
    const ids = [await ask(), await ask()].map(({ headers }) => headers['x-request-id']);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[1]).not.toBe(ids[0]);
  });

  test('is answered with headers that keep pages and caches out', async () => {
    for (const path of ['/graphql', '/nothing', '/health/live']) {
      const { headers } = await server.send({ path });
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      });
    }
  });
});

describe('the request log', () => {
  test('tells method, path, status, duration and id, and no more', async () => {
    const quiet = await startServer({ graphql });
    const answer = await quiet.send({
      ...post(
        { query: CANARY, variables: { password: CANARY } },
        { authorization: CANARY, cookie: CANARY, 'x-actor': CANARY },
      ),
      path: `/graphql?query=${CANARY}#${CANARY}`,
    });
    const refused = await quiet.send({ ...post(`{"x": ${CANARY}`), path: `/graphql;${CANARY}` });
    await quiet.send({ path: `http://user:${CANARY}@localhost/` });
    await quiet.server.close();
    expect(answer.status).toBe(200);
    const level = 30;
    expect(quiet.logged).toEqual([
      {
        level,
        time: expect.any(Number),
        pid: expect.any(Number),
        hostname: expect.any(String),
        msg: 'request',
        requestId: answer.headers['x-request-id'],
        method: 'POST',
        path: '/graphql',
        status: 200,
        durationMs: expect.any(Number),
      },
      expect.objectContaining({ path: '/graphql', status: refused.status }),
      expect.objectContaining({ path: '(not a path)', status: 400 }),
    ]);
    expect(JSON.stringify(quiet.logged)).not.toContain(CANARY);
  });

  test('keeps health checks and the files of GraphiQL below info', async () => {
    const quiet = await startServer();
    await quiet.send({ path: '/health/live' });
    await quiet.send({ path: '/graphiql/boot.js' });
    await quiet.server.close();
    expect(quiet.logged.map(({ level }) => level)).toEqual([20, 20]);
  });

  test('tells of a client that went away', async () => {
    const started = gate();
    const end = gate();
    const slow = await startServer({
      graphql: async (app) => {
        app.get('/graphql', async () => {
          started.open();
          await end.passed;
        });
      },
    });
    const leaving = new Agent();
    const answer = slow.send({ path: '/graphql', agent: leaving });
    await started.passed;
    leaving.destroy();
    await expect(answer).rejects.toThrow();
    await until(() => slow.logged.length > 0);
    end.open();
    await slow.server.close();
    expect(slow.logged).toEqual([expect.objectContaining({ path: '/graphql', aborted: true })]);
    expect(slow.logged[0]).not.toHaveProperty('status');
  });
});

describe('health', () => {
  test('is alive, and ready when everything behind is', async () => {
    expect(json(await server.send({ path: '/health/live' }))).toEqual({ status: 'alive' });
    expect(json(await server.send({ path: '/health/ready' }))).toEqual({ status: 'ready' });
  });

  test.each([
    [
      'says so',
      async () => ({ ready: false as const, reason: 'the key "k2" is missing here' }),
      'the key "k2" is missing here',
    ],
    ['fails', () => Promise.reject(new Error(CANARY)), 'the check failed; the log says why'],
    ['hangs', () => new Promise<never>(() => {}), 'no answer within 20 ms'],
  ])('is not ready when what is behind %s, and tells the reason', async (_how, readiness, reason) => {
    const unready = await startServer({ readiness, readinessMs: 20 });
    const answer = await unready.send({ path: '/health/ready' });
    const alive = await unready.send({ path: '/health/live' });
    await unready.server.close();
    expect(answer.status).toBe(503);
    expect(json(answer)).toEqual({ status: 'not ready', reason });
    expect(alive.status).toBe(200);
  });
});

describe('the address', () => {
  test.each([
    ['127.0.0.1', /^http:\/\/127\.0\.0\.1:\d+$/],
    ['127.0.0.2', /^http:\/\/127\.0\.0\.2:\d+$/],
    ['localhost', /^http:\/\/localhost:\d+$/],
  ])('%s is served and told', async (host, form) => {
    const other = await startServer({ config: { host, port: 0 } });
    const { status } = await send(other.origin, { path: '/health/live' });
    await other.server.close();
    expect(other.origin).toMatch(form);
    expect(status).toBe(200);
  });

  test('that is taken is an error that says so', async () => {
    await expect(startServer({ config: { host: '127.0.0.1', port: server.port } })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
