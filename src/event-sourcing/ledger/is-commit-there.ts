import { type EventStore, StoreUnavailableError } from '../event-store.ts';

/**
 * Whether a log has this very commit. A server that lags behind another one has lost nothing: where it shows none, it is
 * asked in a way that it can't answer.
 */
export async function isCommitThere(
  store: Pick<EventStore, 'read' | 'hasCommitAt'>,
  { project, position, commitId }: { readonly project: string; readonly position: number; readonly commitId: string },
): Promise<boolean> {
  for await (const { commit } of store.read(project, { after: position - 1, upTo: position })) {
    return commit.commitId === commitId;
  }
  if (await store.hasCommitAt(project, position)) throw new StoreUnavailableError('the store answers less than it has');
  return false;
}
