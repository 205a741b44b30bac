import { isSliceOver, nextSlice } from '../words/slices.ts';
import { openText, sealText } from './cipher.ts';
import type { KeyRing } from './key-ring.ts';
import type { SealedSecret, SecretStore } from './secret-store.ts';

/** Every secret is encrypted with the first key. */
export interface Rewrapped {
  /** How many were encrypted anew. */
  readonly count: number;
  readonly firstKeyId: string;
  /** Keys that nothing is encrypted with any more, and that nobody needs. */
  readonly retired: readonly string[];
}

/** There are secrets that no key opens, so that they can't be encrypted anew: they stay as they are. */
export class UnopenedSecretsError extends Error {
  override readonly name = 'UnopenedSecretsError';
}

/** Bounds the look at what others may still be writing; each further round finds only what came meanwhile. */
const MOST_ROUNDS = 100;

/**
 * Encrypts every secret with the first key, which others of the same store must have by then, and retires all other keys
 * that are recorded and left with nothing. May be ended and begun again at any time.
 *
 * First it is said for good that nobody encrypts with the others: a node that would is not ready from then on, and what
 * such a node was writing is either seen here or refused there (see `Secrets.write`). So the end is one: when a round
 * finds nothing under another key, there will never be anything.
 *
 * @throws UnopenedSecretsError
 */
export async function rewrapSecrets(store: SecretStore, keyRing: KeyRing, signal?: AbortSignal): Promise<Rewrapped> {
  const { firstKeyId } = keyRing;
  const others = (await store.keyChecks()).map(({ keyId }) => keyId).filter((keyId) => keyId !== firstKeyId);
  for (const keyId of others) await store.putKeyMark({ keyId, mark: 'closed' });
  const { count, unopened } = await rewrapAll(store, keyRing, signal);
  const retired = others.filter((keyId) => !unopened.some((secret) => secret.keyId === keyId)).sort();
  for (const keyId of retired) await store.putKeyMark({ keyId, mark: 'retired' });
  if (unopened.length > 0) throw unopenedError(unopened);
  return { count, firstKeyId, retired };
}

async function rewrapAll(store: SecretStore, keyRing: KeyRing, signal: AbortSignal | undefined) {
  let count = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    let found = 0;
    const unopened: SealedSecret[] = [];
    for (const project of await store.projects()) {
      for await (const secret of store.all(project)) {
        signal?.throwIfAborted();
        if (isSliceOver()) await nextSlice(signal);
        if (secret.keyId === keyRing.firstKeyId) continue;
        found += 1;
        if (await rewrapOne(store, keyRing, secret)) count += 1;
        else unopened.push(secret);
      }
    }
    if (found === unopened.length) return { count, unopened };
  }
  throw new Error('others go on encrypting with other keys');
}

/** Inserts before it deletes, so that there is always one that opens. False when there is none. */
async function rewrapOne(store: SecretStore, keyRing: KeyRing, secret: SealedSecret): Promise<boolean> {
  const { project, secretId, keyId } = secret;
  const current = (await store.get(project, secretId)).find((each) => each.keyId === keyRing.firstKeyId);
  if (current === undefined || textOf(keyRing, current) === undefined) {
    const text = textOf(keyRing, secret);
    if (text === undefined) return false;
    // One that does not open would stay in the way.
    if (current) await store.delete(project, secretId, current.keyId);
    await store.put([sealAnew(keyRing, secret, text)]);
  }
  await store.delete(project, secretId, keyId);
  return true;
}

function textOf(keyRing: KeyRing, secret: SealedSecret): string | undefined {
  const key = keyRing.subKey(secret.keyId, 'secrets');
  return key && openText(key, secret, secret.sealed);
}

function sealAnew(keyRing: KeyRing, secret: SealedSecret, text: string): SealedSecret {
  const key = keyRing.subKey(keyRing.firstKeyId, 'secrets');
  if (key === undefined) throw new Error('the first key is missing from its own ring');
  return { ...secret, keyId: keyRing.firstKeyId, sealed: sealText(key, secret, text) };
}

function unopenedError(unopened: readonly SealedSecret[]): UnopenedSecretsError {
  const keys = [...new Set(unopened.map(({ keyId }) => JSON.stringify(keyId)))].sort().join(', ');
  const [first] = unopened;
  return new UnopenedSecretsError(
    `${unopened.length} stored under ${keys} can't be opened by the keys of SECRETS_KEYS, and stay as they are ` +
      `(one of them: ${first?.secretId} of project ${first?.project}); all others are encrypted anew. Give these ` +
      'secrets again, and rewrap when the old ones are purged.',
  );
}
