import type { Collection, Db } from 'mongodb';
import type { SealedCommit } from '../../event-sourcing/event.ts';
import { type AppendResult, StoreUnavailableError } from '../../event-sourcing/event-store.ts';
import { claimOf, LARGEST_BODY_BYTES } from '../commit-index.ts';
import {
  certainlyNotStored,
  certainlyNotWritten,
  DUPLICATE_KEY,
  insertDocuments,
  type WriteError,
} from './commands.ts';
import { type CommitDocument, documentOf } from './commit-documents.ts';

/** One command is one document of at most 16 MiB for its server; see also `LARGEST_BODY_BYTES`. */
const LARGEST_COMMAND_BYTES = LARGEST_BODY_BYTES;
const LARGEST_COMMAND_COMMITS = 1_000;

/** Inserts in order, part by part; the unique keys of position and claim decide. */
export async function appendCommits(
  db: Db,
  collection: Collection<CommitDocument>,
  commits: readonly SealedCommit[],
): Promise<AppendResult> {
  let landed = 0;
  while (landed < commits.length) {
    const part = nextPart(commits, landed);
    const result = await insertPart(db, collection, part);
    landed += result.stored;
    const { outcome, cause } = result;
    if (outcome === 'conflict') return { landed, outcome };
    if (outcome === 'goes on') continue;
    // Once something landed, that has to be told: nothing may be thrown any more.
    if (outcome === 'unknown' || landed > 0) return { landed, outcome: 'unknown', cause };
    throw new StoreUnavailableError('MongoDB did not take the commit', { cause });
  }
  return { landed, outcome: 'all' };
}

/** The first `stored` commits of the part are durable. `goes on`: send the others; it is never answered with none. */
type PartResult =
  | { readonly stored: number; readonly outcome: 'goes on' | 'conflict'; readonly cause?: never }
  | { readonly stored: number; readonly outcome: 'refused' | 'unknown'; readonly cause: unknown };

async function insertPart(
  db: Db,
  collection: Collection<CommitDocument>,
  part: readonly SealedCommit[],
): Promise<PartResult> {
  let error: WriteError | undefined;
  try {
    [error] = await insertDocuments(db, 'commits', part.map(documentOf), { ordered: true });
  } catch (cause) {
    return { stored: 0, outcome: certainlyNotStored(cause) ? 'refused' : 'unknown', cause };
  }
  if (!error) return { stored: part.length, outcome: 'goes on' };
  if (error.code !== DUPLICATE_KEY) {
    return { stored: error.index, outcome: certainlyNotWritten(error) ? 'refused' : 'unknown', cause: error };
  }
  try {
    return await readBack(collection, part, error);
  } catch (cause) {
    return { stored: error.index, outcome: 'unknown', cause };
  }
}

/**
 * Whose commit is it that has the position, or the claim? A duplicate-key error may be of any unique index and, after a
 * lost answer, of this very commit, sent before. The hash covers the whole commit, its id included.
 */
async function readBack(
  collection: Collection<CommitDocument>,
  part: readonly SealedCommit[],
  error: WriteError,
): Promise<PartResult> {
  const [first, last] = [part[error.index], part.at(-1)];
  if (!first || !last) return { stored: 0, outcome: 'unknown', cause: error };
  const there = await collection
    .find(
      { project: first.commit.project, position: { $gte: first.commit.position, $lte: last.commit.position } },
      { projection: { _id: 0, position: 1, hash: 1 }, sort: { position: 1 }, limit: part.length },
    )
    .toArray();
  const hashes = new Map(there.map(({ position, hash }) => [position, hash]));
  let stored = error.index;
  for (const { commit, hash } of part.slice(error.index)) {
    const found = hashes.get(commit.position);
    if (found === undefined) break;
    if (found !== hash) return { stored, outcome: 'conflict' };
    stored += 1;
  }
  if (stored > error.index) return { stored, outcome: 'goes on' };
  const claim = claimOf(first.commit);
  const holder = await collection.findOne(
    { project: first.commit.project, claim },
    { projection: { _id: 0, hash: 1 } },
  );
  if (holder && holder.hash !== first.hash) return { stored, outcome: 'conflict' };
  // A majority does not have yet what the server reported.
  return { stored, outcome: 'unknown', cause: error };
}

function nextPart(commits: readonly SealedCommit[], from: number): readonly SealedCommit[] {
  let bytes = 0;
  let to = from;
  for (const { body } of commits.slice(from, from + LARGEST_COMMAND_COMMITS)) {
    bytes += body.byteLength;
    if (to > from && bytes > LARGEST_COMMAND_BYTES) break;
    to += 1;
  }
  return commits.slice(from, to);
}
