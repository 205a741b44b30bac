import type { JWK } from 'jose';
import type { Admission } from '../../../src/access/identity.ts';
import { openOidc } from '../../../src/identity/open-oidc.ts';
import { until } from '../../http/support.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { AUDIENCE, providerKey, RealProvider } from '../../support/real-provider.ts';

let provider: RealProvider;
let first: JWK;
let second: JWK;
beforeAll(async () => {
  [first, second] = await Promise.all([providerKey('first'), providerKey('second')]);
});
beforeEach(async () => {
  provider = await RealProvider.start(first);
});
afterEach(() => provider.close());

function setUp() {
  const clock = new FakeClock(Date.now());
  const lines: Record<string, unknown>[] = [];
  const log = (details: object, message: string) => void lines.push({ ...details, message });
  const { tokens, stop } = openOidc({
    settings: {
      ...{ issuer: provider.issuer, audiences: [AUDIENCE], groupsClaim: 'groups', toleranceSeconds: 30 },
      algorithms: ['ES256'],
    },
    administrators: ['group:/ledger-admins'],
    clock,
    logger: { info: log, warn: log, error: log },
    metrics: { lookedForKeys: () => {}, watchOidc: () => {} },
  });
  return { clock, tokens, lines, stop };
}

const reasonOf = (admission: Admission) => (admission.ok ? 'let in' : admission.reason);

test('a person is let in by code and PKCE, and by nothing else that comes with the access token', async () => {
  const { tokens, stop } = setUp();
  const { access_token, id_token, refresh_token } = await provider.personTokens();
  expect(await tokens.check(access_token)).toMatchObject({
    ok: true,
    identity: {
      actor: { kind: 'USER', id: `oidc:${provider.issuer}#ada`, name: 'Ada Lovelace', auth: 'oidc' },
      standing: { groups: ['/ledger-admins', '/ledger-editors'], isAdministrator: true },
    },
  });
  const fetches = provider.asked.length;
  expect(reasonOf(await tokens.check(id_token ?? ''))).toMatch(/^it is for another audience.* ID token, by its nonce$/);
  expect(reasonOf(await tokens.check(refresh_token ?? ''))).toMatch(/^it has one part as an opaque token has/);
  expect(provider.asked).toHaveLength(fetches);
  stop();
});

test('a pipeline is let in as a client by client credentials', async () => {
  const { tokens, stop } = setUp();
  expect(await tokens.check((await provider.pipelineTokens()).access_token)).toMatchObject({
    ok: true,
    identity: {
      actor: { kind: 'CLIENT', id: `oidc-client:${provider.issuer}#pipeline`, name: 'pipeline' },
      standing: { groups: [], isAdministrator: false },
    },
  });
  stop();
});

test('a new key is known within half a minute, and one that was taken away is forgotten within ten', async () => {
  const { clock, tokens, stop } = setUp();
  const old = (await provider.pipelineTokens()).access_token;
  expect(reasonOf(await tokens.check(old))).toBe('let in');
  provider.signsWith(second, first);
  const next = (await provider.pipelineTokens()).access_token;
  expect(reasonOf(await tokens.check(next))).toMatch(/none of its kid/);
  await clock.pass(30_000);
  expect(reasonOf(await tokens.check(next))).toBe('let in');
  expect(reasonOf(await tokens.check(old))).toBe('let in');
  expect(provider.fetches).toBe(2);
  provider.signsWith(second);
  const kept = (await provider.personTokens()).access_token;
  await clock.pass(600_000);
  expect(reasonOf(await tokens.check(old))).toMatch(/none of its kid/);
  expect(reasonOf(await tokens.check(kept))).toBe('let in');
  stop();
});

test('while it is away, requests that run are let in by what is known, without waiting', async () => {
  const { clock, tokens, lines, stop } = setUp();
  const [one, other] = [await provider.pipelineTokens(), await provider.personTokens()];
  expect(reasonOf(await tokens.check(one.access_token))).toBe('let in');
  provider.goesAway();
  await clock.pass(3_000_000);
  const all = await Promise.all([one, other, one, other].map(({ access_token }) => tokens.check(access_token)));
  expect(all.map(reasonOf)).toEqual(Array(4).fill('let in'));
  expect(lines.map(({ message }) => message)).toContain(
    "the issuer's keys could not be looked for; those that are known serve for an hour",
  );
  provider.signsWith(first);
  await clock.pass(30_000);
  await until(() => lines.at(-1)?.message === "the issuer's keys are there");
  stop();
});
