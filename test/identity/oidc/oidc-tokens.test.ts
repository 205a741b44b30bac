import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { exportJWK, generateKeyPair } from 'jose';
import type { Admission } from '../../../src/access/identity.ts';
import { KeyKeeper } from '../../../src/identity/oidc/key-keeper.ts';
import { ALGORITHMS, readKeySet } from '../../../src/identity/oidc/key-set.ts';
import { discoveredKeys } from '../../../src/identity/oidc/key-sources.ts';
import { OidcTokens, type TokenRules } from '../../../src/identity/oidc/oidc-tokens.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { LocalIssuer, type SigningKey, signingKey } from '../../support/local-issuer.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let issuer: LocalIssuer;
let key: SigningKey;
let stranger: SigningKey;
beforeAll(async () => {
  [key, stranger] = await Promise.all([signingKey('k1'), signingKey('k1')]);
});
beforeEach(async () => {
  issuer = await LocalIssuer.start(key);
});
afterEach(() => issuer.close());

function setUp(overrides: Partial<TokenRules> = {}) {
  const clock = new FakeClock();
  const rules: TokenRules = {
    issuer: issuer.url,
    audiences: ['proxy-ledger', 'other-name'],
    groupsClaim: 'groups',
    toleranceSeconds: 30,
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
    administrators: [],
    ...overrides,
  };
  const keys = new KeyKeeper({
    ...{ source: discoveredKeys(issuer.url), clock },
    tell: () => {},
    looked: () => {},
  });
  const leftOut: string[] = [];
  const tokens = new OidcTokens({ rules, keys, clock, groupsLeftOut: (actor) => leftOut.push(actor) });
  const now = () => Math.floor(clock.now() / 1_000);
  const claims = (others: Record<string, unknown> = {}) => ({
    ...{ iss: issuer.url, aud: 'proxy-ledger', sub: 'ada', iat: now(), exp: now() + 300 },
    ...others,
  });
  return { clock, keys, tokens, leftOut, now, claims };
}

const reasonOf = (admission: Admission) => (admission.ok ? 'let in' : admission.reason);
const identityOf = (admission: Admission) => {
  if (!admission.ok) throw new Error(admission.reason);
  return admission.identity;
};
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of the issuer', () => {
  test('lets in whom it names, until it ends', async () => {
    const { clock, tokens, claims } = setUp();
    const text = await key.sign(claims({ name: 'Ada Lovelace', groups: ['b', 'a', 'b'], azp: 'console' }));
    const identity = identityOf(await tokens.check(text));
    expect(identity).toMatchObject({
      actor: {
        ...{ kind: 'USER', id: `oidc:${issuer.url}#ada`, name: 'Ada Lovelace', auth: 'oidc' },
        issuer: issuer.url,
      },
      standing: { groups: ['a', 'b'], isAdministrator: false },
      expiresAt: new Date(clock.now() + 300 * SECOND).toISOString(),
      endsAt: clock.now() + 330 * SECOND,
    });
    await clock.pass(329 * SECOND);
    expect(reasonOf(await tokens.check(text))).toBe('let in');
    expect(tokens.holds(identity)).toBe(true);
    await clock.pass(SECOND);
    expect(reasonOf(await tokens.check(text))).toBe('it has expired');
    expect(tokens.holds(identity)).toBe(false);
    expect(issuer.fetches).toBe(1);
  });

  test.each(['client_id', 'azp'])('of a client itself, whose sub is its %s, is of kind CLIENT', async (claim) => {
    const { tokens, claims } = setUp();
    const { actor } = identityOf(await tokens.check(await key.sign(claims({ sub: 'pipeline', [claim]: 'pipeline' }))));
    expect(actor).toEqual({
      ...{ kind: 'CLIENT', id: `oidc-client:${issuer.url}#pipeline`, name: 'pipeline', auth: 'oidc' },
      issuer: issuer.url,
    });
  });

  test.each([undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/JWT'])(
    'may have the typ %s',
    async (typ) => {
      const { tokens, claims } = setUp();
      expect(reasonOf(await tokens.check(await key.sign(claims(), typ === undefined ? {} : { typ })))).toBe('let in');
    },
  );

  test.each([
    ['an audience beside others', { aud: ['account', 'other-name'] }],
    ['a time that is a fraction', { exp: 1_900_000_000.5, iat: 1_700_000_000.25 }],
    ['no iat', { iat: undefined }],
    ['an end beyond all calendars', { exp: 1e300 }],
    ['a subject of 255 characters', { sub: '🦊'.repeat(255) }],
    ['a payload typ of Bearer', { typ: 'Bearer' }],
  ])('may have %s', async (_, others) => {
    const { tokens, claims } = setUp();
    expect(reasonOf(await tokens.check(await key.sign(claims(others))))).toBe('let in');
  });

  test.each([
    ['its name', { name: 'Ada', preferred_username: 'ada' }, 'Ada'],
    ['the next claim, if a name has what nobody sees', { name: 'Ada\u202e', preferred_username: 'ada' }, 'ada'],
    ['the next claim, if the name is too long', { name: 'x'.repeat(201), email: 'ada@example.com' }, 'ada@example.com'],
    ['the next claim, if the name is no text', { name: ['Ada'], email: 'ada@example.com' }, 'ada@example.com'],
    ['its client', { client_id: 'console' }, 'console'],
    ['its subject, if nothing else', {}, 'ada'],
    ['what is left of its subject', { sub: `\u200b${'x'.repeat(250)}` }, 'x'.repeat(200)],
    ['nothing, if there is nothing', { sub: '\u200b' }, '(no name)'],
  ])('calls its actor by %s', async (_, others, name) => {
    const { tokens, claims } = setUp();
    expect(identityOf(await tokens.check(await key.sign(claims(others)))).actor.name).toBe(name);
  });

  test('is read by the names of claims as they stand there', async () => {
    const { tokens, claims } = setUp({ nameClaim: 'https://example.com/name', groupsClaim: 'realm.roles' });
    const text = await key.sign(
      claims({
        ...{ name: 'Ada', 'https://example.com/name': 'Countess' },
        ...{ realm: { roles: ['no'] }, 'realm.roles': '/ledger-admins' },
      }),
    );
    expect(identityOf(await tokens.check(text))).toMatchObject({
      actor: { name: 'Countess' },
      standing: { groups: ['/ledger-admins'] },
    });
  });

  test.each([
    [
      ['b', 1, null, 'a', 'b', '', 'x\u0007', 'y\u2028', '/a'],
      ['/a', 'a', 'b'],
    ],
    ['one', ['one']],
    [{ a: 1 }, []],
    [7, []],
    [undefined, []],
    [
      ['toString', '__proto__'],
      ['__proto__', 'toString'],
    ],
  ])('with the groups %j is of %j', async (groups, expected) => {
    const { tokens, claims } = setUp();
    expect(identityOf(await tokens.check(await key.sign(claims({ groups })))).standing?.groups).toEqual(expected);
  });

  test('has no groups by a name that all objects have', async () => {
    const { tokens, claims } = setUp({ groupsClaim: 'constructor' });
    expect(identityOf(await tokens.check(await key.sign(claims()))).standing?.groups).toEqual([]);
  });

  test.each([
    ['by its user', { sub: 'ada#1,2' }, 'user:ISSUER#ada#1,2', true],
    ['by its client', { sub: 'ci', client_id: 'ci' }, 'client:ISSUER#ci', true],
    ['by a group', { groups: ['/ops', '/team'] }, 'group:/ops', true],
    ['not as a client of a user’s name', { sub: 'ci', client_id: 'ci' }, 'user:ISSUER#ci', false],
    ['not as a user of a client’s name', { sub: 'ci' }, 'client:ISSUER#ci', false],
    ['not by a part of a group’s name', { groups: ['/ops/night'] }, 'group:/ops', false],
  ])('is an administrator’s %s', async (_, others, principal, expected) => {
    const { tokens, claims } = setUp({ administrators: [principal.replace('ISSUER', issuer.url)] });
    const { standing } = identityOf(await tokens.check(await key.sign(claims(others))));
    expect(standing?.isAdministrator).toBe(expected);
  });

  test.each([
    ['names where they are', { _claim_names: { groups: 'src1' }, _claim_sources: {} }, 1],
    ['says that there are some', { hasgroups: true }, 1],
    ['names where others are', { _claim_names: { roles: 'src1' } }, 0],
  ])('that left groups out, and %s, is told of', async (_, others, times) => {
    const { tokens, claims, leftOut } = setUp();
    const text = await key.sign(claims(others));
    expect(reasonOf(await tokens.check(text))).toBe('let in');
    await tokens.check(text);
    expect(leftOut).toHaveLength(times);
  });

  test.each(ALGORITHMS)('may be signed by %s, where the settings say so, and not where they do not', async (alg) => {
    const signer = await signingKey('k2', alg);
    issuer.keys = [signer.jwk];
    const { tokens, claims } = setUp({ algorithms: [alg] });
    const text = await signer.sign(claims());
    expect(reasonOf(await tokens.check(text))).toBe('let in');
    const others = setUp({ algorithms: ALGORITHMS.filter((other) => other !== alg) });
    expect(reasonOf(await others.tokens.check(text))).toBe('OIDC_ALGORITHMS has not its alg');
  });

  test.each([
    ['EdDSA', 'Ed25519'],
    ['Ed25519', 'EdDSA'],
  ])('signed by %s is checked with a key that says %s', async (alg, told) => {
    const signer = await signingKey('k2', alg);
    issuer.keys = [{ ...signer.jwk, alg: told }];
    const { tokens, claims } = setUp();
    expect(reasonOf(await tokens.check(await signer.sign(claims())))).toBe('let in');
  });

  test('without a kid is tried with each key that fits', async () => {
    const others = await Promise.all([signingKey('a'), signingKey('b', 'RS256'), signingKey('c')]);
    issuer.keys = [...others, key].map(({ jwk: { kid: _, ...jwk } }) => jwk);
    const { tokens, claims } = setUp();
    expect(reasonOf(await tokens.check(await key.sign(claims(), { kid: undefined })))).toBe('let in');
  });
});

describe('without a look at the keys', () => {
  const wrong = 'it is for another audience: OIDC_AUDIENCE is "proxy-ledger" or "other-name"';
  const ask =
    'it has no audience: have the issuer put "proxy-ledger" or "other-name" (OIDC_AUDIENCE) into aud, by a mapper or as ' +
    'what clients ask for';
  const noSub = 'its sub has not 1 to 255 characters';
  const future = 'it was issued in the future, by its iat: the clocks of the issuer and of this server differ';
  const year = 2_000_000_000;

  test.each<[string, Record<string, unknown>, string]>([
    ['an ID token that says so', { typ: 'ID' }, "it is an ID token, as its payload's typ says, not an access token"],
    ['a refresh token', { typ: 'Refresh' }, "it is a refresh token, as its payload's typ says, not an access token"],
    ['a logout token', { typ: 'Logout' }, "it is a logout token, as its payload's typ says, not an access token"],
    ['an ID token of a client', { aud: 'console', nonce: 'n' }, `${wrong}; it looks like an ID token, by its nonce`],
    ['another audience', { aud: ['account'], azp: 'proxy-ledger' }, wrong],
    ['a longer audience', { aud: 'proxy-ledger/' }, wrong],
    ['an audience within a text', { aud: [['proxy-ledger']] }, wrong],
    ['no audience', { aud: undefined }, ask],
    ['an empty list of audiences', { aud: [] }, ask],
    ['an empty audience', { aud: '' }, ask],
    ['no subject', { sub: undefined }, 'it has no sub'],
    ['a number for a subject', { sub: 7 }, 'it has no sub'],
    ['an empty subject', { sub: '' }, noSub],
    ['a subject of 256 characters', { sub: 'x'.repeat(256) }, noSub],
    ['a subject with a line end', { sub: 'ada\n' }, 'its sub has control characters'],
    ['half a character in a subject', { sub: 'ada\ud800' }, 'its sub has control characters'],
    ['no end', { exp: undefined }, 'it has no exp: it would never expire'],
    ['a text for an end', { exp: `${year}` }, 'it has no exp: it would never expire'],
    ['an end that has passed', { exp: 1 }, 'it has expired'],
    ['a beginning to come', { nbf: year }, 'it is not valid yet, by its nbf'],
    ['a text for a beginning', { nbf: '1' }, 'it is not valid yet, by its nbf'],
    ['an issue to come', { iat: year }, future],
    [
      'a proof that is asked for',
      { cnf: { jkt: 'x' } },
      'it is bound to a key by cnf, whose proof is not checked here',
    ],
    ['another issuer', { iss: 'https://id.example.com' }, 'its iss is not OIDC_ISSUER to the letter'],
    ['no issuer', { iss: undefined }, 'its iss is not OIDC_ISSUER to the letter'],
  ])('%s is refused, and the reason named', async (_, others, reason) => {
    const { tokens, claims } = setUp();
    expect(await tokens.check(await key.sign(claims(others)))).toEqual({ ok: false, reason });
    expect(issuer.asked).toEqual([]);
  });

  test('an issuer that differs by its last slash is named as that', async () => {
    const { tokens, claims } = setUp();
    const text = await key.sign(claims({ iss: `${issuer.url}/` }));
    expect(reasonOf(await tokens.check(text))).toMatch(/differ by the slash at the end$/);
    expect(issuer.asked).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['a logout token', { typ: 'logout+jwt' }, /typ of its header/],
    ['a typ that is no text', { typ: 7 }, /typ of its header/],
    ['no alg', { alg: undefined }, /names no alg/],
    ['alg none', { alg: 'none' }, /not signed/],
    ['alg None', { alg: 'None' }, /not signed/],
    ['a shared secret', { alg: 'HS256' }, /HMAC/],
    ['an alg that was not chosen', { alg: 'ES512' }, /has not its alg/],
    ['an alg that nobody knows', { alg: 'constructor' }, /has not its alg/],
    ['an extension', { crit: ['b64'], b64: false }, /crit/],
    ['a place for keys', { jku: 'https://keys.example.com' }, /jku/],
    ['a key of its own', { jwk: { kty: 'EC' } }, /jwk/],
    ['a place for a certificate', { x5u: 'https://keys.example.com' }, /x5u/],
    ['a kid that is no text', { kid: 7 }, /kid/],
  ])('%s in the header is refused, and the reason named', async (_, others, reason) => {
    const { tokens, claims } = setUp();
    const [, ...rest] = (await key.sign(claims())).split('.');
    const header = encoded({ alg: 'ES256', kid: 'k1', ...others });
    expect(reasonOf(await tokens.check([header, ...rest].join('.')))).toMatch(reason);
    expect(issuer.asked).toEqual([]);
  });

  test.each([
    ['an opaque token', 'ory_at_abc.def', /^it has two parts as an opaque token has/],
    ['a word', 'secret', /^it has one part as an opaque token has/],
    [
      'an encrypted token',
      `${encoded({ alg: 'A256GCMKW', enc: 'A256GCM' })}.a.b.c.d`,
      /^it has five parts, as an encrypted/,
    ],
    ['four parts', 'a.b.c.d', /^it has 4 parts/],
    ['three parts of something else', 'a.b.c', /^it is not a JWT/],
    ['a list for a header', `${encoded([])}.${encoded({})}.c`, /^it is not a JWT/],
    ['no claims', `${encoded({ alg: 'ES256' })}.${encoded(null)}.c`, /^it is not a JWT/],
    ['no signature', `${encoded({ alg: 'ES256' })}.${encoded({})}.`, /^it is not a JWT/],
    ['what is not base64url', `${encoded({ alg: 'ES256' })}.${encoded({})}=.c`, /^it is not a JWT/],
    [
      'bytes that are no text',
      `${encoded({ alg: 'ES256' })}.${Buffer.from([0xff]).toString('base64url')}.c`,
      /^it is not/,
    ],
  ])('%s is refused, and the reason named', async (_, text, reason) => {
    const { tokens } = setUp();
    expect(reasonOf(await tokens.check(text))).toMatch(reason);
    expect(issuer.asked).toEqual([]);
  });
});

describe('signatures', () => {
  const forged = "its signature is not that of the issuer's key";

  test('of another key under the same kid let nobody in', async () => {
    const { tokens, claims } = setUp();
    expect(reasonOf(await tokens.check(await stranger.sign(claims())))).toBe(forged);
  });

  test('count for what they were made for', async () => {
    const { tokens, claims } = setUp();
    const [header, , signature] = (await key.sign(claims())).split('.');
    expect(reasonOf(await tokens.check(`${header}.${encoded(claims({ sub: 'eve' }))}.${signature}`))).toBe(forged);
  });

  test('by the public key as a shared secret let nobody in', async () => {
    const { tokens, claims } = setUp({ algorithms: ['HS256', 'ES256'] });
    const body = `${encoded({ alg: 'HS256', kid: 'k1' })}.${encoded(claims())}`;
    const signature = createHmac('sha256', JSON.stringify(key.jwk)).update(body).digest('base64url');
    expect(reasonOf(await tokens.check(`${body}.${signature}`))).toMatch(/HMAC/);
  });

  test('are not looked at by a key that is for another algorithm', async () => {
    const signer = await signingKey('k2', 'PS256');
    issuer.keys = [{ ...signer.jwk, alg: 'RS256' }];
    const { tokens, claims } = setUp();
    expect(reasonOf(await tokens.check(await signer.sign(claims())))).toBe('the key of its kid is not for its alg');
  });

  test('without a kid are not looked at where no key is for the algorithm', async () => {
    const signer = await signingKey('k2', 'EdDSA');
    const { tokens, claims } = setUp();
    const text = await signer.sign(claims(), { kid: undefined });
    expect(reasonOf(await tokens.check(text))).toBe("the issuer's keys have none for its alg");
  });

  test('that failed are not looked at again for a minute, unless the keys change', async () => {
    const { clock, tokens, claims } = setUp();
    const text = await stranger.sign(claims());
    expect(reasonOf(await tokens.check(text))).toBe(forged);
    issuer.keys = [stranger.jwk];
    await clock.pass(31 * SECOND);
    expect(reasonOf(await tokens.check(text))).toBe(forged);
    // Somebody else meets a kid that is not there.
    expect(reasonOf(await tokens.check(await key.sign(claims(), { kid: 'other' })))).toMatch(/none of its kid/);
    expect(reasonOf(await tokens.check(text))).toBe('let in');
  });

  test('are looked at once for a token that comes many times at once', async () => {
    const { tokens, claims } = setUp();
    const text = await key.sign(claims());
    const answers = await Promise.all(Array.from({ length: 20 }, () => tokens.check(text)));
    expect(new Set(answers.map(identityOf)).size).toBe(1);
  });
});

describe('when keys change', () => {
  test('a new key is found within half a minute, by one fetch', async () => {
    const { clock, tokens, claims } = setUp();
    expect(reasonOf(await tokens.check(await key.sign(claims())))).toBe('let in');
    const next = await signingKey('k2');
    issuer.keys = [key.jwk, next.jwk];
    const text = await next.sign(claims());
    for (let n = 0; n < 5; n += 1)
      expect(reasonOf(await tokens.check(text))).toBe("the issuer's keys have none of its kid");
    await clock.pass(30 * SECOND);
    expect(reasonOf(await tokens.check(text))).toBe('let in');
    expect(issuer.fetches).toBe(2);
  });

  test('a key that was taken away lets nobody in after 10 minutes, those who were let in by it included', async () => {
    const { clock, tokens, claims } = setUp();
    const next = await signingKey('k2');
    issuer.keys = [key.jwk, next.jwk];
    const [old, kept] = await Promise.all([key.sign(claims({ exp: 2e9 })), next.sign(claims({ exp: 2e9 }))]);
    const [gone, stays] = [identityOf(await tokens.check(old)), identityOf(await tokens.check(kept))];
    issuer.keys = [next.jwk];
    await clock.pass(10 * MINUTE);
    expect(reasonOf(await tokens.check(old))).toBe("the issuer's keys have none of its kid");
    expect(reasonOf(await tokens.check(kept))).toBe('let in');
    expect([tokens.holds({ ...gone }), tokens.holds({ ...stays })]).toEqual([false, true]);
  });

  test('hostile kids make no storm of fetches', async () => {
    const { clock, tokens, claims } = setUp();
    for (let n = 0; n < 120; n += 1) {
      await tokens.check(await stranger.sign(claims(), { kid: `k${n + 10}` }));
      await clock.pass(SECOND);
    }
    // One at the beginning, and one each 30 s.
    expect(issuer.fetches).toBe(4);
  });
});

describe('while the issuer is away', () => {
  test('what was let in is let in, as is what is new, for an hour', async () => {
    const { clock, tokens, claims } = setUp();
    const old = await key.sign(claims({ exp: 2e9 }));
    expect(reasonOf(await tokens.check(old))).toBe('let in');
    issuer.answer = (request) => request.socket.destroy();
    await clock.pass(59 * MINUTE);
    expect(reasonOf(await tokens.check(await key.sign(claims({ sub: 'eve', exp: 2e9 }))))).toBe('let in');
    expect(reasonOf(await tokens.check(old))).toBe('let in');
    await clock.pass(MINUTE);
    expect(reasonOf(await tokens.check(old))).toBe("there are no keys of the issuer's, as it could not be reached");
    issuer.answer = undefined;
    await clock.pass(30 * SECOND);
    expect(reasonOf(await tokens.check(old))).toBe('let in');
  });

  test('since the start, nobody is let in until it is there', async () => {
    issuer.answer = (_, response) => response.writeHead(503).end();
    const { clock, tokens, claims } = setUp();
    const text = await key.sign(claims());
    expect(reasonOf(await tokens.check(text))).toMatch(/^there are no keys/);
    issuer.answer = undefined;
    expect(reasonOf(await tokens.check(text))).toMatch(/^there are no keys/);
    await clock.pass(30 * SECOND);
    expect(reasonOf(await tokens.check(text))).toBe('let in');
  });
});

describe('a token is let in exactly if', () => {
  test('its audience, times, subject and key are as they must be', async () => {
    const { tokens, claims, now } = setUp();
    const offset = fc.integer({ min: -100, max: 100 });
    await fc.assert(
      fc.asyncProperty(
        fc.option(fc.subarray(['proxy-ledger', 'other-name', 'x', 'Proxy-Ledger']), { nil: undefined }),
        fc.record({ exp: offset, nbf: fc.option(offset), iat: fc.option(offset) }),
        fc.string({ unit: 'grapheme-composite', maxLength: 300 }),
        fc.boolean(),
        async (aud, { exp, nbf, iat }, sub, isTrue) => {
          const times = { exp: now() + exp, ...(nbf !== null && { nbf: now() + nbf }) };
          const told = { aud, sub, ...times, iat: iat === null ? undefined : now() + iat };
          const admission = await tokens.check(await (isTrue ? key : stranger).sign(claims(told)));
          const isSubject = sub !== '' && [...sub].length <= 255 && !/[\p{Cc}\u2028\u2029\p{Surrogate}]/u.test(sub);
          const isNow = exp > -30 && (nbf ?? 0) <= 30 && (iat ?? 0) <= 30;
          const isMeant = (aud ?? []).some((each) => each === 'proxy-ledger' || each === 'other-name');
          expect(admission.ok).toBe(isTrue && isSubject && isNow && isMeant);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a key set', () => {
  test('has those keys alone that signatures can be checked with', async () => {
    const [rsa, ec, ed] = await Promise.all([signingKey('r', 'RS256'), signingKey('e'), signingKey('d', 'EdDSA')]);
    const weak = await exportJWK(
      (await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })).publicKey,
    );
    const { use: _, alg: __, ...bare } = ec.jwk;
    const set = readKeySet({
      keys: [
        { ...rsa.jwk, x5c: ['…'] },
        { ...bare, kid: 'bare' },
        { ...ed.jwk, key_ops: ['verify'] },
        { ...rsa.jwk, kid: 'enc', use: 'enc' },
        { ...rsa.jwk, kid: 'ops', key_ops: ['encrypt'] },
        { ...weak, kid: 'short', n: weak.n?.slice(0, 170) },
        { ...ec.jwk, kid: 'off the curve', x: ec.jwk.y },
        { kty: 'oct', kid: 'secret', k: 'c2VjcmV0' },
        { kty: 'toString', kid: 'odd' },
        ...['text', null, 7],
      ],
    });
    expect(set.keys.map(({ kid }) => kid)).toEqual(['r', 'bare', 'd']);
    expect(set.keys.map(({ jwk }) => Object.keys(jwk).sort().join())).toEqual(['e,kty,n', 'crv,kty,x,y', 'crv,kty,x']);
  });

  test.each([null, [], {}, { keys: {} }, { keys: [] }, { keys: Array(101).fill({ kty: 'EC' }) }])(
    'is not %j',
    (document) => {
      expect(() => readKeySet(document)).toThrow(/key set/);
    },
  );

  test('is the same in whatever order', async () => {
    const [one, other] = await Promise.all([signingKey('a'), signingKey('b')]);
    const printOf = (...keys: SigningKey[]) => readKeySet({ keys: keys.map(({ jwk }) => jwk) }).print;
    expect(printOf(one, other)).toBe(printOf(other, one));
    expect(printOf(one)).not.toBe(printOf(one, other));
  });
});
