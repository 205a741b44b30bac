import { LRUCache } from 'lru-cache';
import type { Image } from './image.ts';

/** An image that was opened or folded for a look at the past. */
export interface PastImage<View> {
  readonly image: Image<View>;
  /** About how many bytes of memory it holds for itself alone. */
  readonly bytes: number;
}

const MOST = 64;

/** The images of the past that were looked at lately, of all projects; those used least recently go first. */
export class PastImages<View> {
  private readonly kept: LRUCache<string, PastImage<View> & { readonly project: string }>;

  /** @param room for all of them together, in bytes */
  constructor(room: number) {
    // One that is larger than all the room stays while it is in use.
    const sizeOf = (bytes: number) => Math.min(Math.max(1, Math.ceil(bytes)), room);
    this.kept = new LRUCache({ max: MOST, maxSize: room, sizeCalculation: ({ bytes }) => sizeOf(bytes) });
  }

  keep(project: string, past: PastImage<View>): void {
    this.kept.set(keyOf(project, past.image.position), { ...past, project });
  }

  /** The last one of the project that stands at this position or before it. */
  before(project: string, position: number): PastImage<View> | undefined {
    let last: PastImage<View> | undefined;
    for (const past of this.kept.values()) {
      if (past.project !== project || past.image.position > position) continue;
      if (!last || past.image.position > last.image.position) last = past;
    }
    return last && this.kept.get(keyOf(project, last.image.position));
  }

  forget(project: string): void {
    for (const [key, past] of [...this.kept.entries()]) if (past.project === project) this.kept.delete(key);
  }
}

function keyOf(project: string, position: number): string {
  return `${position} ${project}`;
}
