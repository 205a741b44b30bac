import { type Image, MEMORY_OF_A_BYTE } from './image.ts';

const MOST = 1_024;

/**
 * Images of the past that were passed on the way to the head. They share with each other what did not change between
 * them, so that together they take no more memory than what the log that they were folded from changed.
 */
export class Milestones<View> {
  /** By position, ascending. */
  private kept: Image<View>[] = [];
  private ownBytes = 0;

  /** About how many bytes of memory they take besides what they share with the image at the head. */
  get bytes(): number {
    return this.ownBytes;
  }

  /** The images must not be changed any more. */
  keep(passed: readonly Image<View>[]): void {
    if (passed.length === 0) return;
    this.kept.push(...passed);
    if (this.kept.length > MOST) this.kept = this.kept.filter((_, index) => index % 2 === 1);
    this.ownBytes = this.kept.reduce((sum, image, index) => sum + replacedBytes(this.kept[index - 1], image), 0);
  }

  /** The last one that stands at this position or before it. */
  before(position: number): Image<View> | undefined {
    return this.kept.findLast((image) => image.position <= position);
  }

  clear(): void {
    this.kept = [];
    this.ownBytes = 0;
  }
}

/** About how many bytes of an image the next one has in another form: what was added to it is all that it has. */
function replacedBytes<View>(image: Image<View> | undefined, next: Image<View>): number {
  if (!image) return 0;
  const changed = (next.weight - image.weight) * MEMORY_OF_A_BYTE;
  return Math.min(Math.max(0, changed - Math.max(0, next.bytes - image.bytes)), image.bytes);
}
