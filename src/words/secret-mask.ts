import { type Found, searchBase64 } from './base64-runs.ts';
import { BYTES_AT_ONCE, PatternSearch } from './pattern-search.ts';
import { placeOf, type Reading, readingsOf } from './readings.ts';
import { secretForms } from './secret-forms.ts';
import { isSliceOver } from './slices.ts';
import { withoutControls } from './text.ts';

export const MASK = '********';

/** Bytes of a secret's beginning that are masked where a text was cut. Fewer are at the end of many a text by chance. */
const LEAST_CUT = 6;
/** As deep in other encodings Base64 is looked for. */
const DEPTH_OF_BASE64 = 1;
/** A string's units that begin a secret where they are so many bytes. */
const UNITS_CUT = 2;

export type NextTurn = () => Promise<void>;

/**
 * Puts `********` in the place of secrets, however they are spelt: as they are, percent-encoded, with the escapes of
 * JSON or XML, in UTF-8 that was read as Latin-1 or windows-1252, and in Base64, also within what was encoded with them.
 * The time grows with the text and the secrets together, and no faster, whatever both are. What holds no secret stays as
 * it is.
 *
 * A text is `cut` when somebody cut its end off, perhaps within a secret, whose beginning is then masked as well.
 */
export class SecretMask {
  static readonly NONE = new SecretMask([]);
  readonly #secrets: readonly string[];
  readonly #shortest: number;
  /** Made when it is needed: many texts are shorter than any secret. */
  #search: PatternSearch | undefined;

  /** An empty secret is none. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.filter((secret) => secret !== '');
    this.#shortest = Math.min(...this.#secrets.map((secret) => withoutControls(secret).length));
  }

  /** Does in slices, for many and long secrets, what the first text would have to wait for. */
  async prepare(nextTurn: NextTurn): Promise<void> {
    if (this.#secrets.length > 0) await toTheEnd(this.#made(), nextTurn);
  }

  text(text: string, cut = false): string {
    if (this.#isTooShort(text.length, cut)) return text;
    const bytes = Buffer.from(text, 'utf8');
    const marks = atOnce(this.#marks(bytes, cut));
    return marks ? withMasks(bytes, marks).toString('utf8') : text;
  }

  /** The same for something large, in slices: `nextTurn` waits for the next one, and may throw. */
  async largeText(text: string, cut: boolean, nextTurn: NextTurn): Promise<string> {
    if (this.#isTooShort(text.length, cut)) return text;
    const bytes = Buffer.from(text, 'utf8');
    const marks = await inSlices(this.#marks(bytes, cut), bytes.length, nextTurn);
    return marks ? withMasks(bytes, marks).toString('utf8') : text;
  }

  /** The same for what is no text; also when there are NULs between the characters, as in UTF-16. */
  async largeBytes(bytes: Buffer, cut: boolean, nextTurn: NextTurn): Promise<Buffer> {
    if (this.#isTooShort(bytes.length, cut)) return bytes;
    const marks = await inSlices(this.#marks(bytes, cut, true), bytes.length, nextTurn);
    return marks ? withMasks(bytes, marks) : bytes;
  }

  *#made(): Generator<undefined, PatternSearch> {
    this.#search ??= yield* PatternSearch.of(secretForms(this.#secrets));
    return this.#search;
  }

  #isTooShort(length: number, cut: boolean): boolean {
    return length < (cut ? Math.min(this.#shortest, UNITS_CUT) : this.#shortest);
  }

  /** Where secrets begin and end: see `withMasks`. Undefined when there are none. */
  *#marks(bytes: Uint8Array, cut: boolean, withNuls = false): Generator<undefined, Int32Array | undefined> {
    const search = yield* this.#made();
    const leastCut = cut ? LEAST_CUT : Number.POSITIVE_INFINITY;
    let marks: Int32Array | undefined;
    for (const each of readingsOf(bytes, withNuls)) {
      yield undefined;
      if (!each) continue;
      const { reading, depth } = each;
      const found = (from: number, to: number) => {
        marks ??= new Int32Array(bytes.length + 1);
        addTo(marks, placeOf(reading, from), 1);
        addTo(marks, to > reading.bytes.length ? bytes.length : placeOf(reading, to), -1);
      };
      yield* searchReading(reading, search, leastCut, found);
      if (depth <= DEPTH_OF_BASE64) yield* searchBase64(reading.bytes, search, leastCut, found);
    }
    return marks;
  }
}

function* searchReading(
  { bytes }: Reading,
  search: PatternSearch,
  leastCut: number,
  found: Found,
): Generator<undefined, void> {
  let state = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (at % BYTES_AT_ONCE === BYTES_AT_ONCE - 1) yield undefined;
    state = search.next(state, bytes[at] ?? 0);
    const length = search.matched(state);
    if (length > 0) found(at + 1 - length, at + 1);
  }
  const begun = search.begun(state);
  if (begun >= leastCut) found(bytes.length - begun, Number.POSITIVE_INFINITY);
}

function addTo(numbers: Int32Array, at: number, more: number): void {
  numbers[at] = (numbers[at] ?? 0) + more;
}

/** @param marks at each place how many secrets begin there, less those that end there. */
function withMasks(bytes: Buffer, marks: Int32Array): Buffer {
  const mask = Buffer.from(MASK);
  const parts: Buffer[] = [];
  let shownFrom = 0;
  let within = 0;
  for (let at = 0; at < marks.length; at += 1) {
    const change = marks[at] ?? 0;
    if (change === 0) continue;
    if (within === 0) parts.push(bytes.subarray(shownFrom, at), mask);
    within += change;
    if (within === 0) shownFrom = at;
  }
  parts.push(bytes.subarray(shownFrom));
  return Buffer.concat(parts);
}

function atOnce<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** What is so large is not looked through beside `MOST_AT_ONCE` others: it takes several times its size in memory. */
const LARGE = 64 * 1024;
const MOST_AT_ONCE = 4;
let largeAtOnce = 0;

async function inSlices<T>(work: Generator<undefined, T>, bytes: number, nextTurn: NextTurn): Promise<T> {
  if (bytes < LARGE) return toTheEnd(work, nextTurn);
  while (largeAtOnce >= MOST_AT_ONCE) await nextTurn();
  largeAtOnce += 1;
  try {
    return await toTheEnd(work, nextTurn);
  } finally {
    largeAtOnce -= 1;
  }
}

async function toTheEnd<T>(work: Generator<undefined, T>, nextTurn: NextTurn): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (isSliceOver()) await nextTurn();
  }
}
