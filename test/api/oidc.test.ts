import { until } from '../http/support.ts';
import { type Answer, startTestApp, type TestApp } from '../support/app.ts';
import { LocalIssuer, type SigningKey, signingKey } from '../support/local-issuer.ts';
import { AUDIENCE, providerKey, RealProvider } from '../support/real-provider.ts';

const VIEWER = '{ viewer { actor { kind identity name } isAdministrator expiresAt } }';
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const LOGGED = 'a credential was refused';

/** What the log says of refused credentials. */
function reasons(app: TestApp): unknown[] {
  const lines = app.lines.map((line) => JSON.parse(line) as { msg: string; reason?: unknown });
  return lines.filter(({ msg }) => msg === LOGGED).map(({ reason }) => reason);
}

function expectUnauthenticated({ status, errors, data }: Answer): void {
  expect({ status, data }).toEqual({ status: 401, data: undefined });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
}

describe('with a real identity provider', () => {
  let provider: RealProvider;
  let app: TestApp;
  beforeAll(async () => {
    provider = await RealProvider.start(await providerKey('first'));
    app = await startTestApp({
      ...{ OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: AUDIENCE, OIDC_ALGORITHMS: 'ES256' },
      ADMINS: `group:/ledger-admins, client:${provider.issuer}#another`,
    });
  });
  afterAll(() => provider.close());

  test('a person and a pipeline are let in as who they are', async () => {
    const [person, pipeline] = [await provider.personTokens(), await provider.pipelineTokens()];
    expect(await app.get(VIEWER, {}, bearer(person.access_token))).toEqual({
      actor: { kind: 'USER', identity: `oidc:${provider.issuer}#ada`, name: 'Ada Lovelace' },
      isAdministrator: true,
      expiresAt: expect.stringMatching(/^\d{4}-.*:\d{2}\.000Z$/),
    });
    expect(await app.get(VIEWER, {}, bearer(pipeline.access_token))).toMatchObject({
      actor: { kind: 'CLIENT', identity: `oidc-client:${provider.issuer}#pipeline`, name: 'pipeline' },
      isAdministrator: false,
    });
  });

  test('what else comes with an access token lets nobody in', async () => {
    const { id_token = '', refresh_token = '' } = await provider.personTokens();
    for (const token of [id_token, refresh_token]) expectUnauthenticated(await app.ask(VIEWER, {}, bearer(token)));
    expect(reasons(app)).toEqual([
      expect.stringMatching(/^it is for another audience/),
      expect.stringMatching(/^it has one part as an opaque token has/),
    ]);
  });

  test('while it is away, whoever brings a token of its is let in', async () => {
    const { access_token } = await provider.personTokens();
    provider.goesAway();
    expect(await app.get(VIEWER, {}, bearer(access_token))).toMatchObject({ isAdministrator: true });
  });
});

describe('with keys that a test holds', () => {
  let issuer: LocalIssuer;
  let key: SigningKey;
  let stranger: SigningKey;
  let app: TestApp;
  beforeAll(async () => {
    [key, stranger] = await Promise.all([signingKey('k1'), signingKey('k1')]);
    issuer = await LocalIssuer.start(key);
    app = await startTestApp({ OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'proxy-ledger' });
    await until(() => issuer.fetches > 0);
  });
  afterAll(() => issuer.close());

  const claims = (others: object = {}) => {
    const now = Math.floor(Date.now() / 1_000);
    return { iss: issuer.url, aud: 'proxy-ledger', sub: 'ada', iat: now, exp: now + 300, ...others };
  };
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  test('hostile tokens get the same words and a line in the log each, and nothing is fetched but keys, once', async () => {
    const good = await key.sign(claims());
    const [, payload, signature] = good.split('.');
    const withHeader = (header: object) => [encoded({ kid: 'k1', ...header }), payload, signature].join('.');
    const hostile = [
      withHeader({ alg: 'none' }),
      withHeader({ alg: 'HS256' }),
      withHeader({ alg: 'ES256', crit: ['exp'] }),
      withHeader({ alg: 'ES256', jku: `${issuer.url}/hostile` }),
      withHeader({ alg: 'ES256', jwk: stranger.jwk }),
      withHeader({ alg: 'ES256', x5u: `${issuer.url}/hostile` }),
      await stranger.sign(claims()),
      await stranger.sign(claims(), { kid: 'unknown' }),
      await key.sign(claims({ iss: 'https://id.example.com' })),
      await key.sign(claims({ aud: 'another' })),
      await key.sign(claims({ exp: 1 })),
      await key.sign(claims({ nbf: 2e9 })),
      await key.sign(claims({ typ: 'ID' })),
      await key.sign(claims({ typ: 'Refresh' })),
      'a.b.c.d.e',
      'ory_at_opaque.token',
      `${good}.`,
      `${good.slice(0, -5)}AAAAA`,
    ];
    const answers = await Promise.all(hostile.map((token) => app.ask(VIEWER, {}, bearer(token))));
    answers.forEach(expectUnauthenticated);
    expect(new Set(answers.map(({ errors }) => errors?.[0]?.message)).size).toBe(1);
    expect(reasons(app)).toHaveLength(hostile.length);
    expect(new Set(reasons(app)).size).toBeGreaterThan(12);
    expect(app.lines.join()).not.toContain('INTERNAL');
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
    expect(await app.get(VIEWER, {}, bearer(good))).toMatchObject({ actor: { name: 'ada' } });
  });

  test('a canary in a token is found nowhere', async () => {
    const canary = 'canary-8c1f';
    const hidden = Buffer.from(canary).toString('base64url').slice(0, 12);
    const good = await key.sign(claims({ jti: canary }));
    const tokens = [good, await stranger.sign(claims({ jti: canary })), `${canary}.x`, canary, `plt_${canary}`];
    const answers = await Promise.all(tokens.map((token) => app.ask(VIEWER, {}, bearer(token))));
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401, 401, 401]);
    const metrics = await fetch(new URL('/metrics', app.url), bearer(good));
    expect(metrics.status).toBe(200);
    const text = await metrics.text();
    expect(text).toContain('proxy_ledger_oidc_keys 1');
    expect(text).toMatch(/proxy_ledger_credentials_total\{kind="oidc",outcome="refused"\} \d+/);
    await app.close();
    const seen = [...app.lines, ...answers.map((answer) => answer.text), text, app.storedBytes().toString('latin1')];
    for (const secret of [canary, hidden, ...tokens, good.split('.')[2] ?? '']) {
      expect(seen.filter((each) => each.includes(secret))).toEqual([]);
    }
  });
});

test('a server whose issuer is away starts, is ready, and says what it lacks', async () => {
  const issuer = await LocalIssuer.start();
  const url = issuer.url;
  await issuer.close();
  const app = await startTestApp({ OIDC_ISSUER: url, OIDC_AUDIENCE: 'proxy-ledger' });
  expect((await fetch(new URL('/health/ready', app.url))).status).toBe(200);
  const key = await signingKey('k1');
  expectUnauthenticated(
    await app.ask(VIEWER, {}, bearer(await key.sign({ iss: url, aud: 'proxy-ledger', sub: 'ada', exp: 2e9 }))),
  );
  expect(reasons(app)).toEqual(["there are no keys of the issuer's, as it could not be reached"]);
  const told = app.lines.map((line) => JSON.parse(line) as { msg: string });
  expect(told).toContainEqual(
    expect.objectContaining({
      ...{ msg: "there are no keys of the issuer's, so that its tokens are refused", level: 50, source: url },
      reason: expect.stringContaining('ECONNREFUSED'),
    }),
  );
});
