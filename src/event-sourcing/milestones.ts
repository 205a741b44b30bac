import type { Image } from './image.ts';

/** Images are kept this many commits apart, or a fortieth of the log, whichever is more. */
const SHORTEST_GAP = 500;
const GAPS_IN_A_LOG = 40;
const MOST = 128;

/**
 * Images of the past that were passed on the way to the head. They share with each other what did not change between
 * them, so that together they take no more memory than the log that they were folded from.
 */
export class Milestones<View> {
  /** By position, ascending. */
  private kept: Image<View>[] = [];

  /** Whether an image at this position is far enough from the last one to be kept. */
  isDue(position: number): boolean {
    const last = this.kept.at(-1)?.position ?? 0;
    return position - last >= Math.max(SHORTEST_GAP, position / GAPS_IN_A_LOG);
  }

  /** The image must not be changed any more. */
  keep(image: Image<View>): void {
    this.kept.push(image);
    if (this.kept.length > MOST) this.kept = this.kept.filter((_, index) => index % 2 === 1);
  }

  /** The last one that stands at this position or before it. */
  before(position: number): Image<View> | undefined {
    return this.kept.findLast((image) => image.position <= position);
  }

  clear(): void {
    this.kept = [];
  }
}
