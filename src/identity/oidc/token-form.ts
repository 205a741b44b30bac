import { ALGORITHMS, type Algorithm } from './key-set.ts';

/** A JSON object of a token, whose members nobody has vouched for. */
export type Claims = Readonly<Record<string, unknown>>;

/** A signed token as it stands there, nothing proven. */
export interface SignedToken {
  readonly alg: Algorithm;
  readonly kid: string | undefined;
  readonly claims: Claims;
}

/** `reason` is for the log, and quotes nothing. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Reads a signed JWT (RFC 7519, RFC 7515 §7.1), and whether it says of itself that it is no access token. */
export function readSignedToken(text: string, algorithms: readonly string[]): Read<SignedToken> {
  const parts = text.split('.');
  const [header, claims] = [parseObject(parts[0]), parseObject(parts[1])];
  const shape = shapeFault(parts, header);
  if (shape !== undefined) return refused(shape);
  if (!header || !claims || !/^[\w-]+$/.test(parts[2] ?? ''))
    return refused('it is not a JWT, though it has three parts');
  const fault = payloadTypeFault(claims) ?? headerFault(header, algorithms);
  if (fault !== undefined) return refused(fault);
  const { kid } = header;
  if (kid !== undefined && typeof kid !== 'string') return refused('the kid of its header is no text');
  return { ok: true, value: { alg: header.alg as Algorithm, kid, claims } };
}

const AS_JWT = 'ask the issuer for access tokens that are signed JWTs';

function shapeFault(parts: readonly string[], header: Claims | undefined): string | undefined {
  if (parts.length === 3) return undefined;
  if (parts.length === 5 && header) return `it has five parts, as an encrypted token (JWE) has; ${AS_JWT}`;
  if (parts.length <= 2) {
    const many = parts.length === 1 ? 'one part' : 'two parts';
    return `it has ${many} as an opaque token has, not the three of a signed JWT; ${AS_JWT}`;
  }
  return `it has ${parts.length} parts, not the three of a signed JWT`;
}

/** Keycloak says in the payload what a token is for. */
function payloadTypeFault({ typ }: Claims): string | undefined {
  const kind = typeof typ === 'string' && Object.hasOwn(OTHER_KINDS, typ.toLowerCase()) ? typ.toLowerCase() : undefined;
  if (kind === undefined) return undefined;
  return `it is ${OTHER_KINDS[kind]}, as its payload's typ says, not an access token`;
}

const OTHER_KINDS: Readonly<Record<string, string>> = {
  id: 'an ID token',
  refresh: 'a refresh token',
  offline: 'a refresh token',
  logout: 'a logout token',
};

function headerFault(header: Claims, algorithms: readonly string[]): string | undefined {
  const { typ, alg } = header;
  // RFC 7515 §4.1.9: a media type, without case, whose `application/` may be left out.
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  if (type !== undefined && type !== 'jwt' && type !== 'at+jwt') return "the typ of its header is no access token's";
  if (typeof alg !== 'string') return 'its header names no alg';
  if (alg.toLowerCase() === 'none') return 'its alg is none: it is not signed';
  if (/^HS\d+$/.test(alg)) return 'its alg is an HMAC, whose key is a shared secret';
  if (!algorithms.includes(alg) || !ALGORITHMS.some((known) => known === alg)) return 'OIDC_ALGORITHMS has not its alg';
  if (header.crit !== undefined) return 'the crit of its header asks for an extension, and none is known';
  const foreign = KEYS_OF_ITS_OWN.find((name) => header[name] !== undefined);
  if (foreign !== undefined) return `its header brings a key of its own: ${foreign}`;
  return undefined;
}

const KEYS_OF_ITS_OWN = ['jku', 'jwk', 'x5u'];

/** Node decodes with leniency what is not quite base64url. */
function parseObject(part = ''): Claims | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}

export function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
