import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { CopiesInOrder, placeholderClaim } from '../commit-index.ts';
import { orUnavailable } from './commands.ts';
import { type CommitDocument, copiesOf } from './commit-documents.ts';

const BATCH = 200;

/**
 * Gives every commit the copies of its body that it lacks: the only update that a stored commit ever gets. What it gives
 * follows from the log alone, so that several nodes may do it at once, and one that ended half-way is no matter.
 */
export async function rebuildCopies(commits: Collection<CommitDocument>): Promise<void> {
  const copies = new CopiesInOrder();
  const cursor = commits.find({}, { sort: { project: 1, position: 1 } });
  let updates: AnyBulkWriteOperation<CommitDocument>[] = [];
  const flush = async () => {
    if (updates.length > 0) await orUnavailable(() => commits.bulkWrite(updates, { ordered: false }));
    updates = [];
  };
  try {
    for (;;) {
      const document = await orUnavailable(() => cursor.next());
      if (document === null) return await flush();
      const { project, position, body } = document;
      const index = copies.next(project, body.value());
      const wanted = index ? copiesOf(index) : { claim: placeholderClaim(position) };
      // The project goes along, for sharding.
      const filter = { project, position };
      updates.push({ updateOne: { filter, update: { $set: wanted, $unset: { idempotencyKey: '' } } } });
      if (updates.length === BATCH) await flush();
    }
  } finally {
    await cursor.close();
  }
}
