/**
 * One secret under one key, as it is stored. Its unique key is `{project, secretId, keyId}`.
 * AES-256-GCM; project, resource and secret id are the additional authenticated data.
 */
export interface SealedSecret {
  readonly project: string;
  readonly secretId: string;
  /** The id of the resource that it belongs to, as the API shows it. */
  readonly resourceId: string;
  /** Which configured key encrypted it. */
  readonly keyId: string;
  /** As `sealText` makes it: a byte of version, 12 bytes of nonce, the ciphertext, 16 bytes of tag. */
  readonly sealed: Uint8Array;
  /** ISO 8601, UTC, milliseconds. */
  readonly createdAt: string;
}

/** Tells later nodes which keys are in use, and lets them check that theirs are the same. */
export interface KeyCheck {
  readonly keyId: string;
  /** Derived from the key, lower-case hex; tells nothing about it. */
  readonly check: string;
}

/**
 * Said of a key for good.
 * - `closed`: nobody encrypts with it any more.
 * - `retired`: nothing is encrypted with it any more, so that nobody needs it.
 */
export interface KeyMark {
  readonly keyId: string;
  readonly mark: 'closed' | 'retired';
}

/** Keeps ciphertexts, apart from the log. Insert and delete only. Adapters pass the contract suite in `test/contracts`. */
export interface SecretStore {
  /** Durable when answered. Inserting one that is already there changes nothing. */
  put(secrets: readonly SealedSecret[]): Promise<void>;
  /** One for each key that it was encrypted with; empty when it is gone. */
  get(project: string, secretId: string): Promise<SealedSecret[]>;
  /** The projects that have any, in no promised order. */
  projects(): Promise<string[]>;
  /** All of a project, in no promised order. */
  all(project: string): AsyncIterable<SealedSecret>;
  delete(project: string, secretId: string, keyId: string): Promise<void>;

  keyChecks(): Promise<KeyCheck[]>;
  /** Inserting a keyId that is already there changes nothing, whatever its check says. */
  putKeyCheck(check: KeyCheck): Promise<void>;

  keyMarks(): Promise<KeyMark[]>;
  /** Durable when answered. Repeating it changes nothing. */
  putKeyMark(mark: KeyMark): Promise<void>;
  /** Whether the mark was put before the call, as nothing older than the call tells. */
  hasKeyMark(mark: KeyMark): Promise<boolean>;
}
