import { Binary, type Collection, type Db } from 'mongodb';
import type { KeyCheck, KeyMark, SealedSecret, SecretStore } from '../../secrets/secret-store.ts';
import { ensureDocuments, orUnavailable } from './commands.ts';
import { COLLECTION_OPTIONS } from './connection-options.ts';
import { isThere } from './linearizable.ts';

/** So many ciphertexts are sent in one command. */
const BATCH = 500;

interface SecretDocument extends Omit<SealedSecret, 'sealed'> {
  /** With the project, for the same reason as that of a commit. */
  readonly _id: { readonly project: string; readonly secretId: string; readonly keyId: string };
  readonly sealed: Binary;
}

interface KeyCheckDocument {
  readonly _id: string;
  readonly check: string;
}

interface KeyMarkDocument {
  readonly _id: { readonly keyId: string; readonly mark: KeyMark['mark'] };
}

export class MongoSecretStore implements SecretStore {
  readonly #db: Db;
  readonly #secrets: Collection<SecretDocument>;
  readonly #keyChecks: Collection<KeyCheckDocument>;
  readonly #keyMarks: Collection<KeyMarkDocument>;

  constructor(db: Db) {
    this.#db = db;
    this.#secrets = db.collection<SecretDocument>('secrets', COLLECTION_OPTIONS);
    this.#keyChecks = db.collection<KeyCheckDocument>('keyChecks', COLLECTION_OPTIONS);
    this.#keyMarks = db.collection<KeyMarkDocument>('keyMarks', COLLECTION_OPTIONS);
  }

  async put(secrets: readonly SealedSecret[]): Promise<void> {
    for (let from = 0; from < secrets.length; from += BATCH) {
      await ensureDocuments(this.#db, 'secrets', secrets.slice(from, from + BATCH).map(documentOf));
    }
  }

  async get(project: string, secretId: string): Promise<SealedSecret[]> {
    const found = await orUnavailable(() => this.#secrets.find({ project, secretId }).toArray());
    return found.map(open);
  }

  async projects(): Promise<string[]> {
    return orUnavailable(() => this.#secrets.distinct('project'));
  }

  async *all(project: string): AsyncIterable<SealedSecret> {
    const cursor = this.#secrets.find({ project });
    try {
      for (;;) {
        const document = await orUnavailable(() => cursor.next());
        if (document === null) return;
        yield open(document);
      }
    } finally {
      await cursor.close();
    }
  }

  async delete(project: string, secretId: string, keyId: string): Promise<void> {
    await orUnavailable(() => this.#secrets.deleteOne({ project, secretId, keyId }));
  }

  async keyChecks(): Promise<KeyCheck[]> {
    const found = await orUnavailable(() => this.#keyChecks.find().toArray());
    return found.map(({ _id, check }) => ({ keyId: _id, check }));
  }

  async putKeyCheck({ keyId, check }: KeyCheck): Promise<void> {
    await ensureDocuments(this.#db, 'keyChecks', [{ _id: keyId, check }]);
  }

  async keyMarks(): Promise<KeyMark[]> {
    const found = await orUnavailable(() => this.#keyMarks.find().toArray());
    return found.map(({ _id: { keyId, mark } }) => ({ keyId, mark }));
  }

  async putKeyMark({ keyId, mark }: KeyMark): Promise<void> {
    await ensureDocuments(this.#db, 'keyMarks', [{ _id: { keyId, mark } }]);
  }

  async hasKeyMark({ keyId, mark }: KeyMark): Promise<boolean> {
    return orUnavailable(() => isThere(this.#keyMarks, { _id: { keyId, mark } }));
  }
}

function documentOf({ project, secretId, keyId, resourceId, sealed, createdAt }: SealedSecret): SecretDocument {
  return {
    _id: { project, secretId, keyId },
    project,
    secretId,
    keyId,
    resourceId,
    sealed: new Binary(Uint8Array.from(sealed)),
    createdAt,
  };
}

function open({ _id, sealed, ...others }: SecretDocument): SealedSecret {
  return { ...others, sealed: Uint8Array.from(sealed.value()) };
}
