import { createPublicKey, hash, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';
import { FetchFault } from './fetch-json.ts';

/** Signature algorithms that a setting may name: none of a shared secret, which whoever checks could sign with. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A public key that checks signatures. */
export interface SetKey {
  readonly kid: string | undefined;
  /** What the set says of it: the one algorithm that it is for. */
  readonly alg: string | undefined;
  /** Its public members alone, as jose takes them for each algorithm that fits. */
  readonly jwk: Readonly<JsonWebKey>;
  /** Tells it from all others, by its members and its name. */
  readonly print: string;
}

/** Keys of an issuer, as one look found them. */
export interface KeySet {
  readonly keys: readonly SetKey[];
  /** Tells a set from others with other keys; the order does not count. */
  readonly print: string;
}

/** Keys that a set may have, and so keys that a token without `kid` is tried with. */
const MOST_KEYS = 100;
/** Bits of an RSA modulus. Those with fewer can be broken (RFC 7518 §3.3); those with more cost too much. */
const MODULUS = { least: 2_048, most: 8_192 };

const SET = z.object({ keys: z.array(z.unknown()).max(MOST_KEYS) });

const KEY = z.object({
  kty: z.string(),
  kid: z.string().optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
});

/** The members of a public key by its type (RFC 7518 §6, RFC 8037 §2). */
const PUBLIC = {
  RSA: z.object({ kty: z.literal('RSA'), n: z.string(), e: z.string() }),
  EC: z.object({ kty: z.literal('EC'), crv: z.enum(['P-256', 'P-384', 'P-521']), x: z.string(), y: z.string() }),
  OKP: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
};

/**
 * Reads a JSON Web Key Set (RFC 7517 §5). Keys that are not for signatures, or of no known type, or broken, are left out;
 * issuers have such beside the others.
 *
 * @throws {FetchFault} when it is none, or nothing is left
 */
export function readKeySet(document: unknown): KeySet {
  const read = SET.safeParse(document);
  if (!read.success) throw new FetchFault(`the answer is no key set: an object with "keys", at most ${MOST_KEYS}`);
  const keys = read.data.keys.map(readKey).filter((key) => key !== undefined);
  if (keys.length === 0) throw new FetchFault('the key set has no key that signatures can be checked with');
  const prints = keys.map(({ print }) => print).sort();
  return { keys, print: hash('sha256', prints.join()) };
}

/** Whether signatures of an algorithm may be checked with a key. */
export function fits({ alg: own, jwk }: SetKey, alg: Algorithm): boolean {
  if (own !== undefined && nameOf(own) !== nameOf(alg)) return false;
  const { kty, crv } = jwk;
  if (alg.startsWith('RS') || alg.startsWith('PS')) return kty === 'RSA';
  if (alg.startsWith('ES')) return kty === 'EC' && crv === CURVES[alg];
  return kty === 'OKP';
}

/** RFC 8037 and RFC 9864 have two names for one algorithm, as only Ed25519 is taken of what the older one stands for. */
function nameOf(alg: string): string {
  return alg === 'EdDSA' ? 'Ed25519' : alg;
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

function readKey(member: unknown): SetKey | undefined {
  const told = KEY.safeParse(member);
  if (!told.success) return undefined;
  const { kty, kid, alg, use, key_ops } = told.data;
  if (use !== undefined && use !== 'sig') return undefined;
  if (key_ops !== undefined && !key_ops.includes('verify')) return undefined;
  const form = Object.hasOwn(PUBLIC, kty) ? PUBLIC[kty as keyof typeof PUBLIC] : undefined;
  const jwk = form?.safeParse(member).data;
  if (jwk === undefined || !isSound(jwk)) return undefined;
  return { kid, alg, jwk, print: hash('sha256', JSON.stringify([kid, alg, jwk])) };
}

function isSound(jwk: JsonWebKey): boolean {
  try {
    const { modulusLength } = createPublicKey({ key: jwk, format: 'jwk' }).asymmetricKeyDetails ?? {};
    return modulusLength === undefined || (modulusLength >= MODULUS.least && modulusLength <= MODULUS.most);
  } catch {
    return false;
  }
}
