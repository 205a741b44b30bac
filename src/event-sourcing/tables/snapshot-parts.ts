import { deflateRawSync } from 'node:zlib';
import { type Codec, type Leaf, Leaves, readKeys, readValues } from './leaves.ts';
import type { Section, WrittenEntry } from './section.ts';
import { SortedMap } from './sorted-map.ts';

const ENTRIES_IN_A_LEAF = 64;
const LEAF_CHARACTERS = 32 * 1024;
const PART_BYTES = 512 * 1024;
/** Of deflate: rows are alike, and are found to be with little searching. */
const LEVEL = 3;

/** What a part says of each of its leaves. */
type LeafHead = readonly [section: string, gone: 0 | 1, first: string, keyBytes: number, textBytes: number];

/** Collects entries, and makes parts of them: heads of leaves as a line of JSON, then their keys and texts. */
export class PartWriter {
  /** Of all that was added: the length of its keys and texts. */
  size = 0;
  private heads: LeafHead[] = [];
  private bodies: Buffer[] = [];
  private bytes = 0;
  private keys: string[] = [];
  private texts: string[] = [];
  private gone: string[] = [];
  private characters = 0;

  /** Answers true when a leaf became full. */
  add({ name, keysOnly }: Section, [key, text]: WrittenEntry): boolean {
    if (text === undefined) this.gone.push(key);
    else {
      this.keys.push(key);
      if (!keysOnly) this.texts.push(text);
    }
    const length = key.length + (text?.length ?? 0);
    this.size += length;
    this.characters += length;
    const entries = this.keys.length + this.gone.length;
    if (entries < ENTRIES_IN_A_LEAF && this.characters < LEAF_CHARACTERS) return false;
    this.endLeaf(name);
    return true;
  }

  /** A leaf holds entries of one section only. */
  endLeaf(section: string): void {
    this.addLeaf(section, 0, this.keys, this.texts);
    this.addLeaf(section, 1, this.gone, []);
    [this.keys, this.texts, this.gone, this.characters] = [[], [], [], 0];
  }

  get isFull(): boolean {
    return this.bytes >= PART_BYTES;
  }

  /** The part that the leaves make which ended since the last one, if there are any. */
  take(): Buffer[] {
    if (this.heads.length === 0) return [];
    const part = Buffer.concat([Buffer.from(`${JSON.stringify(this.heads)}\n`, 'utf8'), ...this.bodies]);
    [this.heads, this.bodies, this.bytes] = [[], [], 0];
    return [part];
  }

  private addLeaf(section: string, gone: 0 | 1, keys: readonly string[], texts: readonly string[]): void {
    const [first] = keys;
    if (first === undefined) return;
    const body = [
      Buffer.from(JSON.stringify(keys), 'utf8'),
      texts.length === 0 ? Buffer.alloc(0) : deflateRawSync(texts.join('\n'), { level: LEVEL }),
    ] as const;
    this.heads.push([section, gone, first, body[0].length, body[1].length]);
    this.bodies.push(...body);
    this.bytes += body[0].length + body[1].length;
  }
}

interface StoredLeaf extends Leaf {
  readonly gone: boolean;
}

/** What was written of an image's sections: each as a whole, and the changes since, oldest first. */
export class StoredSections {
  private readonly whole = new Map<string, Leaf[]>();
  private readonly changes = new Map<string, StoredLeaf[]>();

  /** @param sizes how many entries each section has when all parts were added */
  constructor(private readonly sizes: Readonly<Record<string, number>>) {}

  addWhole(part: Uint8Array): void {
    for (const [section, leaf] of leavesOf(part)) push(this.whole, section, leaf);
  }

  addChanges(part: Uint8Array): void {
    for (const [section, leaf] of leavesOf(part)) push(this.changes, section, leaf);
  }

  map<V>(section: string, codec: Codec<V>): SortedMap<V> {
    const leaves = new Leaves(this.whole.get(section) ?? [], codec);
    return SortedMap.stored(leaves, changesOf(this.changes.get(section) ?? [], codec), this.sizes[section] ?? 0);
  }
}

function* changesOf<V>(leaves: readonly StoredLeaf[], codec: Codec<V>): Iterable<[string, V | undefined]> {
  for (const leaf of leaves) {
    const keys = readKeys(leaf);
    const values = leaf.gone ? [] : readValues(keys, leaf.texts, codec);
    for (const [at, key] of keys.entries()) yield [key, values[at]];
  }
}

function* leavesOf(part: Uint8Array): Iterable<[section: string, leaf: StoredLeaf]> {
  const end = part.indexOf(LINE_END);
  const heads = JSON.parse(Buffer.from(part.subarray(0, end)).toString('utf8')) as LeafHead[];
  let at = end + 1;
  for (const [section, gone, first, keyBytes, textBytes] of heads) {
    const [keys, texts] = [part.subarray(at, at + keyBytes), part.subarray(at + keyBytes, at + keyBytes + textBytes)];
    yield [section, { first, keys, texts, gone: gone === 1 }];
    at += keyBytes + textBytes;
  }
}

const LINE_END = 0x0a;

function push<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
