import type { Identity } from '../../access/identity.ts';
import { principalText } from '../../access/principals.ts';
import type { Actor } from '../../event-sourcing/event.ts';
import { actorNameFault, asActorName } from '../../words/actor-name.ts';
import { codePoints, hasControl, isWellFormed } from '../../words/text.ts';
import type { Claims } from './token-form.ts';

/** What tokens are held to. */
export interface ClaimRules {
  /** As exact text. */
  readonly issuer: string;
  /** One of them must be in `aud`. */
  readonly audiences: readonly string[];
  /** Default `name`. */
  readonly nameClaim?: string | undefined;
  readonly groupsClaim: string;
  readonly toleranceSeconds: number;
  /** Texts of principals. */
  readonly administrators: readonly string[];
}

/** In code points. */
const LONGEST_SUBJECT = 255;

/** The last moment that is written with four digits of a year. */
const END_OF_TIME_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Why the claims of a token let nobody in; undefined: they do. Signed or not. @param nowMs milliseconds since 1970 */
export function claimsFault(claims: Claims, rules: ClaimRules, nowMs: number): string | undefined {
  if (claims.cnf !== undefined) return 'it is bound to a key by cnf, whose proof is not checked here';
  return (
    issuerFault(claims.iss, rules.issuer) ??
    audienceFault(claims, rules) ??
    timeFault(claims, rules.toleranceSeconds, nowMs) ??
    subjectFault(claims.sub)
  );
}

/** Whom claims without a fault name. */
export function identityOf(claims: Claims, rules: ClaimRules): Identity & { readonly endsAt: number } {
  const { issuer, toleranceSeconds } = rules;
  const actor = actorOf(claims, rules);
  const groups = groupsOf(claims, rules.groupsClaim);
  const own = principalText({
    kind: actor.kind === 'CLIENT' ? 'CLIENT' : 'USER',
    identity: `${issuer}#${claims.sub as string}`,
  });
  const principals = [own, ...groups.map((identity) => principalText({ kind: 'GROUP', identity }))];
  const isAdministrator = principals.some((principal) => rules.administrators.includes(principal));
  const expiry = (claims.exp as number) * 1_000;
  return {
    actor,
    standing: { groups, isAdministrator },
    expiresAt: new Date(Math.min(expiry, END_OF_TIME_MS)).toISOString(),
    endsAt: Math.min(expiry + toleranceSeconds * 1_000, END_OF_TIME_MS),
  };
}

/**
 * Whether a token says that it left groups out. Entra ID does so beyond some 200 of them, and names where they could be
 * asked for (https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference#groups-overage-claim).
 */
export function leavesGroupsOut(claims: Claims, groupsClaim: string): boolean {
  const elsewhere = claims._claim_names;
  if (typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, groupsClaim)) return true;
  return claims.hasgroups === true || claims.hasgroups === 'true';
}

function issuerFault(iss: unknown, issuer: string): string | undefined {
  if (iss === issuer) return undefined;
  const slashes = typeof iss === 'string' && iss.replace(/\/$/, '') === issuer.replace(/\/$/, '');
  return `its iss is not OIDC_ISSUER to the letter${slashes ? ': they differ by the slash at the end' : ''}`;
}

function audienceFault(claims: Claims, { audiences }: ClaimRules): string | undefined {
  const { aud } = claims;
  const told: readonly unknown[] = Array.isArray(aud) ? aud : aud === undefined || aud === '' ? [] : [aud];
  if (told.some((each) => typeof each === 'string' && audiences.includes(each))) return undefined;
  const names = audiences.map((each) => `"${each}"`).join(' or ');
  if (told.length === 0) {
    return `it has no audience: have the issuer put ${names} (OIDC_AUDIENCE) into aud, by a mapper or as what clients ask for`;
  }
  const mark = ID_TOKEN_MARKS.find((name) => claims[name] !== undefined);
  const looks = mark === undefined ? '' : `; it looks like an ID token, by its ${mark}`;
  return `it is for another audience: OIDC_AUDIENCE is ${names}${looks}`;
}

/** OpenID Connect Core 1.0 §2, §3.3.2.11: claims that only ID tokens have, by most issuers. */
const ID_TOKEN_MARKS = ['nonce', 'at_hash', 'c_hash'];

function timeFault({ exp, nbf, iat }: Claims, toleranceSeconds: number, nowMs: number): string | undefined {
  const now = nowMs / 1_000;
  if (!isNumber(exp)) return 'it has no exp: it would never expire';
  if (now >= exp + toleranceSeconds) return 'it has expired';
  if (nbf !== undefined && !(isNumber(nbf) && nbf <= now + toleranceSeconds)) return 'it is not valid yet, by its nbf';
  if (iat !== undefined && !(isNumber(iat) && iat <= now + toleranceSeconds)) {
    return 'it was issued in the future, by its iat: the clocks of the issuer and of this server differ';
  }
  return undefined;
}

function isNumber(claim: unknown): claim is number {
  return typeof claim === 'number' && Number.isFinite(claim);
}

function subjectFault(sub: unknown): string | undefined {
  if (typeof sub !== 'string') return 'it has no sub';
  if (sub === '' || codePoints(sub) > LONGEST_SUBJECT) return `its sub has not 1 to ${LONGEST_SUBJECT} characters`;
  if (hasControl(sub) || !isWellFormed(sub)) return 'its sub has control characters';
  return undefined;
}

/** A client's own token names the client as its subject (RFC 9068 §2.2). */
function actorOf(claims: Claims, { issuer, nameClaim }: ClaimRules): Actor {
  const sub = claims.sub as string;
  const isClient = claim(claims, 'client_id') === sub || claim(claims, 'azp') === sub;
  return {
    kind: isClient ? 'CLIENT' : 'USER',
    id: `${isClient ? 'oidc-client' : 'oidc'}:${issuer}#${sub}`,
    name: nameOf(claims, nameClaim ?? 'name'),
    auth: 'oidc',
    issuer,
  };
}

const NAMES_ELSE = ['preferred_username', 'email', 'client_id', 'azp', 'sub'];

function nameOf(claims: Claims, first: string): string {
  for (const name of [first, ...NAMES_ELSE]) {
    const told = claim(claims, name)?.trim();
    if (told !== undefined && actorNameFault(told) === undefined) return told;
  }
  // Subjects may be longer than names, and hold what a name can't.
  return asActorName(claims.sub as string) || '(no name)';
}

function groupsOf(claims: Claims, name: string): readonly string[] {
  const told: unknown = Object.hasOwn(claims, name) ? claims[name] : [];
  const groups = (Array.isArray(told) ? told : [told]).filter((group): group is string => typeof group === 'string');
  return [...new Set(groups)].filter((group) => group !== '' && !hasControl(group) && isWellFormed(group)).sort();
}

function claim(claims: Claims, name: string): string | undefined {
  const told = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof told === 'string' ? told : undefined;
}
