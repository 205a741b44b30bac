import type { Image } from './image.ts';

const MOST = 1_024;

/**
 * Images of the past that were passed on the way to the head. They share with each other what did not change between
 * them, so that together they take no more memory than the log that they were folded from.
 */
export class Milestones<View> {
  /** By position, ascending. */
  private kept: Image<View>[] = [];

  /** The images must not be changed any more. */
  keep(passed: readonly Image<View>[]): void {
    this.kept.push(...passed);
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
