/** Where a page is read from: entries in the order of the list, each with a key that tells its place in that order. */
export interface PageSource<Entry> {
  /** Names the list and its order; a cursor of another one is refused. */
  readonly order: string;
  /** In the order of the list, behind this key. At most so many are looked at. */
  forwards(after: string | undefined, atMost: number): Entries<Entry>;
  /** Against the order of the list, before this key. At most so many are looked at. */
  backwards(before: string | undefined, atMost: number): Entries<Entry>;
  /** Negative when the first key comes first in the order of the list, 0 when they are the same. */
  compare(a: string, b: string): number;
  /** Whether a key of this list could be this; left out: every text could. */
  isKey?(text: string): boolean;
  /** How many entries there are in all. */
  total(): number | Promise<number>;
}

export type Entries<Entry> =
  | Iterable<readonly [key: string, entry: Entry]>
  | AsyncIterable<readonly [key: string, entry: Entry]>;
