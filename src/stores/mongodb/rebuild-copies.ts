import type { AnyBulkWriteOperation, Collection, Filter } from 'mongodb';
import { openCommit } from '../../event-sourcing/event.ts';
import { CopiesInOrder, placeholderClaim } from '../commit-index.ts';
import { orUnavailable } from './commands.ts';
import { type CommitDocument, copiesOf } from './commit-documents.ts';

/** So many commits are read, and then given their copies, at once. */
const PAGE = 50;

/**
 * Gives every commit the copies of its body that it lacks: the only update that a stored commit ever gets. What it gives
 * follows from the log alone, so that several nodes may do it at once, and one that ended half-way is no matter.
 */
export async function rebuildCopies(commits: Collection<CommitDocument>): Promise<void> {
  const copies = new CopiesInOrder();
  let behind: Filter<CommitDocument> = {};
  for (;;) {
    // Read whole before anything is written: FerretDB 1.24 writes nothing while a cursor is open.
    const options = { sort: { project: 1, position: 1 }, limit: PAGE } as const;
    const page = await orUnavailable(() => commits.find(behind, options).toArray());
    const end = page.at(-1);
    if (!end) return;
    await orUnavailable(() =>
      commits.bulkWrite(
        page.map((document) => updateOf(document, copies)),
        { ordered: false },
      ),
    );
    const { project, position } = end;
    behind = { $or: [{ project, position: { $gt: position } }, { project: { $gt: project } }] };
  }
}

function updateOf(
  { project, position, body }: CommitDocument,
  copies: CopiesInOrder,
): AnyBulkWriteOperation<CommitDocument> {
  const index = copies.next(project, body.value());
  const wanted = index ? copiesOf(index) : { claim: placeholderClaim(position) };
  // The project goes along, for sharding.
  const filter = { project, position };
  return { updateOne: { filter, update: { $set: wanted, $unset: { idempotencyKey: '' } } } };
}

/**
 * The document with the copies that it lacks, which are stored too: a node of an earlier version may have appended it while
 * nodes were exchanged one by one. Of its key an earlier commit may have the claim.
 */
export async function withCopies(
  commits: Collection<CommitDocument>,
  document: CommitDocument,
): Promise<CommitDocument> {
  const { _id, project, position, hash, body } = document;
  const index = new CopiesInOrder().next(project, body.value());
  // Whoever opens it is told that it can't be read.
  if (!index) return document;
  const holder = await orUnavailable(() => commits.findOne({ project, claim: index.claim }));
  const claim = holder ? openCommit(body.value(), hash).commit.commitId : index.claim;
  const copies = copiesOf({ ...index, claim });
  const update = { $set: copies, $unset: { idempotencyKey: '' } } as const;
  await orUnavailable(() => commits.updateOne({ project, position }, update));
  return { _id, ...copies, hash, body };
}
