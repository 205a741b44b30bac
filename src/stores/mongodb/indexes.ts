import { type Db, type IndexDescription, type IndexDescriptionInfo, MongoServerError } from 'mongodb';
import { type StoreUnavailableError, StoreUnusableError } from '../../event-sourcing/event-store.ts';
import { orUnavailable } from './commands.ts';
import { COLLECTION_OPTIONS } from './connection-options.ts';

/** The unique ones carry the store's promises; the others are for speed. `project` comes first, for sharding. */
export const INDEXES = {
  commits: [
    { name: 'position', key: { project: 1, position: 1 }, unique: true },
    { name: 'subject', key: { project: 1, subjects: 1, position: 1 } },
    { name: 'actor', key: { project: 1, actorId: 1, position: 1 } },
    { name: 'type', key: { project: 1, types: 1, position: 1 } },
    { name: 'time', key: { project: 1, at: 1, position: 1 } },
    { name: 'idempotency-key', key: { project: 1, actorId: 1, idempotencyKey: 1, position: 1 } },
  ],
  snapshot_parts: [
    { name: 'part', key: { project: 1, fold: 1, position: 1, base: 1, part: 1 }, unique: true },
    { name: 'manifest', key: { project: 1, fold: 1, part: 1, position: 1, base: 1 } },
  ],
  secrets: [{ name: 'secret', key: { project: 1, secretId: 1, keyId: 1 }, unique: true }],
} satisfies Record<string, IndexDescription[]>;

/** https://www.mongodb.com/docs/manual/reference/error-codes/: IndexOptionsConflict, IndexKeySpecsConflict. */
const CONFLICTS: readonly unknown[] = [85, 86];

/**
 * Creates the indexes that are not there. Throws `StoreUnusableError` unless the unique ones then are there and unique:
 * without them, two nodes could both append at one position.
 */
export async function prepareIndexes(db: Db): Promise<void> {
  for (const [name, wanted] of Object.entries<IndexDescription[]>(INDEXES)) {
    const collection = db.collection(name, COLLECTION_OPTIONS);
    // One by one: asked for several of which some are there, FerretDB 1.24 drops the connection.
    for (const { key, ...options } of wanted) {
      await orUnavailable(() => collection.createIndex(key, options)).catch(unlessConflict);
    }
    const present = await orUnavailable(() => collection.indexes());
    for (const index of wanted) {
      if (index.unique && !present.some((candidate) => enforces(candidate, index))) {
        const key = Object.keys(index.key).join(', ');
        throw new StoreUnusableError(
          `MongoDB's collection ${name} lacks a unique index of {${key}} over all its documents`,
        );
      }
    }
  }
}

/** An index of that name or key is there, but differs: whether that matters is seen once all are there. */
function unlessConflict(error: StoreUnavailableError): void {
  const { cause } = error;
  if (!(cause instanceof MongoServerError && CONFLICTS.includes(cause.code))) throw error;
}

function enforces(candidate: IndexDescriptionInfo, wanted: IndexDescription): boolean {
  const narrowed =
    candidate.sparse || candidate.partialFilterExpression !== undefined || candidate.collation !== undefined;
  return candidate.unique === true && !narrowed && JSON.stringify(candidate.key) === JSON.stringify(wanted.key);
}
