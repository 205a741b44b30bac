import type { EventStore } from '../event-store.ts';
import type { Image } from '../images/image.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';

/** What a ledger needs from outside. */
export interface LedgerSurroundings<View> {
  readonly store: EventStore;
  /** Left out: every image is folded from the beginning of its log. */
  readonly snapshots?: Snapshots<View>;
  /** ISO 8601, UTC, milliseconds. */
  readonly now: () => string;
  /** Told when `now` is before the time of the project's newest commit, which is then repeated. */
  readonly clockBehind?: (details: { readonly project: string; readonly now: string; readonly newest: string }) => void;
  readonly newCommitId: () => string;
  /** Told of what an operator should look at: a rolled-back suffix, a stopped project, an outcome that had to be settled. */
  readonly alarm: (message: string, details: object) => void;
  /** Told of what this process appended, and of appends that lost their position. */
  readonly committed?: (count: number) => void;
  readonly conflicted?: () => void;
  /** Told of the image at the head of a log: after each read of it, and each append. */
  readonly reached?: (project: string, image: Image<View>) => void;
  /** Throws `NotReadyError` while this process must not append. Left out: it always may. */
  readonly assertReady?: () => Promise<void>;
  /** Aborted when the process wants to end and will not wait any longer. */
  readonly stopped: AbortSignal;
}
