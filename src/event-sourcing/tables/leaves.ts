import { inflateRawSync } from 'node:zlib';

/** A run of a map's entries, in the order of their keys, as it is written down. */
export interface Leaf {
  /** Its least key. */
  readonly first: string;
  /** The keys, as a JSON array. */
  readonly keys: Uint8Array;
  /** A text for each key, with line ends between them, deflated (RFC 1951); empty where the keys say everything. */
  readonly texts: Uint8Array;
}

/** How a map's values are written down: as texts without line ends, or not at all. */
export interface Codec<V> {
  readonly write: (value: V) => string;
  readonly read: (text: string, key: string) => V;
  /** The value follows from the key, and `write` answers nothing. */
  readonly keysOnly?: boolean;
}

/** A leaf's values are read behind its keys: whether a key is there is asked far more often than what it holds. */
interface OpenLeaf<V> {
  readonly first: string;
  readonly keys: readonly string[];
  values: readonly V[] | { readonly texts: Uint8Array };
}

/** A sorted map that never changes. A leaf of it is read when somebody first asks for one of its entries. */
export class Leaves<V> {
  private readonly leaves: (Leaf | OpenLeaf<V>)[];

  /** The leaves must be in the order of their keys. */
  constructor(
    leaves: readonly Leaf[],
    private readonly codec: Codec<V>,
  ) {
    this.leaves = [...leaves];
  }

  has(key: string): boolean {
    return this.find(key) !== undefined;
  }

  get(key: string): V | undefined {
    const found = this.find(key);
    return found && this.valuesOf(found.leaf)[found.at];
  }

  /** Pairs in ascending order, starting at the first key that is not less than `from`. */
  *ascending(from = ''): IterableIterator<[string, V]> {
    for (let number = Math.max(0, this.leafOf(from)); number < this.leaves.length; number += 1) {
      const leaf = this.open(number);
      const values = this.valuesOf(leaf);
      for (let at = firstNotLess(leaf.keys, from); at < leaf.keys.length; at += 1) {
        yield [leaf.keys[at] as string, values[at] as V];
      }
    }
  }

  /** Pairs in descending order, starting at the first key that is less than `below`. */
  *descending(below?: string): IterableIterator<[string, V]> {
    for (let number = below === undefined ? this.leaves.length - 1 : this.leafOf(below); number >= 0; number -= 1) {
      const leaf = this.open(number);
      const values = this.valuesOf(leaf);
      const end = below === undefined ? leaf.keys.length : firstNotLess(leaf.keys, below);
      for (let at = end - 1; at >= 0; at -= 1) yield [leaf.keys[at] as string, values[at] as V];
    }
  }

  private find(key: string): { readonly leaf: OpenLeaf<V>; readonly at: number } | undefined {
    const number = this.leafOf(key);
    if (number < 0) return undefined;
    const leaf = this.open(number);
    const at = firstNotLess(leaf.keys, key);
    return leaf.keys[at] === key ? { leaf, at } : undefined;
  }

  /** The number of the only leaf that may hold the key; -1 when the key is less than all. */
  private leafOf(key: string): number {
    return countWhile(this.leaves.length, (number) => (this.leaves[number] as Leaf).first <= key) - 1;
  }

  private open(number: number): OpenLeaf<V> {
    const leaf = this.leaves[number] as Leaf | OpenLeaf<V>;
    if ('values' in leaf) return leaf;
    const open = { first: leaf.first, keys: readKeys(leaf), values: { texts: leaf.texts } };
    this.leaves[number] = open;
    return open;
  }

  private valuesOf(leaf: OpenLeaf<V>): readonly V[] {
    if ('texts' in leaf.values) leaf.values = readValues(leaf.keys, leaf.values.texts, this.codec);
    return leaf.values;
  }
}

export function readKeys({ keys }: Pick<Leaf, 'keys'>): string[] {
  return JSON.parse(textOf(keys)) as string[];
}

export function readValues<V>(keys: readonly string[], texts: Uint8Array, codec: Codec<V>): V[] {
  if (codec.keysOnly) return keys.map((key) => codec.read('', key));
  const lines = inflateRawSync(texts).toString('utf8').split('\n');
  return keys.map((key, at) => codec.read(lines[at] ?? '', key));
}

function firstNotLess(keys: readonly string[], key: string): number {
  return countWhile(keys.length, (at) => (keys[at] as string) < key);
}

/** How many of so many places come before the first at which this does not hold; it holds at none behind that. */
function countWhile(length: number, holds: (at: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
