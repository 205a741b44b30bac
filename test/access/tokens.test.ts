import fc from 'fast-check';
import { nameOfToken, type TokenEvent, tokenId } from '../../src/access/token-events.ts';
import { readIssueToken } from '../../src/access/token-input.ts';
import { applyToTokens, countGoodTokens, goodTokens, tokenTable } from '../../src/access/token-view.ts';
import {
  decideToken,
  evolveToken,
  type IssueToken,
  isGood,
  MOST_ACTIVE_TOKENS,
  type Token,
  type TokenCommand,
  type TokenState,
} from '../../src/access/tokens.ts';
import type { Commit } from '../../src/event-sourcing/event.ts';
import { Table } from '../../src/event-sourcing/tables/table.ts';
import { Faults } from '../../src/words/refusal.ts';
import { expecting } from '../support/decisions.ts';

const newId = tokenId('crm', 'abcdefghijkl');
const sha256 = '00'.repeat(32);
const NOW = '2026-11-28T00:00:00.000Z';
const terms = { now: NOW, mayNeverExpire: false };
const issued: TokenEvent = { type: 'TokenIssued', data: { set: { name: 'ci', role: 'EDITOR' }, sha256 } };
const revoked: TokenEvent = { type: 'TokenRevoked', data: {} };

const issue = (more: Partial<IssueToken> = {}): IssueToken => ({
  ...{ type: 'IssueToken', newId, name: 'ci', role: 'EDITOR', sha256, terms },
  ...more,
});

/** Given these events, when this is commanded beside so many other good tokens, then … */
function given(...events: readonly TokenEvent[]) {
  const token = events.reduce<Token>(evolveToken, { status: 'absent' });
  return {
    when: (command: TokenCommand, others = 0) => expecting(decideToken(token, command, { activeTokens: () => others })),
  };
}

const set = (expiresAt?: string) => ({
  set: { name: 'ci', role: 'EDITOR', ...(expiresAt !== undefined && { expiresAt }) },
  sha256,
});

describe('an API token', () => {
  test('ends in 90 days, or when it is told to, at most 366 days ahead', () => {
    given().when(issue()).thenData(set('2027-02-26T00:00:00.000Z'));
    given()
      .when(issue({ expiresAt: '2027-11-29T00:00:00.000Z' }))
      .thenData(set('2027-11-29T00:00:00.000Z'));
    given()
      .when(issue({ expiresAt: '2027-11-29T00:00:00.001Z' }))
      .thenRefused('INVALID_VALUE input.expiresAt');
    given()
      .when(issue({ expiresAt: NOW }))
      .thenRefused('INVALID_VALUE input.expiresAt');
    given().when(issue()).thenVersions(1);
  });

  test('never ends only where the server lets it', () => {
    given()
      .when(issue({ expiresAt: null }))
      .thenRefused('INVALID_VALUE input.neverExpires');
    given()
      .when(issue({ expiresAt: null, terms: { ...terms, mayNeverExpire: true } }))
      .thenData(set());
  });

  test('ends no later than the token that issued it: by itself, or it is refused', () => {
    const endsBy = '2026-12-24T00:00:00.000Z';
    const bounded = { ...terms, mayNeverExpire: true, endsBy };
    given()
      .when(issue({ terms: bounded }))
      .thenData(set(endsBy));
    given()
      .when(issue({ terms: { ...terms, endsBy: '2027-11-01T00:00:00.000Z' } }))
      .thenData(set('2027-02-26T00:00:00.000Z'));
    given()
      .when(issue({ expiresAt: endsBy, terms: bounded }))
      .thenData(set(endsBy));
    given()
      .when(issue({ expiresAt: '2026-12-24T00:00:00.001Z', terms: bounded }))
      .thenRefused('INVALID_VALUE input.expiresAt');
    given()
      .when(issue({ expiresAt: null, terms: bounded }))
      .thenRefused('INVALID_VALUE input.neverExpires');
  });

  test('is one of at most a thousand good ones', () => {
    given()
      .when(issue(), MOST_ACTIVE_TOKENS - 1)
      .thenEvents('TokenIssued');
    given().when(issue(), MOST_ACTIVE_TOKENS).thenRefused('INVALID_VALUE input.projectKey');
  });

  test('is revoked once, which makes its second and last version', () => {
    given(issued).when({ type: 'RevokeToken', id: newId }).thenData({});
    given(issued).when({ type: 'RevokeToken', id: newId }).thenVersions(2);
    given(issued, revoked).when({ type: 'RevokeToken', id: newId }).thenEvents();
    given().when({ type: 'RevokeToken', id: newId }).thenRefused('NOT_FOUND input.id');
  });

  test('without a role in the log is an administrator', () => {
    const [event] = [decideToken({ status: 'absent' }, issue({ role: null }), { activeTokens: () => 0 })];
    expect(event).toMatchObject({ events: [{ data: { set: { name: 'ci' } } }] });
    expect(evolveToken({ status: 'absent' }, { ...issued, data: { set: { name: 'root' }, sha256 } })).toMatchObject({
      role: null,
      expiresAt: null,
    });
  });

  test('is good until it is revoked or its moment has come', () => {
    const token: TokenState = { status: 'active', name: 'ci', role: 'EDITOR', expiresAt: NOW, sha256 };
    expect(isGood(token, '2026-11-27T23:59:59.999Z')).toBe(true);
    expect(isGood(token, NOW)).toBe(false);
    expect(isGood({ ...token, expiresAt: null }, NOW)).toBe(true);
    expect(isGood({ ...token, expiresAt: null, status: 'revoked' }, NOW)).toBe(false);
  });
});

describe('the input of issueToken', () => {
  const read = (form: object) => {
    const faults = new Faults();
    const command = readIssueToken({ projectKey: 'crm', name: 'ci', ...form }, { newId, sha256 }, terms, faults);
    return { command, faults: faults.all.map(({ code, path }) => `${code} ${path.join('.')}`) };
  };

  test('has a role exactly when it has a project', () => {
    expect(read({ role: 'OWNER' }).faults).toEqual([]);
    expect(read({ projectKey: null }).faults).toEqual([]);
    expect(read({}).faults).toEqual(['REQUIRED input.role']);
    expect(read({ projectKey: null, role: 'OWNER' }).faults).toEqual(['INVALID_VALUE input.role']);
  });

  test('says when it ends, that it never does, or neither', () => {
    expect(read({ role: 'OWNER' }).command).not.toHaveProperty('expiresAt');
    expect(read({ role: 'OWNER', expiresAt: null, neverExpires: false }).command).not.toHaveProperty('expiresAt');
    expect(read({ role: 'OWNER', neverExpires: true }).command).toHaveProperty('expiresAt', null);
    expect(read({ role: 'OWNER', neverExpires: true, expiresAt: NOW, name: '' }).faults).toEqual([
      'INVALID_VALUE input.name',
      'INVALID_VALUE input.neverExpires',
    ]);
  });
});

test('the table knows the good tokens of any moment', () => {
  const day = (days: number) => new Date(Date.UTC(2026, 10, 28 + days)).toISOString();
  const token = fc.record({
    lives: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    revoked: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), fc.nat({ max: 10 }), (tokens, days) => {
      const table = Table.empty(tokenTable);
      tokens.forEach(({ lives, revoked: isRevoked }, index) => {
        const id = tokenId('crm', String(index));
        const subject = (version: number) => ({ id, name: 'ci', version });
        const end = lives === undefined ? {} : { expiresAt: day(lives) };
        const commit = { actor: { kind: 'USER', id: 'a', name: 'a', auth: 'none' }, at: day(0) } as Commit;
        const data = { set: { name: 'ci', ...end }, sha256 };
        applyToTokens(table, { type: 'TokenIssued', v: 1, subject: subject(1), data }, commit);
        if (isRevoked) applyToTokens(table, { ...revoked, v: 1, subject: subject(2) }, commit);
      });
      const good = tokens.flatMap(({ lives, revoked: isRevoked }, index) =>
        !isRevoked && (lives === undefined || days < lives) ? [String(index)] : [],
      );
      expect([...goodTokens(table, day(days))].map(({ id }) => nameOfToken(id)).sort()).toEqual(good.sort());
      expect(countGoodTokens(table, day(days))).toBe(good.length);
      for (const { id, token: state, deletedAt } of goodTokens(table, day(days))) {
        expect([table.get(id)?.token, deletedAt]).toEqual([state, undefined]);
      }
    }),
  );
});
