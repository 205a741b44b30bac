import type { Collection, Document, Filter } from 'mongodb';
import type { CountRange } from '../../event-sourcing/event-store.ts';
import { orUnavailable } from './commands.ts';
import type { CommitDocument } from './commit-documents.ts';
import { INDEXES } from './indexes.ts';

/**
 * Counts the events of the commits that the filter finds; the server does it, by one index, and is told to stop when the
 * signal is aborted. Throws the signal's reason then.
 */
export async function countEvents(
  commits: Collection<CommitDocument>,
  filter: Filter<CommitDocument>,
  where: CountRange['where'] = {},
  signal?: AbortSignal,
): Promise<number> {
  const { subjects, types } = where;
  const ofEvents = {
    ...(subjects !== undefined && { 'events.subject': { $in: [...subjects] } }),
    ...(types !== undefined && { 'events.type': { $in: [...types] } }),
  };
  const pipeline: Document[] = [
    { $match: filter },
    { $project: { events: 1 } },
    { $unwind: '$events' },
    { $match: ofEvents },
    { $count: 'n' },
  ];
  const hint = indexFor(where);
  const cursor = commits.aggregate<{ n: number }>(pipeline, { hint, ...(signal && { signal }) });
  try {
    const [counted] = await orUnavailable(() => cursor.toArray());
    return counted?.n ?? 0;
  } finally {
    await cursor.close();
  }
}

/** The narrowest one that the filter names. */
function indexFor({ subjects, actorId, types }: NonNullable<CountRange['where']>) {
  const [position, , ofSubject, ofActor, ofType] = INDEXES.commits;
  if (subjects !== undefined) return ofSubject.key;
  if (actorId !== undefined) return ofActor.key;
  return types === undefined ? position.key : ofType.key;
}
