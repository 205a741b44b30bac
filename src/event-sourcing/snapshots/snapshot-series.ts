import type { Image } from '../images/image.ts';
import type { Pace } from './pace.ts';
import type { Snapshots, StoredImage } from './snapshots.ts';

/** An image is written whole when the log has grown by so many bytes since the last one, or half of what that takes. */
const LEAST_BYTES = 1024 * 1024;
const SHARE_OF_LAST = 0.5;

/** Snapshots of one project that lead from each to the next: what has changed, and now and then everything. */
export class SnapshotSeries<View> {
  private last: Image<View> | undefined;
  private lastWhole: { readonly weight: number; readonly bytes: number };

  /** @param stored where it goes on; left out: with a whole one */
  constructor(
    private readonly project: string,
    private readonly snapshots: Snapshots<View>,
    private readonly pace: Pace,
    stored?: StoredImage<View>,
  ) {
    this.last = stored?.image;
    this.lastWhole = stored?.whole ?? { weight: 0, bytes: 0 };
  }

  /** True while there is nothing that it leads on from. */
  get isNew(): boolean {
    return this.last === undefined;
  }

  /** The image must stand behind the last one, and must not be changed any more. */
  async add(image: Image<View>): Promise<void> {
    const { project, snapshots, pace } = this;
    const changes = this.last && (await snapshots.save(project, image, { since: this.last, pace }));
    const { weight, bytes } = this.lastWhole;
    if (changes === undefined || image.weight - weight >= Math.max(LEAST_BYTES, bytes * SHARE_OF_LAST)) {
      const written = await snapshots.save(project, image, { pace });
      this.lastWhole = { weight: image.weight, bytes: written ?? 0 };
    }
    this.last = image;
  }
}
