import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { canonicalBytes } from '../event-sourcing/event.ts';

/** Where a secret belongs. A ciphertext moved anywhere else does not open. */
export interface SecretPlace {
  readonly project: string;
  /** The id of the resource that it belongs to, as the API shows it. */
  readonly resourceId: string;
  readonly secretId: string;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What a sealed text begins with. The form from before it has none, and begins with its nonce: with any byte. */
const VERSION = 1;

/**
 * A byte of version (1), 12 bytes of nonce, the ciphertext, 16 bytes of tag. Throws on text that UTF-8 cannot hold, and
 * does not quote it.
 */
export function sealText(key: KeyObject, place: SecretPlace, text: string): Uint8Array {
  const plain = Buffer.from(text, 'utf8');
  if (plain.toString('utf8') !== text) throw new TypeError('a secret must be well-formed Unicode');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(authenticated(place, VERSION));
  return Buffer.concat([Uint8Array.of(VERSION), nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined when it was sealed with another key, for another place, or altered since. */
export function openText(key: KeyObject, place: SecretPlace, sealed: Uint8Array): string | undefined {
  const text = sealed[0] === VERSION ? open(key, authenticated(place, VERSION), sealed.subarray(1)) : undefined;
  // The first byte may be a nonce's, which is random: only the tag tells.
  return text ?? open(key, authenticated(place), sealed);
}

function open(key: KeyObject, authenticatedData: Uint8Array, sealed: Uint8Array): string | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tagStart = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(authenticatedData);
  decipher.setAuthTag(sealed.subarray(tagStart));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, tagStart));
  try {
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    // OpenSSL says no more than that the tag does not fit.
    return undefined;
  }
}

/**
 * A JSON array keeps the parts apart whatever they hold: no two places share their bytes. The version goes with them, so
 * that a text of one form is never one of another. What a log is known by does not: a log is copied with its secrets.
 */
function authenticated({ project, resourceId, secretId }: SecretPlace, version?: number): Uint8Array {
  return canonicalBytes([...(version === undefined ? [] : [version]), project, resourceId, secretId]);
}
