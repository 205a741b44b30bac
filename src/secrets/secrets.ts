import { NotReadyError } from '../event-sourcing/readiness.ts';
import { openText, type SecretPlace, sealText } from './cipher.ts';
import { type KeyRing, SecretsKeyError } from './key-ring.ts';
import { type Rewrapped, rewrapSecrets } from './rewrap.ts';
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
  #rewrapping: Promise<Rewrapped> | undefined;

  constructor(store: SecretStore, keyRing: KeyRing) {
    this.#store = store;
    this.#keyRing = keyRing;
  }

  /** The key that encrypts. */
  get firstKeyId(): string {
    return this.#keyRing.firstKeyId;
  }

  /** Encrypts with the first key. Nothing is stored yet. */
  seal({ project, resourceId, secretId, text, at }: SecretText): SealedSecret {
    const keyId = this.#keyRing.firstKeyId;
    const key = this.#keyRing.subKey(keyId, 'secrets');
    if (key === undefined) throw new Error('the first key is missing from its own ring');
    const sealed = sealText(key, { project, resourceId, secretId }, text);
    return { project, secretId, resourceId, keyId, sealed, createdAt: at };
  }

  /**
   * Durable when it resolves. To be done before the commit that refers to them is appended.
   *
   * @throws NotReadyError when nobody may encrypt with the first key any more.
   */
  async write(sealed: readonly SealedSecret[]): Promise<void> {
    if (sealed.length === 0) return;
    await this.#store.put(sealed);
    // Behind the put: who closes a key sees what was put before it, and sees to it; what was put after it is refused.
    const keyId = this.#keyRing.firstKeyId;
    if (await this.#isClosed(keyId)) throw new NotReadyError([closedFault(keyId)]);
  }

  /** Undefined when it is gone, was altered or moved, or no configured key decrypts it. */
  async reveal(project: string, resourceId: string, secretRef: string): Promise<string | undefined> {
    // Twice: while it is encrypted anew, one reading may miss both the new ciphertext and the old one.
    const look = () => this.#open(project, resourceId, secretRef);
    return (await look()) ?? (await look());
  }

  /**
   * Encrypts every secret with the first key: see `rewrapSecrets`. Asked again meanwhile, it is the one under way.
   *
   * @throws SecretsKeyError
   * @throws UnopenedSecretsError
   */
  rewrap(signal?: AbortSignal): Promise<Rewrapped> {
    const begin = async () => {
      await this.verifyKeys();
      return rewrapSecrets(this.#store, this.#keyRing, signal);
    };
    this.#rewrapping ??= begin().finally(() => {
      this.#rewrapping = undefined;
    });
    return this.#rewrapping;
  }

  /** Those recorded that were not retired. */
  async #neededKeys(): Promise<KeyCheck[]> {
    const recorded = await this.#store.keyChecks();
    const marks = await this.#store.keyMarks();
    const isRetired = (keyId: string) => marks.some((each) => each.keyId === keyId && each.mark === 'retired');
    return recorded.filter(({ keyId }) => !isRetired(keyId));
  }

  #isClosed(keyId: string): Promise<boolean> {
    return this.#store.hasKeyMark({ keyId, mark: 'closed' });
  }

  async #open(project: string, resourceId: string, secretRef: string): Promise<string | undefined> {
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
   * old one, before any of them encrypts with it. A key that was retired since is not asked for any more.
   *
   * @throws SecretsKeyError naming every key that is missing here, or differs, or that nobody may encrypt with any more.
   */
  async verifyKeys(): Promise<void> {
    const own = this.#keyRing.keyChecks();
    const { firstKeyId } = this.#keyRing;
    const recorded = await this.#neededKeys();
    refuseOtherKeys(own, recorded);
    if (await this.#isClosed(firstKeyId)) throw new SecretsKeyError(closedFault(firstKeyId));
    const due = recorded.length === 0 ? own : own.filter(({ keyId }) => keyId === firstKeyId);
    const missing = due.filter(({ keyId }) => !recorded.some((known) => known.keyId === keyId));
    if (missing.length === 0) return;
    for (const check of missing) await this.#store.putKeyCheck(check);
    // Two first nodes may have recorded at once: the store keeps one check for an id, maybe the other node's.
    refuseOtherKeys(own, await this.#neededKeys());
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

function closedFault(keyId: string): string {
  return (
    `The key "${keyId}" is being retired, and nothing is encrypted with it any more: ` +
    'put the new key first in SECRETS_KEYS. A key that was retired can not become the first again.'
  );
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
