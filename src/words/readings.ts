import { BYTES_AT_ONCE } from './pattern-search.ts';

/** Bytes as they stand in a text, or as somebody reads them who undoes an encoding. */
export interface Reading {
  readonly bytes: Uint8Array;
  /** Where in the text each byte begins, and, behind the last, where it ends; undefined: the text itself. */
  readonly places: Int32Array | undefined;
}

/** How often one encoding may be laid around another, or around itself. */
const DEPTH = 2;

/** Where the byte of this number begins; for the number behind the last one, where the reading ends. */
export function placeOf({ places }: Reading, index: number): number {
  return places === undefined ? index : (places[index] ?? 0);
}

/**
 * The text as it is, with the escapes of JSON, those of XML or the percent encoding undone, and with two of them undone
 * one after the other. Yields `undefined` where a slice may end.
 *
 * @param withNuls also without its NULs, as they are in UTF-16.
 */
export function readingsOf(bytes: Uint8Array, withNuls: boolean): Generator<DeepReading | undefined, void> {
  return within({ bytes, places: undefined }, 0, withNuls ? [...ESCAPES, NULS] : ESCAPES);
}

/** A reading, and how many encodings were undone for it. */
export interface DeepReading {
  readonly reading: Reading;
  readonly depth: number;
}

/** Depth first: few readings are there at the same time. */
function* within(
  reading: Reading,
  depth: number,
  encodings: readonly Escapes[],
): Generator<DeepReading | undefined, void> {
  yield { reading, depth };
  if (depth === DEPTH) return;
  for (const encoding of encodings) {
    const read = yield* undone(reading, encoding);
    if (read) yield* within(read, depth + 1, encodings);
  }
}

interface Escapes {
  /** The byte that each begins with. */
  readonly mark: number;
  /** Undoes the escape that begins at `at`. Answers its bytes; 0: it is none; -1: the text ends within it. */
  readonly read: (bytes: Uint8Array, at: number, put: (byte: number) => void) => number;
}

function* undone(reading: Reading, { mark, read }: Escapes): Generator<undefined, Reading | undefined> {
  const { bytes } = reading;
  if (!bytes.includes(mark)) return undefined;
  const out = new Uint8Array(bytes.length);
  const places = new Int32Array(bytes.length + 1);
  let length = 0;
  let at = 0;
  const put = (byte: number) => {
    places[length] = placeOf(reading, at);
    out[length++] = byte;
  };
  for (let pause = BYTES_AT_ONCE; at < bytes.length; ) {
    const taken = bytes[at] === mark ? read(bytes, at, put) : 0;
    if (taken < 0) break;
    if (taken === 0) put(bytes[at] ?? 0);
    at += Math.max(taken, 1);
    if (at >= pause) {
      yield undefined;
      pause = at + BYTES_AT_ONCE;
    }
  }
  places[length] = placeOf(reading, at);
  return length === bytes.length ? undefined : { bytes: out.subarray(0, length), places };
}

/** They mean nothing. */
const NULS: Escapes = { mark: 0, read: () => 1 };

/** RFC 3986 §2.1. */
const PERCENT_ESCAPES: Escapes = {
  mark: 0x25,
  read: (bytes, at, put) => {
    const byte = hexNumber(bytes, at + 1, 2);
    if (byte === undefined) return endsWithin(bytes, at + 1, 2);
    put(byte);
    return 3;
  },
};

/** RFC 8259 §7. */
const JSON_ESCAPES: Escapes = {
  mark: 0x5c,
  read: (bytes, at, put) => {
    const letter = bytes[at + 1];
    if (letter === undefined) return -1;
    if (letter !== 0x75) {
      const meant = SHORT_ESCAPES.get(letter);
      if (meant === undefined) return 0;
      put(meant);
      return 2;
    }
    const unit = hexNumber(bytes, at + 2, 4);
    if (unit === undefined) return endsWithin(bytes, at + 2, 4);
    if (unit < 0xd800 || unit > 0xdbff) {
      putCharacter(unit, put);
      return 6;
    }
    if (bytes[at + 6] === undefined || (bytes[at + 6] === 0x5c && bytes[at + 7] === undefined)) return -1;
    const low = bytes[at + 6] === 0x5c && bytes[at + 7] === 0x75 ? hexNumber(bytes, at + 8, 4) : undefined;
    if (low !== undefined && low >= 0xdc00 && low <= 0xdfff) {
      putCharacter(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), put);
      return 12;
    }
    if (bytes[at + 6] === 0x5c && bytes[at + 7] === 0x75 && endsWithin(bytes, at + 8, 4) < 0) return -1;
    putCharacter(unit, put);
    return 6;
  },
};

/** XML 1.0 §4.1 and §4.6, for HTML too: the references that those who escape texts write. */
const REFERENCES: Escapes = {
  mark: 0x26,
  read: (bytes, at, put) => {
    let name = '';
    for (let index = at + 1; index <= at + LONGEST_REFERENCE; index += 1) {
      const byte = bytes[index];
      if (byte === undefined) return -1;
      if (byte === SEMICOLON) {
        const point = CHARACTERS.get(name) ?? numbered(name);
        if (point === undefined) return 0;
        putCharacter(point, put);
        return index + 1 - at;
      }
      if (!isOfReference(byte)) return 0;
      name += String.fromCharCode(byte);
    }
    return 0;
  },
};

const SEMICOLON = 0x3b;
/** Of its name or number, and what stands around that. */
const LONGEST_REFERENCE = 10;
const CHARACTERS: ReadonlyMap<string, number> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }).map(([name, text]) => [
    name,
    text.charCodeAt(0),
  ]),
);

/** A letter, a digit or `#`. */
function isOfReference(byte: number): boolean {
  const letter = byte | 0x20;
  return byte === 0x23 || (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x7a);
}

function numbered(name: string): number | undefined {
  const [, hex, decimal] = /^#(?:[xX]([0-9a-fA-F]+)|([0-9]+))$/.exec(name) ?? [];
  const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return point <= 0x10ffff ? point : undefined;
}

const ESCAPES = [JSON_ESCAPES, PERCENT_ESCAPES, REFERENCES];

const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map(
  ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'].map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)]),
);

/** The number that so many hexadecimal digits write; undefined when they are not there. */
function hexNumber(bytes: Uint8Array, at: number, digits: number): number | undefined {
  let number = 0;
  for (let index = at; index < at + digits; index += 1) {
    const digit = hexDigit(bytes[index] ?? 0);
    if (digit < 0) return undefined;
    number = number * 16 + digit;
  }
  return number;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** -1 when digits are all that is left, and too few; else 0. */
function endsWithin(bytes: Uint8Array, at: number, digits: number): number {
  if (bytes.length >= at + digits) return 0;
  for (let index = at; index < bytes.length; index += 1) if (hexDigit(bytes[index] ?? 0) < 0) return 0;
  return -1;
}

/** In UTF-8; half a surrogate pair likewise, so that it is no other text. */
function putCharacter(point: number, put: (byte: number) => void): void {
  if (point < 0x80) {
    put(point);
    return;
  }
  if (point < 0x800) put(0xc0 | (point >> 6));
  else {
    if (point < 0x10000) put(0xe0 | (point >> 12));
    else {
      put(0xf0 | (point >> 18));
      put(0x80 | ((point >> 12) & 0x3f));
    }
    put(0x80 | ((point >> 6) & 0x3f));
  }
  put(0x80 | (point & 0x3f));
}
