import { isSliceOver, nextSlice } from '../../words/slices.ts';
import type { SealedCommit } from '../event.ts';
import { type EventStore, StoreUnavailableError } from '../event-store.ts';
import { BrokenChainError, type Image } from '../images/image.ts';
import { ProjectStoppedError } from '../project-stopped.ts';
import { RecentCommits } from './recent-commits.ts';

/** So many of the commits that were read are kept: each is garbage that got old while a long log is read. */
const NEWEST = 256;

/** What a log holds behind an image. */
export interface Continuation<View> {
  /** The image at the last commit that can be folded. */
  readonly image: Image<View>;
  /** The newest of the commits that were read, without a gap and up to the new image's position. */
  readonly newest: RecentCommits;
  /** The images at the marks on the way. */
  readonly marks: readonly Image<View>[];
  /** Why it does not go on from there; absent at the head. */
  readonly stoppedBy?: ProjectStoppedError;
}

/**
 * Reads a log from an image's own commit on, so that one which got shorter, or was replaced, is noticed as surely as one
 * that grew: then the continuation is stopped by a `BrokenChainError`.
 */
export async function readOn<View>(store: EventStore, project: string, from: Image<View>): Promise<Continuation<View>> {
  const image = from.fork();
  const newest = new RecentCommits(NEWEST);
  const marks: Image<View>[] = [];
  try {
    const commits = store.read(project, { after: Math.max(0, from.position - 1) });
    const note = (sealed: SealedCommit) => {
      newest.add([sealed]);
      if (image.isMark) marks.push(image.fork());
    };
    const isOwnThere = await fold(image, commits, { own: from.position, passed: note });
    if (!isOwnThere) await refuseUnlessLate(store, project, from.position);
    return { image, newest, marks };
  } catch (error) {
    if (!(error instanceof ProjectStoppedError)) throw error;
    return { image, newest, marks, stoppedBy: error };
  }
}

/**
 * Changes the image in place, beside other work. Throws `ProjectStoppedError`; the image is then at the commit before.
 *
 * @param options.own the image's own position, when the commits are read from there on: the first is to be that very one.
 * Answers whether it was there; true where none is to be.
 */
export async function fold<View>(
  image: Image<View>,
  commits: AsyncIterable<SealedCommit>,
  { own = 0, passed }: { readonly own?: number; readonly passed?: (sealed: SealedCommit) => void } = {},
): Promise<boolean> {
  const { hash } = image;
  let isOwnThere = own === 0;
  for await (const sealed of commits) {
    if (isOwnThere) {
      image.apply(sealed);
      passed?.(sealed);
    } else if (sealed.commit.position === own && sealed.hash === hash) isOwnThere = true;
    else throw new BrokenChainError(sealed.commit.project, own);
    if (isSliceOver()) await nextSlice();
  }
  return isOwnThere;
}

/** Nothing was read at the image's own position. A server that lags behind another one has lost nothing. */
async function refuseUnlessLate(store: EventStore, project: string, position: number): Promise<never> {
  if (await store.hasCommitAt(project, position)) throw new StoreUnavailableError('the store answers less than it has');
  throw new BrokenChainError(project, position);
}
