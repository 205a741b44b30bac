import type { FastifyPluginAsync } from 'fastify';
import { StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';
import { Metrics } from '../../src/http/metrics.ts';
import { KnownTokens } from '../support/known-tokens.ts';
import { type Answer, json, post, sendRaw, startServer, type TestServer } from './support.ts';

const query = { query: '{ viewer }' };

describe('where identities are configured', () => {
  const credentials = new KnownTokens('lovelace');
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({
      credentials,
      metrics: new Metrics(),
      console: { auth: 'required', signIn: undefined },
    });
  });
  afterAll(() => server.server.close());
  beforeEach(() => {
    credentials.checked.length = 0;
    credentials.answer = undefined;
  });

  const ask = (headers: Record<string, string | string[]> = {}) => server.send(post(query, headers));

  test('a request asks as whom its credential names, whatever X-Actor claims', async () => {
    const answer = await ask({ authorization: 'Bearer lovelace', 'x-actor': 'eve' });
    expect(json(answer)).toMatchObject({
      data: { actor: { id: 'oidc:https://id.example.com#lovelace', name: 'lovelace' } },
    });
    expect((await ask({ authorization: 'Bearer lovelace', 'x-actor': ['a', 'b'] })).status).toBe(200);
  });

  test('every reason to refuse a credential has the same words', async () => {
    const answers: Answer[] = [];
    for (const authorization of [
      'Bearer eve',
      'bearer',
      'Basic YTpi',
      'garbage',
      ['Bearer lovelace', 'Bearer lovelace'],
    ]) {
      answers.push(await ask({ authorization }));
    }
    const told = answers.map(({ status, headers, body }) => [status, headers['www-authenticate'], body]);
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
    const [answer] = answers as [Answer];
    expect(answer.status).toBe(401);
    expect(json(answer)).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="proxy-ledger", error="invalid_token", error_description="The request needs a valid credential"',
    );
  });

  test('whoever brings no credential is told so alike, but of no error', async () => {
    const answer = await ask({ 'x-actor': 'lovelace' });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="proxy-ledger"');
    expect(answer.body).toBe((await ask({ authorization: 'Bearer eve' })).body);
  });

  test('nothing of a request is read before its credential is good', async () => {
    const answer = await server.send(post('{"query":'));
    expect(answer.status).toBe(401);
    expect((await server.send(post('x'.repeat(3 * 1024 * 1024), {}))).status).toBe(401);
  });

  test('a web page of elsewhere is refused before its credential is looked at', async () => {
    expect((await ask({ authorization: 'Bearer lovelace', origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask({ authorization: 'Bearer lovelace', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(credentials.checked).toEqual([]);
  });

  test('metrics are for whoever has any credential', async () => {
    expect((await server.send({ path: '/metrics' })).status).toBe(401);
    const answer = await server.send({ path: '/metrics', headers: { authorization: 'Bearer lovelace' } });
    expect(answer.body).toContain('proxy_ledger_commits_total');
  });

  test.each(['/health/live', '/health/ready', '/', '/graphiql/boot.js', '/console.json'])(
    '%s needs none',
    async (path) => {
      expect((await server.send({ path })).status).toBe(200);
      expect(credentials.checked).toEqual([]);
    },
  );

  test('whoever looks after the server may name it as they like', async () => {
    const headers = { host: 'pod-7.cluster.internal', authorization: 'Bearer lovelace' };
    for (const path of ['/health/live', '/health/ready', '/metrics']) {
      expect((await server.send({ path, headers })).status).toBe(200);
    }
    expect(await sendRaw(server.port, 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n')).toContain('200 OK');
    expect((await server.send({ path: '/console.json', headers })).status).toBe(403);
    expect((await ask(headers)).status).toBe(403);
  });

  test('too many checks at once are told as that', async () => {
    credentials.answer = async () => ({ ok: false, reason: 'busy', isBusy: true });
    const answer = await ask({ authorization: 'Bearer lovelace' });
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe('1');
    expect(json(answer)).toMatchObject({
      errors: [{ extensions: { code: 'TOO_MANY_REQUESTS', retryAfterMs: 1_000 } }],
    });
  });

  test('a store that does not answer is told as that', async () => {
    credentials.answer = async () => {
      throw new StoreUnavailableError('down');
    };
    const answer = await ask({ authorization: 'Bearer lovelace' });
    expect(answer.status).toBe(503);
    expect(json(answer)).toMatchObject({ errors: [{ extensions: { code: 'STORE_UNAVAILABLE' } }] });
  });

  test('a token of 1 MiB is refused for its size', async () => {
    const long = 'x'.repeat(1024 * 1024);
    const answer = await sendRaw(
      server.port,
      `GET /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${long}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).not.toContain('xxx');
    expect((await ask({ authorization: `Bearer ${long}` })).status).toBe(431);
  });

  test('the log has nothing of a credential', () => {
    expect(JSON.stringify(server.logged)).not.toMatch(/Bearer|lovelace/);
  });

  test('an upgrade hands on what it brought', () => {
    const request = (headers: Record<string, string[]>) =>
      ({ headersDistinct: { host: ['localhost'], ...headers }, socket: { localAddress: '127.0.0.1' } }) as never;
    expect(server.server.admit(request({ authorization: ['Bearer x'] }))).toEqual({ authorization: 'Bearer x' });
    expect(server.server.admit(request({ 'x-actor': ['a', 'b'] }))).toEqual({ authorization: undefined });
    expect(server.server.admit(request({ origin: ['https://evil.example'] }))).toHaveProperty(
      'refusal.statusCode',
      403,
    );
  });
});

describe('what a page has to know to sign in', () => {
  const told = async (console: Parameters<typeof startServer>[0]) => {
    const server = await startServer(console);
    const answer = await server.send({ path: '/console.json' });
    await server.server.close();
    return answer;
  };

  test('is the issuer with its metadata, the client and what is asked for', async () => {
    const signIn = { issuer: 'https://id.example.com/', scopes: 'openid', authorizeParams: 'audience=a' };
    const metadata = { issuer: signIn.issuer, token_endpoint: 'https://id.example.com/token' };
    const answer = await told({
      console: { auth: 'required', signIn: { ...signIn, clientId: 'console', metadata: async () => metadata } },
    });
    expect(json(answer)).toEqual({ auth: 'required', oidc: { ...signIn, clientId: 'console', metadata } });
    const early = await told({
      console: { auth: 'required', signIn: { ...signIn, clientId: undefined, metadata: async () => undefined } },
    });
    expect(json(early)).toEqual({ auth: 'required', oidc: { ...signIn, clientId: null, metadata: null } });
  });

  test('is that there is no issuer, or nothing at all', async () => {
    expect(json(await told({ console: { auth: 'none', signIn: undefined } }))).toEqual({ auth: 'none', oidc: null });
    expect((await told({})).status).toBe(404);
  });
});

test('GraphiQL may be left out', async () => {
  const server = await startServer({ graphiql: undefined });
  for (const path of ['/', '/graphiql/boot.js']) expect((await server.send({ path })).status).toBe(404);
  await server.server.close();
});

describe('pages of an allowed origin', () => {
  const credentials = new KnownTokens('lovelace');
  const origin = 'https://app.example.com';
  const graphql: FastifyPluginAsync = async (app) => {
    app.post('/graphql', async () => ({ data: {} }));
    app.get('/graphql', async (_request, reply) => reply.code(406).send({}));
  };
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({
      graphql,
      credentials,
      config: { host: '127.0.0.1', port: 0, allowedOrigins: [origin, 'http://localhost:5173'] },
    });
  });
  afterAll(() => server.server.close());

  const corsOf = ({ headers }: Answer) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
  const readable = {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'x-request-id, www-authenticate, retry-after, etag',
  };
  const from = { origin, 'sec-fetch-site': 'cross-site' };

  test('may ask beforehand, without a credential', async () => {
    const headers = {
      ...from,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    };
    const answer = await server.send({ method: 'OPTIONS', path: '/graphql', headers });
    expect(answer).toMatchObject({ status: 204, body: '' });
    expect(corsOf(answer)).toEqual({
      ...readable,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-max-age': '600',
    });
    expect(answer.headers.vary).toMatch(/Origin/);
    const foreign = await server.send({
      method: 'OPTIONS',
      path: '/graphql',
      headers: { ...headers, origin: 'https://evil.example' },
    });
    expect(foreign.status).toBe(403);
    expect(corsOf(foreign)).toEqual({});
  });

  test.each([
    [200, { headers: { ...from, authorization: 'Bearer lovelace' } }],
    [401, { headers: from }],
    [403, { headers: { ...from, host: 'evil.example' } }],
    [404, { path: '/nothing', headers: from }],
    [406, { method: 'GET', headers: { ...from, authorization: 'Bearer lovelace' }, body: '' }],
    [413, { headers: { ...from, authorization: 'Bearer lovelace' }, body: 'x'.repeat(2 * 1024 * 1024 + 1) }],
    [415, { headers: { ...from, authorization: 'Bearer lovelace', 'content-type': 'text/plain' } }],
  ])('may read an answer of %d', async (status, { headers, ...sending }) => {
    const answer = await server.send({ ...post(query, headers), ...sending });
    expect(answer.status).toBe(status);
    expect(corsOf(answer)).toEqual(readable);
    expect(answer.headers.vary).toBe('Origin');
  });

  test('may read that too many credentials are checked', async () => {
    credentials.answer = async () => ({ ok: false, reason: 'busy', isBusy: true });
    const answer = await server.send(post(query, from));
    credentials.answer = undefined;
    expect(answer.status).toBe(429);
    expect(corsOf(answer)).toEqual(readable);
  });

  test.each([
    ['a target that is none', 'GET /%ff HTTP/1.1', '', 400],
    ['headers that are too large', 'GET / HTTP/1.1', `Authorization: Bearer ${'x'.repeat(20_000)}\r\n`, 431],
    ['what is no HTTP', 'GET / HTTP/1.1', 'a b: c\r\n', 400],
  ])('may read what %s is answered', async (_, line, more, status) => {
    const raw = (pageOrigin: string) =>
      sendRaw(server.port, `${line}\r\nHost: localhost\r\nOrigin: ${pageOrigin}\r\nConnection: close\r\n${more}\r\n`);
    const answer = await raw(origin);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(`access-control-allow-origin: ${origin}\r\n`);
    expect(await raw('https://evil.example')).not.toContain('access-control-allow-origin');
  });

  test('may do no more than that: others may not, and this server’s own need not', async () => {
    for (const other of ['https://evil.example', 'http://app.example.com', 'https://app.example.com.', 'null']) {
      const answer = await server.send(post(query, { origin: other, authorization: 'Bearer lovelace' }));
      expect(answer.status).toBe(403);
      expect(corsOf(answer)).toEqual({});
    }
    const own = await server.send(post(query, { origin: server.origin, authorization: 'Bearer lovelace' }));
    expect(own.status).toBe(200);
    expect(corsOf(own)).toEqual({});
  });

  test('may ask for options that ask for nothing', async () => {
    const answer = await server.send({ method: 'OPTIONS', path: '/graphql', headers: from });
    expect(answer.status).toBe(404);
    expect(corsOf(answer)).toEqual(readable);
  });
});

describe('how browsers are told to come', () => {
  const header = async (publicUrl: string | undefined, host?: string) => {
    const config = { host: '127.0.0.1', port: 0, publicUrl: publicUrl === undefined ? undefined : new URL(publicUrl) };
    const server = await startServer({ config });
    const answer = await server.send({ path: '/health/live', headers: host === undefined ? {} : { host } });
    await server.server.close();
    return answer.headers['strict-transport-security'];
  };

  test('is by https alone where the public URL is that', async () => {
    expect(await header('https://ledger.example.com', 'ledger.example.com')).toBe('max-age=31536000');
    expect(await header('http://localhost:4000')).toBeUndefined();
    expect(await header(undefined)).toBeUndefined();
  });

  test('is left to other servers of this machine', async () => {
    expect(await header('https://localhost', 'localhost')).toBeUndefined();
  });
});
