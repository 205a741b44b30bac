import { addressFault } from '../identity/oidc/issuer-address.ts';
import { ALGORITHMS, type Algorithm } from '../identity/oidc/key-set.ts';
import { hasControl } from '../words/text.ts';
import { list, listOf, type Reading, read } from './readers.ts';

/** Who may ask, where identities are configured. */
export interface AccessSettings {
  /** Undefined: API tokens only. */
  readonly oidc: OidcSettings | undefined;
  /** Principals' texts. */
  readonly administrators: readonly string[];
}

export interface OidcSettings {
  /** As exact text. */
  readonly issuer: string;
  readonly jwksUri: string | undefined;
  /** Absolute. */
  readonly jwksFile: string | undefined;
  readonly audiences: readonly string[];
  readonly nameClaim: string;
  readonly groupsClaim: string;
  readonly algorithms: readonly Algorithm[];
  readonly toleranceSeconds: number;
  /** Undefined: the console takes a token that somebody has. */
  readonly clientId: string | undefined;
  /** Separated by spaces. */
  readonly scopes: string;
  /** A query string, without `?`; empty: none. */
  readonly authorizeParams: string;
}

/** Those that are accepted when nothing else is said. */
export const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

export function algorithms() {
  return list<Algorithm>((text) => {
    const known = ALGORITHMS.find((algorithm) => algorithm === text);
    if (known !== undefined) return { value: known };
    return { faults: [`has ${JSON.stringify(text)}, but may only have ${ALGORITHMS.join(', ')}`] };
  });
}

/** Whatever an issuer's tokens may hold. */
export function claimNames() {
  return read((text) => (hasControl(text) ? { faults: ['has control characters'] } : { value: text }));
}

/** An issuer's identifier stays the text that it is: it is compared with what tokens hold. */
export function issuer() {
  return read((text) => {
    // OpenID Connect Discovery 1.0 §2; and a # ends the issuer in the names of its people.
    if (/[?#]/.test(text)) return { faults: [`is ${JSON.stringify(text)}, but must have no query and no fragment`] };
    return addressed(text);
  });
}

/** Where something of an issuer is. */
export function issuerAddress() {
  return read(addressed);
}

function addressed(text: string): Reading<string> {
  const fault = /\s/.test(text) ? 'must have no white space' : addressFault(text);
  // It may hold a password, which is one of the faults.
  return fault === undefined ? { value: text } : { faults: [fault] };
}

/** What this server's own sign-in puts there (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core 1.0 §3.1.2.1). */
const OWN_PARAMS = [
  'response_type',
  'response_mode',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'request',
  'request_uri',
];

export function authorizeParams() {
  return read((text) => {
    const params = new URLSearchParams(text);
    const own = OWN_PARAMS.filter((name) => params.has(name));
    if (own.length > 0) return { faults: [`has ${own.join(', ')}, which the console sets by itself`] };
    return { value: params.toString() };
  });
}

/**
 * Principals' texts, comma-separated; `\,` stands for a comma in a name, and any other backslash for itself. Whether their
 * issuer is the one of this server is judged elsewhere.
 */
export function administrators() {
  return read<readonly string[]>((text) => {
    const members = text.split(/(?<!\\),/).map((member) => member.replaceAll('\\,', ','));
    return listOf(members, (member) => {
      const fault = administratorFault(member);
      return fault === undefined ? { value: member } : { faults: [`has ${JSON.stringify(member)}, ${fault}`] };
    });
  });
}

function administratorFault(text: string): string | undefined {
  if (hasControl(text)) return 'which has control characters';
  if (/^group:./.test(text)) return undefined;
  if (/^(?:user|client):[^#]+#./.test(text)) return undefined;
  return 'but takes user:ISSUER#SUB, client:ISSUER#ID and group:NAME; a comma in a name is written \\,';
}

/** The issuer of an administrator: what is before the first `#`. Undefined for a group, which has none. */
export function issuerOf(administrator: string): string | undefined {
  return /^(?:user|client):([^#]+)#/.exec(administrator)?.[1];
}
