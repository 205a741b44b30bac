import sortedBtree from 'sorted-btree';

type BTree<V> = InstanceType<typeof sortedBtree.default<string, V>>;

/**
 * A map in the order of its keys' code units, whose copies share what they have in common: `fork` takes the same time
 * at any size, and a change to either side copies only the few nodes on its way.
 */
export class SortedMap<V> {
  private constructor(private readonly tree: BTree<V>) {}

  static empty<V>(): SortedMap<V> {
    return new SortedMap<V>(new sortedBtree.default<string, V>(undefined, byCodeUnit));
  }

  get size(): number {
    return this.tree.size;
  }

  fork(): SortedMap<V> {
    return new SortedMap(this.tree.clone());
  }

  get(key: string): V | undefined {
    return this.tree.get(key);
  }

  set(key: string, value: V): void {
    this.tree.set(key, value);
  }

  delete(key: string): void {
    this.tree.delete(key);
  }

  values(): IterableIterator<V> {
    return this.tree.values();
  }

  /** Pairs in ascending order, starting at the first key that is not less than `from`. */
  ascending(from?: string): IterableIterator<[string, V]> {
    return this.tree.entries(from);
  }

  /** Pairs in descending order, starting at the first key that is less than `below`. */
  descending(below?: string): IterableIterator<[string, V]> {
    return this.tree.size === 0 ? this.tree.entries() : this.tree.entriesReversed(below, undefined, true);
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
