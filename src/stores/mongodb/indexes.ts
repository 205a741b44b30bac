import {
  type Collection,
  type Db,
  type Document,
  type IndexDescription,
  type IndexDescriptionInfo,
  MongoServerError,
} from 'mongodb';
import { StoreUnavailableError, StoreUnusableError } from '../../event-sourcing/event-store.ts';
import { DUPLICATE_KEY, orUnavailable } from './commands.ts';
import type { CommitDocument } from './commit-documents.ts';
import { COLLECTION_OPTIONS } from './connection-options.ts';
import { rebuildCopies } from './rebuild-copies.ts';

/** The unique ones carry the store's promises; the others are for speed. `project` comes first in those, for sharding. */
export const INDEXES = {
  commits: [
    { name: 'position', key: { project: 1, position: 1 }, unique: true },
    { name: 'claim', key: { project: 1, claim: 1 }, unique: true },
    { name: 'subject', key: { project: 1, subjects: 1, position: 1 } },
    { name: 'actor', key: { project: 1, actorId: 1, position: 1 } },
    { name: 'type', key: { project: 1, types: 1, position: 1 } },
    { name: 'time', key: { project: 1, at: 1, position: 1 } },
  ],
  snapshot_parts: [
    { name: 'part-of-writer', key: { project: 1, fold: 1, position: 1, base: 1, writer: 1, part: 1 }, unique: true },
    { name: 'manifest-of-writer', key: { project: 1, fold: 1, part: 1, position: 1, base: 1, writer: 1 } },
  ],
  catalogue: [
    { name: 'entry', key: { project: 1, position: 1, commitId: 1 }, unique: true },
    { name: 'readers', key: { readers: 1, project: 1 } },
  ],
  token_uses: [{ name: 'use', key: { project: 1, tokenId: 1 }, unique: true }],
  secrets: [{ name: 'secret', key: { project: 1, secretId: 1, keyId: 1 }, unique: true }],
} as const satisfies Record<string, readonly IndexDescription[]>;

/** https://www.mongodb.com/docs/manual/reference/error-codes/: IndexOptionsConflict, IndexKeySpecsConflict. */
const CONFLICTS: readonly unknown[] = [85, 86];
const INDEX_NOT_FOUND = 27;

/** Of earlier versions, by name: before commits had claims, and snapshots a writer. */
const OUTDATED: Readonly<Record<string, readonly string[]>> = {
  commits: ['idempotency-key'],
  snapshot_parts: ['part', 'manifest'],
};

/** How often commits are given their claims anew because one without came in between. */
const MOST_REBUILDS = 3;

/**
 * Creates the indexes that are not there; those of a database of an earlier version that need copies which it did not have
 * yet are made when the commits have them. Throws `StoreUnusableError` unless then all are there, and the unique ones
 * unique: without them, two nodes could both append at one position, or with one idempotency key. FerretDB 1.24 answers that
 * it has made a unique one where a plain one stands.
 */
export async function prepareIndexes(db: Db): Promise<void> {
  await prepareClaims(db);
  for (const [name, wanted] of Object.entries<readonly IndexDescription[]>(INDEXES)) {
    const collection = db.collection(name, COLLECTION_OPTIONS);
    // One by one, which every server of the protocol takes.
    for (const index of wanted) await create(collection, index);
    const present = await orUnavailable(() => collection.indexes());
    for (const index of wanted) {
      if (present.some((candidate) => enforces(candidate, index))) continue;
      const key = Object.keys(index.key).join(', ');
      const kind = index.unique ? 'a unique index' : 'an index';
      throw new StoreUnusableError(`MongoDB's collection ${name} lacks ${kind} of {${key}} over all its documents`);
    }
  }
  await dropOutdated(db);
}

async function prepareClaims(db: Db): Promise<void> {
  const commits = db.collection<CommitDocument>('commits', COLLECTION_OPTIONS);
  const [position, claim] = INDEXES.commits;
  await create(commits, position);
  for (let rebuilds = 0; ; rebuilds += 1) {
    const present = await orUnavailable(() => commits.indexes());
    if (present.some((candidate) => enforces(candidate, claim))) return;
    if (rebuilds === MOST_REBUILDS) {
      throw new StoreUnavailableError(
        'a node of an earlier version still appends to the MongoDB database: stop it first',
      );
    }
    await rebuildCopies(commits);
    if (await create(commits, claim)) return;
  }
}

/** Snapshots of earlier versions tell no writer: they are a cache, and nobody reads them any more. */
async function dropOutdated(db: Db): Promise<void> {
  for (const [name, outdated] of Object.entries(OUTDATED)) {
    const collection = db.collection(name, COLLECTION_OPTIONS);
    const present = await orUnavailable(() => collection.indexes());
    for (const index of present.filter((each) => each.name !== undefined && outdated.includes(each.name))) {
      await orUnavailable(() => collection.dropIndex(index.name ?? '')).catch(unlessGone);
      if (name === 'snapshot_parts') await orUnavailable(() => collection.deleteMany({ writer: { $exists: false } }));
    }
  }
}

/** False when documents stand in the way of a unique one. */
async function create<T extends Document>(
  collection: Collection<T>,
  { key, ...options }: IndexDescription,
): Promise<boolean> {
  try {
    await orUnavailable(() => collection.createIndex(key, options));
    return true;
  } catch (error) {
    if (error instanceof StoreUnavailableError && isDuplicateKey(error.cause)) return false;
    return unlessConflict(error);
  }
}

/** An index of that name or key is there, but differs: whether that matters is seen once all are there. */
function unlessConflict(error: unknown): true {
  const cause = error instanceof StoreUnavailableError ? error.cause : undefined;
  if (cause instanceof MongoServerError && CONFLICTS.includes(cause.code)) return true;
  throw error;
}

/** Another node that starts may have dropped it. */
function unlessGone(error: unknown): void {
  const cause = error instanceof StoreUnavailableError ? error.cause : undefined;
  if (!(cause instanceof MongoServerError && cause.code === INDEX_NOT_FOUND)) throw error;
}

function isDuplicateKey(cause: unknown): boolean {
  return cause instanceof MongoServerError && cause.code === DUPLICATE_KEY;
}

function enforces(candidate: IndexDescriptionInfo, wanted: IndexDescription): boolean {
  const narrowed =
    candidate.sparse || candidate.partialFilterExpression !== undefined || candidate.collation !== undefined;
  const isUnique = candidate.unique === true || !wanted.unique;
  return isUnique && !narrowed && JSON.stringify(candidate.key) === JSON.stringify(wanted.key);
}
