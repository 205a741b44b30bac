import type { Image } from './image.ts';
import type { Snapshots } from './snapshots.ts';

/** A snapshot is due when so many bytes of commits came since the last one, or a quarter of what that one took. */
const LEAST_BYTES = 1024 * 1024;
const SHARE_OF_LAST = 0.25;

/** Sees to it that one project's snapshots are written as its log grows, one at a time and beside other work. */
export class SnapshotKeeper<View> {
  busy = false;
  private lastWeight = 0;
  private lastBytes = 0;

  constructor(
    private readonly project: string,
    private readonly snapshots: Snapshots<View> | undefined,
    private readonly alarm: (message: string, details: object) => void,
  ) {}

  /** Told of the snapshot that the ledger began with. */
  found(image: Image<View>): void {
    this.lastWeight = image.weight;
  }

  /** The image must not be changed any more. */
  offer(image: Image<View>): void {
    const due = Math.max(LEAST_BYTES, this.lastBytes * SHARE_OF_LAST);
    if (!this.snapshots || this.busy || image.weight - this.lastWeight < due) return;
    this.busy = true;
    this.lastWeight = image.weight;
    this.snapshots
      .save(this.project, image)
      .then((bytes) => {
        this.lastBytes = bytes;
      })
      .catch((error) => {
        // A cache that cannot be written costs time at the next start, and no answer.
        this.alarm('a snapshot could not be written', { project: this.project, position: image.position, err: error });
      })
      .finally(() => {
        this.busy = false;
      });
  }
}
