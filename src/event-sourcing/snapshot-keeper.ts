import type { Image } from './image.ts';
import type { Snapshots, StoredImage } from './snapshots.ts';

/** What was passed can wait: its snapshots are written in a fifth of the time, so that requests hardly feel it. */
const LEISURE = 4;

/** An image is written whole when the log has grown by so many bytes since the last one, or a fifth of what that takes. */
const LEAST_BYTES = 1024 * 1024;
const SHARE_OF_LAST = 0.2;

/**
 * Writes a snapshot of one project at each mark, one at a time and beside other work: what has changed since the mark
 * before it, and now and then everything.
 */
export class SnapshotKeeper<View> {
  busy = false;
  private waiting: readonly Image<View>[] = [];
  /** The last image that was written, and the last that was written whole. */
  private last: Image<View> | undefined;
  private lastWhole = { weight: 0, bytes: 0 };
  private readonly leisure = { rest: LEISURE };

  constructor(
    private readonly project: string,
    private readonly snapshots: Snapshots<View> | undefined,
    private readonly alarm: (message: string, details: object) => void,
  ) {}

  /** Told of the snapshot that the ledger began with. */
  found({ image, whole }: StoredImage<View>): void {
    this.last = image;
    this.lastWhole = whole;
  }

  /** Told that what was written may be of another log. */
  forget(): void {
    this.waiting = [];
    this.last = undefined;
    this.lastWhole = { weight: 0, bytes: 0 };
  }

  /** Takes the images at the marks that were passed on the way to the head. None of them must be changed any more. */
  offer(head: Image<View>, marks: readonly Image<View>[]): void {
    const { snapshots } = this;
    if (!snapshots || marks.length === 0) return;
    this.waiting = [...this.waiting, ...marks];
    if (this.busy) return;
    this.busy = true;
    this.writeAll(snapshots, head)
      // A cache that cannot be written costs time at the next start, and no answer.
      .catch((err) => {
        this.waiting = [];
        this.alarm('a snapshot could not be written', { project: this.project, err });
      })
      .finally(() => {
        this.busy = false;
      });
  }

  /** Leaves it at the snapshot that is being written, and writes that fast. */
  hurry(): void {
    this.waiting = [];
    this.leisure.rest = 0;
  }

  private async writeAll(snapshots: Snapshots<View>, head: Image<View>): Promise<void> {
    // Behind a replay, what the next start needs comes first.
    if (!this.last && this.waiting.length > 1) await snapshots.save(this.project, head);
    for (let mark = this.next(); mark; mark = this.next()) {
      const pace = this.leisure;
      const changes = this.last && (await snapshots.save(this.project, mark, { since: this.last, pace }));
      const { weight, bytes } = this.lastWhole;
      if (changes === undefined || mark.weight - weight >= Math.max(LEAST_BYTES, bytes * SHARE_OF_LAST)) {
        const written = await snapshots.save(this.project, mark, { pace });
        this.lastWhole = { weight: mark.weight, bytes: written ?? 0 };
      }
      this.last = mark;
    }
  }

  private next(): Image<View> | undefined {
    const [next, ...later] = this.waiting;
    this.waiting = later;
    return next;
  }
}
