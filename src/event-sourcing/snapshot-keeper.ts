import type { Image } from './image.ts';
import type { Snapshots, StoredImage } from './snapshots.ts';

/** A snapshot is due when so many bytes of commits came since the last one, or an eighth of what that one holds. */
const LEAST_BYTES = 1024 * 1024;
const SHARE_OF_LAST = 0.125;

/** What was passed can wait: its snapshots are written in a fifth of the time, so that requests hardly feel it. */
const LEISURE = 4;

/** Sees to it that one project's snapshots are written as its log grows, one at a time and beside other work. */
export class SnapshotKeeper<View> {
  busy = false;
  private last = { weight: 0, bytes: 0 };
  private passed: readonly Image<View>[] = [];
  private readonly leisure = { rest: LEISURE };

  constructor(
    private readonly project: string,
    private readonly snapshots: Snapshots<View> | undefined,
    private readonly alarm: (message: string, details: object) => void,
  ) {}

  /** Told of the snapshot that the ledger began with. */
  found({ image, bytes }: StoredImage<View>): void {
    this.last = { weight: image.weight, bytes };
  }

  /**
   * Offers the image at the head, and those that were passed on the way to it, ascending: a look at the past begins at
   * one of them. None of them must be changed any more.
   */
  offer(head: Image<View>, passed: readonly Image<View>[] = []): void {
    const { snapshots, last } = this;
    if (!snapshots || this.busy || !isDue(head, last)) return;
    this.busy = true;
    this.passed = passed;
    this.writeAll(snapshots, head, last)
      // A cache that cannot be written costs time at the next start, and no answer.
      .catch((err) => this.alarm('a snapshot could not be written', { project: this.project, err }))
      .finally(() => {
        this.busy = false;
      });
  }

  /** Leaves it at the snapshot that is being written, and writes that fast. */
  hurry(): void {
    this.passed = [];
    this.leisure.rest = 0;
  }

  /** The head first: it is what the next start needs. */
  private async writeAll(
    snapshots: Snapshots<View>,
    head: Image<View>,
    before: { readonly weight: number; readonly bytes: number },
  ): Promise<void> {
    this.last = { ...this.last, weight: head.weight };
    this.last = { weight: head.weight, bytes: await snapshots.save(this.project, head) };
    let last = before;
    while (this.passed.length > 0) {
      const [image, ...later] = this.passed;
      this.passed = later;
      if (!image || !isDue(image, last) || !isDue(head, { ...last, weight: image.weight })) continue;
      last = { weight: image.weight, bytes: await snapshots.save(this.project, image, this.leisure) };
    }
  }
}

function isDue(image: { readonly weight: number }, last: { readonly weight: number; readonly bytes: number }): boolean {
  return image.weight - last.weight >= Math.max(LEAST_BYTES, last.bytes * SHARE_OF_LAST);
}
