import type { EventStore } from '../event-store.ts';
import { Image } from '../images/image.ts';
import type { Model } from '../images/projection.ts';
import { Leisure, rest } from './pace.ts';
import { SnapshotSeries } from './snapshot-series.ts';
import type { Snapshots, StoredImage } from './snapshots.ts';

/** So many marks may wait for their snapshots, as each keeps what has changed since in memory. */
const MOST_WAITING = 8;

/** How many commits are folded into a gap before other work gets a turn. */
const FOLD_IN_ONE_GO = 100;

/** Sees to it that one project's snapshots lead to each of its marks, beside other work. */
export class SnapshotKeeper<View> {
  private underWay = 0;
  private isWriting = false;
  private waiting: readonly Image<View>[] = [];
  private series: SnapshotSeries<View>;
  private hurried = false;
  private readonly leisure = new Leisure(() => this.waiting.length > MOST_WAITING);

  constructor(
    private readonly project: string,
    private readonly model: Model<View, never, unknown>,
    private readonly snapshots: Snapshots<View>,
    private readonly surroundings: {
      readonly store: EventStore;
      readonly alarm: (message: string, details: object) => void;
    },
  ) {
    this.series = this.newSeries();
  }

  get busy(): boolean {
    return this.underWay > 0;
  }

  /** Told of the snapshot that the ledger began with. */
  found(stored: StoredImage<View>): void {
    this.series = this.newSeries(stored);
    this.beside(() => this.closeGaps());
  }

  /** Told that the log got shorter, or was replaced. */
  forget(): void {
    this.waiting = [];
    this.series = this.newSeries();
    this.beside(() => this.snapshots.dropForeign(this.project));
  }

  /** Takes the images at the marks that were passed on the way to the head. None of them must be changed any more. */
  offer(head: Image<View>, marks: readonly Image<View>[]): void {
    if (marks.length === 0) return;
    this.waiting = [...this.waiting, ...marks];
    if (this.isWriting) return;
    this.isWriting = true;
    this.beside(async () => {
      try {
        await this.writeWaiting(head);
      } finally {
        this.waiting = [];
        this.isWriting = false;
      }
    });
  }

  /** Ends soon what is done in the background. */
  hurry(): void {
    this.hurried = true;
    this.waiting = [];
    this.leisure.hurry();
  }

  private async writeWaiting(head: Image<View>): Promise<void> {
    if (this.series.isNew && this.waiting.length > 1) {
      // Behind a replay, what the next start needs comes first; then what leads to it.
      if (this.waiting.at(-1)?.position !== head.position) this.waiting = [...this.waiting, head];
      await this.snapshots.save(this.project, head);
    }
    for (let [mark] = this.waiting; mark; [mark] = this.waiting) {
      this.waiting = this.waiting.slice(1);
      await this.series.add(mark);
    }
  }

  /** A process that ended while it wrote what a replay had passed leaves a gap behind the image that it wrote first. */
  private async closeGaps(): Promise<void> {
    for (const end of await this.snapshots.unreached(this.project)) {
      const stored = await this.snapshots.newest(this.project, end - 1);
      const series = this.newSeries(stored);
      const image = stored?.image.fork() ?? Image.empty(this.model);
      let begun = performance.now();
      for await (const sealed of this.surroundings.store.read(this.project, { after: image.position, upTo: end })) {
        if (this.hurried) return;
        image.apply(sealed);
        const isDue = image.isMark || image.position === end;
        if (!isDue && image.position % FOLD_IN_ONE_GO !== 0) continue;
        await rest(performance.now() - begun, this.leisure);
        if (isDue) await series.add(image.fork());
        begun = performance.now();
      }
    }
  }

  private newSeries(stored?: StoredImage<View>): SnapshotSeries<View> {
    return new SnapshotSeries(this.project, this.snapshots, this.leisure, stored);
  }

  /** A cache that cannot be written costs time at the next start, and no answer. */
  private beside(work: () => Promise<void>): void {
    this.underWay += 1;
    work()
      .catch((err) => this.surroundings.alarm('a snapshot could not be written', { project: this.project, err }))
      .finally(() => {
        this.underWay -= 1;
      });
  }
}
