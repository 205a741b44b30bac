/** Bytes that are looked at between two points where a slice may end. */
export const BYTES_AT_ONCE = 16 * 1024;

/**
 * Finds any of many byte patterns in steps whose number grows with the text and the patterns together, whatever both are
 * (Aho and Corasick, "Efficient string matching", 1975). A state is a number; 0 is the one before any byte.
 */
export class PatternSearch {
  /** Bytes of the shortest pattern; infinity without one. */
  readonly shortest: number;
  /** The states behind the first byte of some pattern. */
  private readonly first = new Int32Array(256);
  private readonly label: Uint8Array;
  /** The first state behind one more byte, and the next one that is behind the same bytes but for the last; 0: none. */
  private readonly child: Int32Array;
  private readonly sibling: Int32Array;
  /** The state of the longest end of its bytes that begins a pattern too. */
  private readonly fallback: Int32Array;
  private readonly depths: Int32Array;
  private readonly matches: Int32Array;
  private states = 1;

  private constructor(patterns: readonly Uint8Array[]) {
    const most = patterns.reduce((sum, { length }) => sum + length, 1);
    this.shortest = patterns.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY);
    this.label = new Uint8Array(most);
    this.child = new Int32Array(most);
    this.sibling = new Int32Array(most);
    this.fallback = new Int32Array(most);
    this.depths = new Int32Array(most);
    this.matches = new Int32Array(most);
  }

  /** None of the patterns is empty. Yields where a slice may end. */
  static *of(patterns: readonly Uint8Array[]): Generator<undefined, PatternSearch> {
    const search = new PatternSearch(patterns);
    for (const pattern of patterns) {
      search.add(pattern);
      yield undefined;
    }
    yield* search.fallBack();
    return search;
  }

  /** The state behind one more byte of the text. */
  next(state: number, byte: number): number {
    for (let from = state; from !== 0; from = this.fallback[from] ?? 0) {
      const to = this.childOf(from, byte);
      if (to !== 0) return to;
    }
    return this.first[byte] ?? 0;
  }

  /** Bytes of the longest pattern that ends here; 0: none does. */
  matched(state: number): number {
    return this.matches[state] ?? 0;
  }

  /** Bytes of the longest beginning of a pattern that ends here. */
  begun(state: number): number {
    return this.depths[state] ?? 0;
  }

  private childOf(state: number, byte: number): number {
    let each = this.child[state] ?? 0;
    while (each !== 0 && this.label[each] !== byte) each = this.sibling[each] ?? 0;
    return each;
  }

  private add(pattern: Uint8Array): void {
    let state = 0;
    for (const byte of pattern) {
      const known = state === 0 ? (this.first[byte] ?? 0) : this.childOf(state, byte);
      state = known === 0 ? this.grow(state, byte) : known;
    }
    this.matches[state] = pattern.length;
  }

  private grow(state: number, byte: number): number {
    const made = this.states;
    this.states += 1;
    this.label[made] = byte;
    this.depths[made] = this.begun(state) + 1;
    if (state === 0) this.first[byte] = made;
    else {
      this.sibling[made] = this.child[state] ?? 0;
      this.child[state] = made;
    }
    return made;
  }

  /** Breadth first: a state falls back to one with fewer bytes, which is complete before it. */
  private *fallBack(): Generator<undefined, void> {
    const queue = new Int32Array(this.states);
    let filled = 0;
    for (const state of this.first) if (state !== 0) queue[filled++] = state;
    for (let at = 0; at < filled; at += 1) {
      if (at % BYTES_AT_ONCE === BYTES_AT_ONCE - 1) yield undefined;
      const state = queue[at] ?? 0;
      const back = this.fallback[state] ?? 0;
      if (this.matches[state] === 0) this.matches[state] = this.matched(back);
      for (let each = this.child[state] ?? 0; each !== 0; each = this.sibling[each] ?? 0) {
        this.fallback[each] = this.next(back, this.label[each] ?? 0);
        queue[filled++] = each;
      }
    }
  }
}
