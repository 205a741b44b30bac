import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { KeyCheck } from './secret-store.ts';

/** What a sub-key is for. A sub-key of one purpose tells nothing about another's. */
export type KeyPurpose = 'secrets' | 'idempotency' | 'snapshots' | 'key-check';

export interface KeyedDigest {
  readonly keyId: string;
  /** HMAC-SHA-256, lower-case hex. */
  readonly digest: string;
}

export type KeyRingResult =
  | { readonly ok: true; readonly keyRing: KeyRing }
  | { readonly ok: false; readonly faults: string[] };

/** The configured keys cannot be used: a bad key file, or other keys than those that the store's secrets need. */
export class SecretsKeyError extends Error {
  override readonly name = 'SecretsKeyError';
}

/** Bytes of a key. */
export const KEY_BYTES = 32;

/**
 * The configured keys: the first encrypts and signs, all of them decrypt and verify. A key itself is never used, only
 * sub-keys that HKDF-SHA-256 derives from it, one for each purpose.
 */
export class KeyRing {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #subKeys = new Map<string, KeyObject>();
  /** The key that encrypts. */
  readonly firstKeyId: string;

  private constructor(keys: ReadonlyMap<string, KeyObject>, firstKeyId: string) {
    this.#keys = keys;
    this.firstKeyId = firstKeyId;
  }

  /** Reads `id:base64(32 bytes),…`. No fault quotes any part of the text, as a slip may have put a key anywhere in it. */
  static parse(text: string): KeyRingResult {
    const faults: string[] = [];
    const keys = new Map<string, KeyObject>();
    for (const [index, entry] of text.split(',').entries()) {
      const parsed = parseEntry(entry.trim());
      if (typeof parsed === 'string') faults.push(`entry ${index + 1} ${parsed}`);
      else if (keys.has(parsed.id)) faults.push(`entry ${index + 1} has the id of an entry before it`);
      else keys.set(parsed.id, parsed.key);
    }
    const [firstKeyId] = keys.keys();
    if (faults.length > 0 || firstKeyId === undefined) return { ok: false, faults };
    return { ok: true, keyRing: new KeyRing(keys, firstKeyId) };
  }

  get keyIds(): string[] {
    return [...this.#keys.keys()];
  }

  /** The sub-key for a purpose; undefined when no key of that id is configured. */
  subKey(keyId: string, purpose: KeyPurpose): KeyObject | undefined {
    const key = this.#keys.get(keyId);
    return key === undefined ? undefined : this.#derive(keyId, key, purpose);
  }

  /** With the first key. */
  digest(purpose: KeyPurpose, bytes: Uint8Array): KeyedDigest {
    const digest = this.digestWith(this.firstKeyId, purpose, bytes);
    if (digest === undefined) throw new Error('the first key is missing from its own ring');
    return { keyId: this.firstKeyId, digest };
  }

  /** HMAC-SHA-256, lower-case hex; undefined when no key of that id is configured. */
  digestWith(keyId: string, purpose: KeyPurpose, bytes: Uint8Array): string | undefined {
    const subKey = this.subKey(keyId, purpose);
    return subKey === undefined ? undefined : createHmac('sha256', subKey).update(bytes).digest('hex');
  }

  /** One for each key: equal for equal keys under equal ids, and of no use to find the key. */
  keyChecks(): KeyCheck[] {
    return this.keyIds.flatMap((keyId) => {
      const check = this.digestWith(keyId, 'key-check', Buffer.from(keyId, 'utf8'));
      return check === undefined ? [] : [{ keyId, check }];
    });
  }

  #derive(keyId: string, key: KeyObject, purpose: KeyPurpose): KeyObject {
    const name = `${purpose}:${keyId}`;
    const known = this.#subKeys.get(name);
    if (known !== undefined) return known;
    const bytes = hkdfSync('sha256', key, '', `proxy-ledger/1/${purpose}`, KEY_BYTES);
    const derived = createSecretKey(new Uint8Array(bytes));
    this.#subKeys.set(name, derived);
    return derived;
  }
}

function parseEntry(entry: string): { id: string; key: KeyObject } | string {
  if (entry === '') return 'is empty; write id:base64 of 32 bytes';
  const colon = entry.indexOf(':');
  if (colon < 0) return 'has no id; write id:base64 of 32 bytes';
  const id = entry.slice(0, colon);
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(id)) return 'has an id that is not 1 to 64 of the characters A-Z a-z 0-9 . _ -';
  const text = entry.slice(colon + 1);
  const bytes = Buffer.from(text, 'base64');
  // Buffer skips what is no base64, so only a text that comes out as it went in was base64 throughout.
  if (bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) return 'has a key that is not base64';
  if (bytes.length !== KEY_BYTES) {
    return `has a key of ${bytes.length} bytes, not 32; make one with: openssl rand -base64 32`;
  }
  return { id, key: createSecretKey(bytes) };
}
