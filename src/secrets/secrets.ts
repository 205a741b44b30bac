import { openText, type SecretPlace, sealText } from './cipher.ts';
import { type KeyRing, SecretsKeyError } from './key-ring.ts';
import type { KeyCheck, SealedSecret, SecretStore } from './secret-store.ts';

export interface SecretText extends SecretPlace {
  readonly text: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
}

/** Passwords and secret values: sealed into the store, opened only for use. */
export class Secrets {
  readonly #store: SecretStore;
  readonly #keyRing: KeyRing;

  constructor(store: SecretStore, keyRing: KeyRing) {
    this.#store = store;
    this.#keyRing = keyRing;
  }

  /** Encrypts with the first key. Nothing is stored yet. */
  seal({ project, resourceId, secretId, text, at }: SecretText): SealedSecret {
    const keyId = this.#keyRing.firstKeyId;
    const key = this.#keyRing.subKey(keyId, 'secrets');
    if (key === undefined) throw new Error('the first key is missing from its own ring');
    const sealed = sealText(key, { project, resourceId, secretId }, text);
    return { project, secretId, resourceId, keyId, sealed, createdAt: at };
  }

  /** Durable when it resolves. To be done before the commit that refers to them is appended. */
  async write(sealed: readonly SealedSecret[]): Promise<void> {
    if (sealed.length === 0) return;
    await this.#store.put(sealed);
  }

  /** Undefined when it is gone, was altered or moved, or no configured key decrypts it. */
  async reveal(project: string, resourceId: string, secretRef: string): Promise<string | undefined> {
    for (const { keyId, sealed } of await this.#store.get(project, secretRef)) {
      const key = this.#keyRing.subKey(keyId, 'secrets');
      if (key === undefined) continue;
      const text = openText(key, { project, resourceId, secretId: secretRef }, sealed);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /**
   * Makes sure that this node and the store's other nodes have the same keys. The first node records all of its keys; a
   * later one only the key that it encrypts with, so that a new key can be handed to one node after another, behind the
   * old one, before any of them encrypts with it.
   *
   * @throws SecretsKeyError naming every key that is missing here, or differs.
   */
  async verifyKeys(): Promise<void> {
    const own = this.#keyRing.keyChecks();
    const recorded = await this.#store.keyChecks();
    refuseOtherKeys(own, recorded);
    const due = recorded.length === 0 ? own : own.filter(({ keyId }) => keyId === this.#keyRing.firstKeyId);
    const missing = due.filter(({ keyId }) => !recorded.some((known) => known.keyId === keyId));
    if (missing.length > 0) {
      for (const check of missing) await this.#store.putKeyCheck(check);
      // Two first nodes may have recorded at once: the store keeps one check for an id, maybe the other node's.
      refuseOtherKeys(own, await this.#store.keyChecks());
    }
  }

  /** What `verifyKeys` would throw, as a line to be read; undefined when the keys are right. */
  async keyFault(): Promise<string | undefined> {
    try {
      await this.verifyKeys();
      return undefined;
    } catch (error) {
      if (error instanceof SecretsKeyError) return error.message;
      throw error;
    }
  }
}

function refuseOtherKeys(own: readonly KeyCheck[], recorded: readonly KeyCheck[]): void {
  const faults = recorded.flatMap(({ keyId, check }) => {
    const mine = own.find((candidate) => candidate.keyId === keyId);
    if (mine === undefined) return [`the key "${keyId}" is missing here`];
    return mine.check === check ? [] : [`the key "${keyId}" is another one here`];
  });
  if (faults.length === 0) return;
  throw new SecretsKeyError(
    `The stored secrets need other keys than this server has: ${faults.join('; ')}. ` +
      'SECRETS_KEYS must hold every key in use; a generated one is in the file secrets.key of the DATA_DIR that made it.',
  );
}
