import { newApiToken } from '../../src/access/api-token.ts';
import type { Admission, Identity } from '../../src/access/identity.ts';
import { BearerCredentials } from '../../src/identity/credentials.ts';
import { BURST, RefusalLog } from '../../src/identity/refusal-log.ts';
import { FakeClock } from '../support/fake-clock.ts';

const SECOND = 1_000;

const person: Identity = {
  actor: { kind: 'USER', id: 'oidc:https://id.example.com#ada', name: 'ada', auth: 'oidc' },
  standing: { groups: [], isAdministrator: false },
};
const pipeline: Identity = {
  actor: { kind: 'TOKEN', id: 'token:abc', name: 'ci', auth: 'token' },
  standing: { groups: [], isAdministrator: false, token: { id: 'abc' } },
};
const JWT = 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln';

function setUp({ oidc = true } = {}) {
  const clock = new FakeClock();
  const lines: Record<string, unknown>[] = [];
  const counts: string[] = [];
  const looked: string[] = [];
  let answer: Admission = { ok: true, identity: pipeline };
  const credentials = new BearerCredentials({
    apiTokens: {
      check: async (text) => {
        looked.push(text);
        return answer;
      },
      holds: async ({ actor }) => actor === pipeline.actor,
    },
    oidc: oidc
      ? {
          check: async (text) =>
            text === JWT ? { ok: true, identity: person } : { ok: false, reason: 'it is not a JWT, though it is long' },
          holds: ({ actor }) => actor === person.actor,
        }
      : undefined,
    clock,
    log: new RefusalLog(clock, (details, message) => lines.push({ ...details, message })),
    counted: (kind, outcome) => counts.push(`${kind} ${outcome}`),
  });
  const fails = (reason = 'there is no such API token') => {
    answer = { ok: false, reason };
  };
  const succeeds = () => {
    answer = { ok: true, identity: pipeline };
  };
  return { clock, credentials, lines, counts, looked, fails, succeeds };
}

describe('a credential', () => {
  test.each([`Bearer ${JWT}`, `bearer ${JWT}`, `BEARER   ${JWT} `])('is a JWT: %s', async (authorization) => {
    const { credentials, counts, lines } = setUp();
    expect(await credentials.check(authorization)).toEqual({ ok: true, identity: person });
    expect(counts).toEqual(['oidc admitted']);
    expect(lines).toEqual([]);
  });

  test('is an API token by how it begins', async () => {
    const { credentials, counts, looked } = setUp({ oidc: false });
    const { text } = newApiToken('shop');
    expect(await credentials.check(`Bearer ${text}`)).toEqual({ ok: true, identity: pipeline });
    expect(looked).toEqual([text]);
    expect(counts).toEqual(['token admitted']);
  });

  test.each([
    [undefined, 'none', 'there is no credential'],
    ['', 'none', 'there is no credential'],
    ['Bearer', 'other', 'it is not of the form: Bearer, a space, and a token'],
    ['Bearer ', 'other', 'it is not of the form: Bearer, a space, and a token'],
    [JWT, 'other', 'it is not of the form: Bearer, a space, and a token'],
    [`Basic ${JWT}`, 'other', 'it is not of the form: Bearer, a space, and a token'],
    [`Bearer\t${JWT}`, 'other', 'it is not of the form: Bearer, a space, and a token'],
    [`Bearer ${JWT}, Bearer ${JWT}`, 'other', 'it is not of the form: Bearer, a space, and a token'],
    [`Bearer ${JWT}\n`, 'other', 'it is not of the form: Bearer, a space, and a token'],
    [`Bearer ${'x'.repeat(1024 * 1024)}`, 'other', 'it has more than 16384 characters'],
    ['Bearer canary', 'oidc', 'it is not a JWT, though it is long'],
  ])('is not %j, and the log tells why', async (authorization, kind, reason) => {
    const { credentials, counts, lines } = setUp();
    expect(await credentials.check(authorization, 'r1')).toEqual({ ok: false, reason });
    expect(counts).toEqual([`${kind} refused`]);
    expect(lines).toEqual([{ reason, requestId: 'r1', message: 'a credential was refused' }]);
  });

  test('is no JWT where no issuer is configured', async () => {
    const { credentials, lines } = setUp({ oidc: false });
    expect((await credentials.check(`Bearer ${JWT}`)).ok).toBe(false);
    expect(lines).toMatchObject([{ reason: 'it is no API token, and no OIDC_ISSUER is set' }]);
  });

  test('holds as what it is', async () => {
    const { credentials } = setUp();
    expect(await Promise.all([person, pipeline].map((each) => credentials.holds(each)))).toEqual([true, true]);
    const without = setUp({ oidc: false });
    expect(await without.credentials.holds(person)).toBe(false);
  });
});

describe('an API token that failed', () => {
  test('is not looked up again for a minute, once that was no matter of a moment', async () => {
    const { clock, credentials, looked, fails, succeeds } = setUp();
    const authorization = `Bearer ${newApiToken('shop').text}`;
    fails();
    await credentials.check(authorization);
    await clock.pass(2 * SECOND);
    await credentials.check(authorization);
    expect(looked).toHaveLength(2);
    succeeds();
    for (let n = 0; n < 59; n += 1) {
      expect((await credentials.check(authorization)).ok).toBe(false);
      await clock.pass(SECOND);
    }
    expect(looked).toHaveLength(2);
    await clock.pass(SECOND);
    expect((await credentials.check(authorization)).ok).toBe(true);
  });

  test('is let in a second later, when it was issued elsewhere a moment ago', async () => {
    const { clock, credentials, fails, succeeds } = setUp();
    const authorization = `Bearer ${newApiToken('shop').text}`;
    fails();
    await credentials.check(authorization);
    await clock.pass(SECOND);
    succeeds();
    expect((await credentials.check(authorization)).ok).toBe(true);
  });
});

describe('the log of refused credentials', () => {
  test('has a line for each, and in a flood their number by reason', async () => {
    const clock = new FakeClock();
    const lines: Record<string, unknown>[] = [];
    const log = new RefusalLog(clock, (details, message) => lines.push({ ...details, message }));
    for (let n = 0; n < 5_000; n += 1) log.refused(n % 5 === 0 ? 'it has expired' : 'it has no sub', `r${n}`);
    expect(lines).toHaveLength(BURST);
    await clock.pass(10 * SECOND);
    expect(lines.slice(BURST)).toEqual([
      {
        ...{ count: 4_900, reasons: { 'it has expired': 980, 'it has no sub': 3_920 } },
        message: 'more credentials were refused than have a line each',
      },
    ]);
    log.refused('it has expired', undefined);
    expect(lines.at(-1)).toEqual({ reason: 'it has expired', message: 'a credential was refused' });
    await clock.pass(60 * SECOND);
    expect(lines).toHaveLength(BURST + 2);
  });
});
