import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createAuthority } from '../support/certificates.ts';
import { GraphqlSocket } from '../support/graphql-socket.ts';
import { LocalIssuer, type SigningKey, signingKey } from '../support/local-issuer.ts';

const WHO = '{ viewer { actor { kind identity name } isAdministrator } }';
const SCHEMA = '{ __schema { queryType { name } } }';

let key: SigningKey;
let issuer: LocalIssuer;
beforeAll(async () => {
  key = await signingKey('one');
  issuer = await LocalIssuer.start(key);
});
afterAll(() => issuer.close());

/** A credential of somebody. */
async function bearer(sub: string, claims: object = {}): Promise<string> {
  const exp = Math.floor(Date.now() / 1_000) + 600;
  return `Bearer ${await key.sign({ iss: issuer.url, aud: 'ledger', sub, exp, ...claims })}`;
}

const identities = () => ({
  OIDC_ISSUER: issuer.url,
  OIDC_AUDIENCE: 'ledger',
  ADMINS: `user:${issuer.url}#ada`,
});

describe('where identities are configured', () => {
  const ORIGIN = 'https://app.example.com';
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ ...identities(), INTROSPECTION: 'off', ALLOWED_ORIGINS: ORIGIN });
  });

  test('whoever has a good token asks as themselves', async () => {
    const { status, data } = await app.ask(
      WHO,
      {},
      { headers: { authorization: await bearer('ada'), 'x-actor': 'eve' } },
    );
    const actor = { kind: 'USER', identity: `oidc:${issuer.url}#ada`, name: 'ada' };
    expect({ status, data }).toEqual({ status: 200, data: { viewer: { actor, isAdministrator: true } } });
    const other = await app.get(WHO, {}, { headers: { authorization: await bearer('bob') } });
    expect(other.isAdministrator).toBe(false);
  });

  test.each(['application/json', 'application/graphql-response+json'])('others get 401 as %s', async (accept) => {
    const told = new Set<string>();
    const reasons = [{ exp: 1 }, { aud: 'other' }, { iss: 'https://other.example.com' }];
    const tokens = await Promise.all(reasons.map((claims) => bearer('ada', claims)));
    for (const authorization of [...tokens, 'Bearer plt__0', 'Bearer nonsense', 'nonsense']) {
      const answer = await fetch(app.url, {
        method: 'POST',
        headers: { accept, authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ query: WHO }),
      });
      const { status, headers } = answer;
      told.add(JSON.stringify([status, headers.get('www-authenticate'), await answer.text()]));
      expect(headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
    }
    expect(told.size).toBe(1);
    expect([...told][0]).toMatch(/^\[401,"Bearer .*UNAUTHENTICATED/);
  });

  test('a socket is whose the payload says, and without one whose the header says', async () => {
    const [ada, bob] = [await bearer('ada'), await bearer('bob')];
    const who = async (headers: Record<string, string>, payload?: object) => {
      const socket = await GraphqlSocket.open(app, headers, payload);
      const { data } = await socket.ask('one', WHO);
      socket.close();
      return data.viewer.actor.name;
    };
    expect(await who({}, { authorization: ada })).toBe('ada');
    expect(await who({ authorization: bob })).toBe('bob');
    expect(await who({ authorization: bob }, { authorization: ada })).toBe('ada');
    expect(await who({ origin: ORIGIN }, { authorization: ada })).toBe('ada');
  });

  test('a socket without a good credential is closed', async () => {
    const good = await bearer('ada');
    for (const [headers, payload] of [
      [{}, undefined],
      [{}, { authorization: 'Bearer nonsense' }],
      [{ authorization: good }, { authorization: 'Bearer nonsense' }],
      [{}, { authorization: `Bearer ${'x'.repeat(1024 * 1024)}` }],
    ] as const) {
      const socket = new GraphqlSocket(app, { protocol: 'graphql-transport-ws', headers });
      await socket.opened();
      socket.send({ type: 'connection_init', ...(payload && { payload }) });
      expect((await socket.closed)[0]).toBe(4403);
    }
  });

  test('pages of an origin that is not allowed open no socket', async () => {
    const headers = { origin: 'https://evil.example', authorization: await bearer('ada') };
    const socket = new GraphqlSocket(app, { protocol: 'graphql-transport-ws', headers });
    await expect(socket.opened()).rejects.toThrow('403');
  });

  test('the schema is not told where that is switched off, over HTTP and WebSocket alike', async () => {
    const authorization = await bearer('ada');
    const disabled = {
      message: expect.stringMatching(/^GraphQL introspection has been disabled, but .* "__schema"/),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    };
    const { errors, data } = await app.ask(SCHEMA, {}, { headers: { authorization } });
    expect(data).toBeUndefined();
    expect(errors?.[0]).toMatchObject(disabled);
    const socket = await GraphqlSocket.open(app, {}, { authorization });
    const answer = await socket.ask('one', SCHEMA);
    socket.close();
    expect(answer.errors[0]).toMatchObject(disabled);
    expect((await app.ask('{ __typename }', {}, { headers: { authorization } })).data).toEqual({ __typename: 'Query' });
  });

  test('nothing of a token is in the log', async () => {
    const authorization = await bearer('ada');
    await app.ask(WHO, {}, { headers: { authorization } });
    await app.ask(WHO, {}, { headers: { authorization: `${authorization}x` } });
    const [, token = ''] = authorization.split(' ');
    for (const part of token.split('.')) expect(app.lines.join('')).not.toContain(part);
  });
});

test('a page is told how to sign in, by the addresses that obey the rule of the issuer', async () => {
  issuer.metadata = {
    authorization_endpoint: `${issuer.url}/authorize`,
    token_endpoint: `${issuer.url}/token`,
    end_session_endpoint: 'javascript:alert(1)',
  };
  const app = await startTestApp({
    ...identities(),
    OIDC_CLIENT_ID: 'console',
    OIDC_AUTHORIZE_PARAMS: 'audience=ledger',
  });
  const answer = await fetch(new URL('/console.json', app.url));
  expect(await answer.json()).toEqual({
    auth: 'required',
    oidc: {
      issuer: issuer.url,
      clientId: 'console',
      scopes: 'openid profile email',
      authorizeParams: 'audience=ledger',
      metadata: {
        issuer: issuer.url,
        jwks_uri: `${issuer.url}/keys`,
        authorization_endpoint: `${issuer.url}/authorize`,
        token_endpoint: `${issuer.url}/token`,
      },
    },
  });
  const looks = () => issuer.asked.filter((asked) => asked.includes('openid-configuration')).length;
  const before = looks();
  for (let asked = 0; asked < 5; asked += 1) await fetch(new URL('/console.json', app.url));
  expect(looks()).toBe(before);
  issuer.metadata = {};
});

test('with nothing configured there is GraphiQL, the schema, and nobody to sign in', async () => {
  const app = await startTestApp();
  expect((await app.ask(SCHEMA)).data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  expect(await (await fetch(new URL('/console.json', app.url))).json()).toEqual({ auth: 'none', oidc: null });
  expect(await (await fetch(new URL('/', app.url))).text()).not.toContain('<form');
  expect((await fetch(new URL('/metrics', app.url))).status).toBe(200);
});

test('pages are switched off', async () => {
  const app = await startTestApp({ GRAPHIQL: 'off', CONSOLE: 'off' });
  expect((await fetch(new URL('/', app.url))).status).toBe(404);
  expect((await fetch(new URL('/console.json', app.url))).status).toBe(404);
});

test('queries and subscriptions come over TLS, under the name of the public URL', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'edges-'));
  const authority = await createAuthority();
  const { cert, key: privateKey } = await authority.issue();
  const files = { TLS_CERT_FILE: path.join(directory, 'cert.pem'), TLS_KEY_FILE: path.join(directory, 'key.pem') };
  writeFileSync(files.TLS_CERT_FILE, cert);
  writeFileSync(files.TLS_KEY_FILE, privateKey);
  const app = await startTestApp({ ...identities(), ...files, PUBLIC_URL: 'https://ledger.example.com/' });
  rmSync(directory, { recursive: true });
  expect(app.url).toMatch(/^https:/);

  const authorization = await bearer('ada');
  const options = { ca: authority.ca, servername: 'localhost' };
  const ask = (more: Record<string, string>) =>
    new Promise<string>((resolve, reject) => {
      const headers = { authorization, host: 'ledger.example.com', 'content-type': 'application/json', ...more };
      request(app.url, { ...options, method: 'POST', headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        const { statusCode, headers } = response;
        response.on('end', () => resolve(`${statusCode} ${headers['strict-transport-security']} ${text}`));
      })
        .on('error', reject)
        .end(JSON.stringify({ query: WHO }));
    });
  expect(await ask({})).toMatch(/^200 max-age=31536000 .*"name":"ada"/);
  // An offer of HTTP/2, as some clients make it.
  expect(await ask({ connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' })).toMatch(/^200 .*"name":"ada"/);
  expect(await ask({ authorization: `Bearer ${'x'.repeat(1024 * 1024)}` })).toMatch(/^431 /);

  class TrustingSocket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, {
        ...options,
        headers: { host: 'ledger.example.com', origin: 'https://ledger.example.com' },
      });
    }
  }
  const client = createClient({
    url: app.url.replace('https', 'wss'),
    webSocketImpl: TrustingSocket,
    connectionParams: { authorization },
  });
  for await (const result of client.iterate({ query: WHO })) {
    expect(result.data).toMatchObject({ viewer: { actor: { name: 'ada' } } });
  }
  await client.dispose();
  expect(app.lines.some((line) => line.includes('PRIVATE KEY'))).toBe(false);
});
