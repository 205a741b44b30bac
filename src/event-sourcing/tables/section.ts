import type { Codec } from './leaves.ts';
import type { SortedMap } from './sorted-map.ts';

/** An entry as it is written down; a text that is undefined says that the key is gone. */
export type WrittenEntry = readonly [key: string, text: string | undefined];

/** One of the maps that an image consists of, with the name under which it is stored. */
export interface Section {
  readonly name: string;
  readonly size: number;
  readonly keysOnly: boolean;
  entries(): Iterable<WrittenEntry>;
  /** What changed since the same section of an earlier image; undefined when they have no origin in common. */
  changesSince(earlier: Section): Iterable<WrittenEntry> | undefined;
}

export class MapSection<V> implements Section {
  constructor(
    readonly name: string,
    private readonly map: SortedMap<V>,
    private readonly codec: Codec<V>,
  ) {}

  get size(): number {
    return this.map.size;
  }

  get keysOnly(): boolean {
    return this.codec.keysOnly ?? false;
  }

  *entries(): Iterable<WrittenEntry> {
    for (const [key, value] of this.map.ascending()) yield [key, this.codec.write(value)];
  }

  changesSince(earlier: Section): Iterable<WrittenEntry> | undefined {
    const { map } = earlier as MapSection<V>;
    const changes = this.map.changesSince(map);
    // Of a key that stays, nothing is written down but itself.
    const told = this.keysOnly
      ? changes?.filter(([key, value]) => value === undefined || map.get(key) === undefined)
      : changes;
    return told && this.written(told);
  }

  private *written(changes: readonly [string, V | undefined][]): Iterable<WrittenEntry> {
    for (const [key, value] of changes) yield [key, value === undefined ? undefined : this.codec.write(value)];
  }
}

export type Changes = readonly { readonly section: Section; readonly entries: Iterable<WrittenEntry> }[];

/** All that is in sections, or what changed since they were others; undefined when they have no origin in common. */
export function changesOf(sections: Iterable<Section>, since: Iterable<Section> = []): Changes | undefined {
  const earlier = [...since];
  const changes: { section: Section; entries: Iterable<WrittenEntry> }[] = [];
  for (const [at, section] of [...sections].entries()) {
    const before = earlier[at];
    const entries = before ? section.changesSince(before) : section.entries();
    if (!entries) return undefined;
    changes.push({ section, entries });
  }
  return changes;
}

/** For values that JSON can say. */
export function jsonCodec<V>(): Codec<V> {
  return { write: (value) => JSON.stringify(value), read: (text) => JSON.parse(text) as V };
}
