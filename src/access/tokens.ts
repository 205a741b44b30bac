import type { Event } from '../event-sourcing/event.ts';
import type { Decision } from '../event-sourcing/images/projection.ts';
import { Faults, type Refusal, refuse } from '../words/refusal.ts';
import { unreachable } from '../words/unreachable.ts';
import type { Role } from './roles.ts';
import type { TokenEvent, TokenId } from './token-events.ts';

export interface TokenState {
  readonly status: 'active' | 'revoked';
  readonly name: string;
  /** Null: an administrator's. */
  readonly role: Role | null;
  /** ISO 8601, UTC, milliseconds; null: it does not end by itself. */
  readonly expiresAt: string | null;
  /** Of its text, lower-case hex. */
  readonly sha256: string;
}

export type Token = { readonly status: 'absent' } | TokenState;

export interface IssueToken {
  readonly type: 'IssueToken';
  readonly newId: TokenId;
  readonly name: string;
  readonly role: Role | null;
  readonly sha256: string;
  /** A moment; null: never; left out: in `DEFAULT_DAYS`, or when whoever issues it ends, if that is earlier. */
  readonly expiresAt?: string | null;
  readonly terms: TokenTerms;
}

/** What the moment, the asker and the server's settings say of how long a token may live. */
export interface TokenTerms {
  /** ISO 8601, UTC, milliseconds. */
  readonly now: string;
  /** When the token that issues it ends; absent: it is no token, or does not end by itself. */
  readonly endsBy?: string;
  readonly mayNeverExpire: boolean;
}

export interface RevokeToken {
  readonly type: 'RevokeToken';
  readonly id: string;
}

export type TokenCommand = IssueToken | RevokeToken;

/** What deciding about a token needs to know of the others in its log. */
export interface TokenSurroundings {
  /** How many were neither revoked nor had expired at that moment; counted up to `MOST_ACTIVE_TOKENS`. */
  activeTokens(now: string): number;
}

export const DEFAULT_DAYS = 90;
export const MOST_DAYS = 366;
/** In one log. */
export const MOST_ACTIVE_TOKENS = 1_000;

const DAY_MS = 24 * 60 * 60 * 1_000;

export function decideToken(token: Token, command: TokenCommand, surroundings: TokenSurroundings): Decision<Refusal> {
  switch (command.type) {
    case 'IssueToken':
      return issue(command, surroundings);
    case 'RevokeToken':
      return revoke(token, command);
    default:
      return unreachable(command);
  }
}

export function evolveToken(token: Token, event: TokenEvent): Token {
  switch (event.type) {
    case 'TokenIssued': {
      const { name, role = null, expiresAt = null } = event.data.set;
      return { status: 'active', name, role, expiresAt, sha256: event.data.sha256 };
    }
    case 'TokenRevoked':
      return token.status === 'absent' ? token : { ...token, status: 'revoked' };
    default:
      return unreachable(event);
  }
}

/** Whether it was not revoked, and has not ended by itself at a moment. */
export function isGood({ status, expiresAt }: TokenState, now: string): boolean {
  return status === 'active' && (expiresAt === null || now < expiresAt);
}

function issue(command: IssueToken, { activeTokens }: TokenSurroundings): Decision<Refusal> {
  const { newId, name, role, sha256, terms } = command;
  const faults = new Faults();
  const expiresAt = expiryOf(command, faults);
  if (activeTokens(terms.now) >= MOST_ACTIVE_TOKENS) {
    const message = `there are at most ${MOST_ACTIVE_TOKENS} tokens at a time; revoke what is not needed`;
    faults.invalid(['input', 'projectKey'], message);
  }
  if (faults.any) return { refusals: faults.all };
  const set = { name, ...(role !== null && { role }), ...(expiresAt !== null && { expiresAt }) };
  return { events: [event(newId, name, 1, { type: 'TokenIssued', data: { set, sha256 } })] };
}

/** Judged when it is decided: what repeats an earlier request must find its token, though that may have expired. */
function expiryOf({ expiresAt, terms }: IssueToken, faults: Faults): string | null {
  const { now, endsBy, mayNeverExpire } = terms;
  const inDays = (days: number) => new Date(Date.parse(now) + days * DAY_MS).toISOString();
  if (expiresAt === undefined) {
    const usual = inDays(DEFAULT_DAYS);
    return endsBy !== undefined && endsBy < usual ? endsBy : usual;
  }
  const notBeyond = `the token that issues it ends at ${endsBy}, and a token ends no later than the one that issued it`;
  if (expiresAt === null) {
    const path = ['input', 'neverExpires'];
    if (!mayNeverExpire) {
      const message = 'tokens have to expire on this server, which was not started with TOKENS_WITHOUT_EXPIRY=on';
      faults.invalid(path, `${message}; give expiresAt, at most ${MOST_DAYS} days ahead`);
    } else if (endsBy !== undefined) faults.invalid(path, notBeyond);
    return null;
  }
  const path = ['input', 'expiresAt'];
  if (expiresAt <= now) faults.invalid(path, `${expiresAt} is in the past; it is ${now}`);
  else if (expiresAt > inDays(MOST_DAYS)) {
    faults.invalid(path, `a token ends at most ${MOST_DAYS} days ahead, which is ${inDays(MOST_DAYS)}`);
  } else if (endsBy !== undefined && expiresAt > endsBy) faults.invalid(path, notBeyond);
  return expiresAt;
}

function revoke(token: Token, { id }: RevokeToken): Decision<Refusal> {
  if (token.status === 'absent') return refuse('NOT_FOUND', ['input', 'id'], 'there is no such token');
  if (token.status === 'revoked') return { events: [] };
  return { events: [event(id, token.name, 2, { type: 'TokenRevoked', data: {} })] };
}

function event(id: string, name: string, version: number, { type, data }: TokenEvent): Event {
  return { type, v: 1, subject: { id, name, version }, data };
}
