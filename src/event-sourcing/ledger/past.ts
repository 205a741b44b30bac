import type { EventStore } from '../event-store.ts';
import { BrokenChainError, Image, MEMORY_OF_A_BYTE } from '../images/image.ts';
import { Milestones } from '../images/milestones.ts';
import type { PastImage, PastImages } from '../images/past-images.ts';
import type { Model } from '../images/projection.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import { fold } from './read-on.ts';

/** A snapshot is read rather than so many commits folded. */
const WORTH_A_SNAPSHOT = 1_000;

/** One project's past, folded from the nearest image before the position that there is. */
export class Past<View> {
  private readonly milestones = new Milestones<View>();
  /** The look under way that is far from every image in memory, or the last one; never rejects. */
  private farLook: Promise<void> = Promise.resolve();

  constructor(
    private readonly project: string,
    private readonly model: Model<View, never, unknown>,
    private readonly surroundings: { readonly store: EventStore; readonly snapshots?: Snapshots<View> },
    private readonly images: PastImages<View>,
  ) {
    images.forget(project);
  }

  /** About how many bytes of memory the images take that were passed on the way to the head. */
  get bytes(): number {
    return this.milestones.bytes;
  }

  /** Takes images that were passed on the way to the head. None of them must be changed any more. */
  passed(marks: readonly Image<View>[]): void {
    this.milestones.keep(marks);
  }

  /** Told that what is in memory may be of another log. */
  forget(): void {
    this.milestones.clear();
    this.images.forget(this.project);
  }

  /** The image right after a commit that is there. Throws `ProjectStoppedError`. */
  at(position: number): Promise<Image<View>> {
    const nearest = this.nearest(position);
    if (position - nearest.image.position <= WORTH_A_SNAPSHOT) return this.foldFrom(nearest, position);
    // One after the other: each begins at what the one before it has found.
    const look = this.farLook.then(() => this.lookFar(position));
    this.farLook = look.then(
      () => undefined,
      () => undefined,
    );
    return look;
  }

  private async lookFar(position: number): Promise<Image<View>> {
    const nearest = this.nearest(position);
    const from = nearest.image.position;
    const isFar = position - from > WORTH_A_SNAPSHOT;
    const stored = isFar ? await this.surroundings.snapshots?.newest(this.project, position, from) : undefined;
    if (!stored) return this.foldFrom(nearest, position);
    const opened = { image: stored.image, bytes: stored.image.bytes };
    this.images.keep(this.project, opened);
    return this.foldFrom(opened, position);
  }

  /** Of the images in memory. */
  private nearest(position: number): PastImage<View> {
    const looked = this.images.before(this.project, position);
    const passed = this.milestones.before(position);
    if (looked && looked.image.position >= (passed?.position ?? 0)) return looked;
    return { image: passed ?? Image.empty<View>(this.model), bytes: 0 };
  }

  private async foldFrom({ image: from, bytes }: PastImage<View>, position: number): Promise<Image<View>> {
    if (from.position === position) return from;
    const image = from.fork();
    await fold(image, this.surroundings.store.read(this.project, { after: from.position, upTo: position }));
    if (image.position < position) throw new BrokenChainError(this.project, image.position + 1);
    const changed = (image.weight - from.weight) * MEMORY_OF_A_BYTE;
    this.images.keep(this.project, { image, bytes: bytes + Math.min(changed, image.bytes) });
    return image;
  }
}
