import { LRUCache } from 'lru-cache';
import { IndexBuild, type Indexed } from './index-build.ts';
import type { SortedMap } from './sorted-map.ts';

/** Of one index: for pages of the newest rows, and of some earlier ones. */
const MOST_OF_AN_INDEX = 4;
/** Of all indexes of the process together; an entry takes some 100 bytes. */
const MOST_ENTRIES = 2_000_000;

interface Place {
  readonly cache: WeakRef<Pick<IndexCache<unknown>, 'forget'>>;
  readonly name: string;
}

/** Those used least recently go first, whatever tables they are of. */
const kept = new LRUCache<object, Place>({
  maxSize: MOST_ENTRIES,
  noDisposeOnSet: true,
  dispose: ({ cache, name }, token) => cache.deref()?.forget(name, token),
});

/**
 * The indexes that a table and all its forks do without until somebody asks for one. It is made beside other work, once
 * for all who ask, and follows from fork to fork by what differs between them.
 */
export class IndexCache<Held> {
  /** By name; of each the one used last is the last. */
  private readonly builds = new Map<string, readonly IndexBuild<Held>[]>();

  /** Throws the signal's reason when the caller does not wait for it any more. */
  async get(name: string, of: Indexed<Held>, signal?: AbortSignal): Promise<SortedMap<Held>> {
    for (;;) {
      const nearest = this.of(name).findLast((build) => build.isNear(of.rows)) ?? IndexBuild.begin(of);
      this.keep(name, nearest);
      await nearest.finish(signal);
      const build = nearest.for(of.rows);
      if (!build) continue;
      if (build !== nearest) kept.delete(nearest.token);
      this.keep(name, build);
      return build.index;
    }
  }

  forget(name: string, token: object): void {
    const left = this.of(name).filter((build) => build.token !== token);
    if (left.length > 0) this.builds.set(name, left);
    else this.builds.delete(name);
  }

  private of(name: string): readonly IndexBuild<Held>[] {
    return this.builds.get(name) ?? [];
  }

  private keep(name: string, build: IndexBuild<Held>): void {
    const others = this.of(name).filter((each) => each !== build);
    this.builds.set(name, [...others, build]);
    const cache = new WeakRef(this);
    kept.set(build.token, { cache, name }, { size: Math.min(build.index.size + 1, MOST_ENTRIES) });
    const [oldest] = others;
    if (oldest && others.length >= MOST_OF_AN_INDEX) kept.delete(oldest.token);
  }
}
