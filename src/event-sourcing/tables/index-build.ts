import { isSliceOver, nextSlice } from '../../words/slices.ts';
import { SortedMap } from './sorted-map.ts';

/** What an index is made of: rows by id, and the key under which it has one; undefined where it does not have it. */
export interface Indexed<Held> {
  readonly rows: SortedMap<Held>;
  readonly keyOf: (held: Held) => string | undefined;
}

/** How many changed rows an index is brought up to date by; behind more of them it is made anew. */
const MOST_CHANGES = 1_000;

/** An index of the rows of one moment, finished or on the way. */
export class IndexBuild<Held> {
  /** Stands for it where it must not be held. */
  readonly token = {};
  private readonly left: Iterator<[string, Held]>;
  private isDone = false;

  private constructor(
    private readonly of: Indexed<Held>,
    readonly index: SortedMap<Held>,
  ) {
    this.left = of.rows.ascending();
  }

  static begin<Held>({ rows, keyOf }: Indexed<Held>): IndexBuild<Held> {
    return new IndexBuild({ rows: rows.fork(), keyOf }, SortedMap.empty<Held>());
  }

  /**
   * Goes on to the end of the rows. Several may do so at once, and whoever stays does the rest: throws the signal's reason
   * when the caller does not wait for it any more.
   */
  async finish(signal?: AbortSignal): Promise<void> {
    while (!this.isDone) {
      if (isSliceOver()) await nextSlice(signal);
      else this.step();
    }
  }

  /** The index of other rows that differ in few from these; undefined when they differ in too many. */
  for(rows: SortedMap<Held>): IndexBuild<Held> | undefined {
    const changes = rows.changesSince(this.of.rows, MOST_CHANGES);
    if (!changes) return undefined;
    if (changes.length === 0) return this;
    const { keyOf } = this.of;
    const next = new IndexBuild<Held>({ rows: rows.fork(), keyOf }, this.index.fork());
    next.isDone = true;
    for (const [id, held] of changes) {
      const before = this.of.rows.get(id);
      const oldKey = before === undefined ? undefined : keyOf(before);
      const newKey = held === undefined ? undefined : keyOf(held);
      if (oldKey !== undefined && oldKey !== newKey) next.index.delete(oldKey);
      if (held !== undefined && newKey !== undefined) next.index.set(newKey, held);
    }
    return next;
  }

  /** Whether `for` has an answer. */
  isNear(rows: SortedMap<Held>): boolean {
    return rows.changesSince(this.of.rows, MOST_CHANGES) !== undefined;
  }

  private step(): void {
    const next = this.left.next();
    if (next.done) {
      this.isDone = true;
      return;
    }
    const [, held] = next.value;
    const key = this.of.keyOf(held);
    if (key !== undefined) this.index.set(key, held);
  }
}
