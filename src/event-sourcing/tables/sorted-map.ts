import sortedBtree from 'sorted-btree';
import { bulkLoad } from 'sorted-btree/extended/bulkLoad.js';
import diff from 'sorted-btree/extended/diffAgainst.js';
import type { Leaves } from './leaves.ts';

/** Instead of a value, where a key of the leaves below is no longer there. */
const GONE = Symbol('gone');

type Changes<V> = InstanceType<typeof sortedBtree.default<string, V | typeof GONE>>;

const NODE_SIZE = 32;
/** Ends a comparison. */
const ENOUGH = { break: true };

/**
 * A map in the order of its keys' code units, whose copies share what they have in common: `fork` takes the same time
 * at any size, and a change to either side copies only the few nodes on its way. It may lie over leaves that were stored,
 * which are read as far as they are asked for.
 */
export class SortedMap<V> {
  private constructor(
    private readonly changes: Changes<V>,
    private readonly below: Leaves<V> | undefined,
    /** How many keys there are; kept while there are leaves below. */
    private count: number,
  ) {}

  static empty<V>(): SortedMap<V> {
    return new SortedMap<V>(new sortedBtree.default(undefined, byCodeUnit), undefined, 0);
  }

  /** Takes less time than setting the pairs one by one. Of pairs with the same key the last one counts. */
  static of<V>(pairs: Iterable<readonly [key: string, value: V]>): SortedMap<V> {
    return new SortedMap<V>(treeOf<V>(new Map(pairs)), undefined, 0);
  }

  /**
   * A map that was stored: leaves, and what has changed since, oldest first (a value that is undefined is gone).
   * @param size how many keys that makes: counting them would read the leaves
   */
  static stored<V>(
    leaves: Leaves<V>,
    since: Iterable<readonly [key: string, value: V | undefined]>,
    size: number,
  ): SortedMap<V> {
    const changes = new Map<string, V | typeof GONE>();
    for (const [key, value] of since) changes.set(key, value === undefined ? GONE : value);
    return new SortedMap<V>(treeOf(changes), leaves, size);
  }

  get size(): number {
    return this.below ? this.count : this.changes.size;
  }

  fork(): SortedMap<V> {
    return new SortedMap(this.changes.clone(), this.below, this.count);
  }

  get(key: string): V | undefined {
    const changed = this.changes.get(key);
    if (changed !== undefined) return changed === GONE ? undefined : changed;
    return this.below?.get(key);
  }

  set(key: string, value: V): void {
    if (this.below && !this.has(key)) this.count += 1;
    this.changes.set(key, value);
  }

  delete(key: string): void {
    if (!this.below) {
      this.changes.delete(key);
      return;
    }
    if (!this.has(key)) return;
    this.count -= 1;
    if (this.below.has(key)) this.changes.set(key, GONE);
    else this.changes.delete(key);
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.ascending()) yield value;
  }

  /** Pairs in ascending order, starting at the first key that is not less than `from`. */
  ascending(from?: string): IterableIterator<[string, V]> {
    const changes = this.changes.entries(from);
    return this.below
      ? merged(this.below.ascending(from), changes, (a, b) => a < b)
      : (changes as IterableIterator<[string, V]>);
  }

  /** Pairs in descending order, starting at the first key that is less than `below`. */
  descending(below?: string): IterableIterator<[string, V]> {
    const changes =
      this.changes.size === 0 ? this.changes.entries() : this.changes.entriesReversed(below, undefined, true);
    return this.below
      ? merged(this.below.descending(below), changes, (a, b) => a > b)
      : (changes as IterableIterator<[string, V]>);
  }

  /**
   * What has to be set, or is gone (undefined), to come from an earlier map to this one; undefined when they have no
   * origin in common, or more changes than `most`. Passes by what the two share.
   */
  changesSince(
    earlier: SortedMap<V>,
    most = Number.POSITIVE_INFINITY,
  ): [key: string, value: V | undefined][] | undefined {
    if (earlier.below !== this.below) return undefined;
    const changes: [string, V | undefined][] = [];
    const add = (key: string, value: V | undefined) => {
      changes.push([key, value]);
      return changes.length > most ? ENOUGH : undefined;
    };
    const now = (key: string, value: V | typeof GONE) => add(key, value === GONE ? undefined : value);
    // What only the other map has changed is here as it was stored, if it was.
    diff.default(this.changes, earlier.changes, now, (key) => add(key, this.below?.get(key)), now);
    return changes.length > most ? undefined : changes;
  }

  private has(key: string): boolean {
    const changed = this.changes.get(key);
    return changed === undefined ? (this.below?.has(key) ?? false) : changed !== GONE;
  }
}

/** Both in the same order; where both have a key, what has changed counts. */
export function* merged<V>(
  below: Iterator<[string, V]>,
  changes: Iterator<[string, V | typeof GONE]>,
  comesFirst: (a: string, b: string) => boolean,
): IterableIterator<[string, V]> {
  let stored = below.next();
  let changed = changes.next();
  while (!stored.done || !changed.done) {
    if (changed.done || (!stored.done && comesFirst(stored.value[0], changed.value[0]))) {
      if (!stored.done) yield stored.value;
      stored = below.next();
      continue;
    }
    const [key, value] = changed.value;
    if (!stored.done && stored.value[0] === key) stored = below.next();
    if (value !== GONE) yield [key, value];
    changed = changes.next();
  }
}

function treeOf<V>(pairs: ReadonlyMap<string, V | typeof GONE>): Changes<V> {
  const keys = [...pairs.keys()].sort();
  const values = keys.map((key) => pairs.get(key) as V | typeof GONE);
  return bulkLoad(keys, values, NODE_SIZE, byCodeUnit);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
