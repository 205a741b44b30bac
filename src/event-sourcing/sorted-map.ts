import sortedBtree from 'sorted-btree';
import { bulkLoad } from 'sorted-btree/extended/bulkLoad.js';

type BTree<V> = InstanceType<typeof sortedBtree.default<string, V>>;

const NODE_SIZE = 32;

/**
 * A map in the order of its keys' code units, whose copies share what they have in common: `fork` takes the same time
 * at any size, and a change to either side copies only the few nodes on its way.
 */
export class SortedMap<V> {
  private constructor(private readonly tree: BTree<V>) {}

  static empty<V>(): SortedMap<V> {
    return new SortedMap<V>(new sortedBtree.default<string, V>(undefined, byCodeUnit));
  }

  /** Takes less time than setting the pairs one by one. Of pairs with the same key the last one counts. */
  static of<V>(pairs: readonly (readonly [key: string, value: V])[]): SortedMap<V> {
    const keys: string[] = [];
    const values: V[] = [];
    for (const [key, value] of pairs.toSorted(([a], [b]) => byCodeUnit(a, b))) {
      if (keys.at(-1) === key) values.pop();
      else keys.push(key);
      values.push(value);
    }
    return SortedMap.ofSorted(keys, values);
  }

  /** The keys must be in ascending order, without duplicates. */
  static ofSorted<V>(keys: readonly string[], values: readonly V[]): SortedMap<V> {
    return new SortedMap<V>(bulkLoad([...keys], [...values], NODE_SIZE, byCodeUnit));
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
