import { BYTES_AT_ONCE, type PatternSearch } from './pattern-search.ts';

/** Fewer bytes of a secret are in any Base64 by chance. */
const SHORTEST = 4;
/** Not a digit of Base64: the end of a run of them. */
const END = 0xff;
/** In either alphabet: RFC 4648 §4 and §5. */
const DIGITS = digitTable();
const [CR, LF, PADDING] = [0x0d, 0x0a, 0x3d];

/** Told of a part of the bytes that were searched; `to` is infinity where it is all that follows. */
export type Found = (from: number, to: number) => void;

/**
 * Finds what stands in runs of Base64, at whatever place within what was encoded: a byte begins at one of three places of
 * four digits, and a run's first digit may be any of the four, so that each run is read in four ways at once. Digits that
 * carry a part of a pattern belong to it, and so does padding. Line ends within a run are passed over.
 *
 * @param leastCut bytes of a pattern's beginning to be found at the very end; infinity: none is.
 */
export function* searchBase64(
  bytes: Uint8Array,
  search: PatternSearch,
  leastCut: number,
  found: Found,
): Generator<undefined, void> {
  const least = Math.max(SHORTEST, search.shortest);
  const { digits, places } = yield* longRuns(bytes, digitsOf(least), digitsOf(leastCut));
  const states = [0, 0, 0, 0];
  for (let index = 0; index + 1 < digits.length; index += 1) {
    if (index % BYTES_AT_ONCE === BYTES_AT_ONCE - 1) yield undefined;
    const [digit = END, following = END] = [digits[index], digits[index + 1]];
    if (digit === END) states.fill(0);
    if (digit === END || following === END) continue;
    for (let way = 0; way < 4; way += 1) {
      const part = (index - way) & 3;
      if (part === 3) continue;
      const byte = ((digit << (2 + 2 * part)) & 0xff) | (following >> (4 - 2 * part));
      const state = search.next(states[way] ?? 0, byte);
      states[way] = state;
      const length = search.matched(state);
      if (length >= SHORTEST) {
        found(places[firstDigit(index, way, length)] ?? 0, behindPadding(bytes, (places[index + 1] ?? 0) + 1));
      }
    }
  }
  if (digits.at(-1) === END) return;
  for (const [way, state] of states.entries()) {
    const length = search.begun(state);
    if (length < leastCut) continue;
    // The last byte that this way has read, of which the last digit carries at most a part.
    const last = digits.length - 2 - (((digits.length - 2 - way) & 3) === 3 ? 1 : 0);
    found(places[firstDigit(last, way, length)] ?? 0, Number.POSITIVE_INFINITY);
  }
}

function digitsOf(bytes: number): number {
  return Math.ceil((bytes * 8) / 6);
}

/** The index of the digit that the first of so many bytes begins in, of which the last begins in digit `last`. */
function firstDigit(last: number, way: number, length: number): number {
  const number = Math.floor((last - way) / 4) * 3 + ((last - way) & 3) - length + 1;
  const group = Math.floor(number / 3);
  return way + 4 * group + (number - 3 * group);
}

function behindPadding(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < at + 2 && bytes[end] === PADDING) end += 1;
  return end;
}

/** The digits of all runs that are long enough, `END` behind each but one that the text ends with, and their places. */
function* longRuns(
  bytes: Uint8Array,
  least: number,
  leastAtEnd: number,
): Generator<undefined, { digits: Uint8Array; places: Int32Array }> {
  const digits = new Uint8Array(bytes.length + 1);
  const places = new Int32Array(bytes.length + 1);
  let count = 0;
  let begun = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (at % BYTES_AT_ONCE === BYTES_AT_ONCE - 1) yield undefined;
    const byte = bytes[at] ?? 0;
    const digit = DIGITS[byte] ?? END;
    if (digit !== END) {
      places[count] = at;
      digits[count++] = digit;
    } else if (count > begun && byte !== LF && byte !== CR) {
      if (count - begun < least) count = begun;
      else digits[count++] = END;
      begun = count;
    }
  }
  if (count - begun < Math.min(least, leastAtEnd)) count = begun;
  return { digits: digits.subarray(0, count), places };
}

function digitTable(): Uint8Array {
  const table = new Uint8Array(256).fill(END);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  for (const [digit, character] of [...alphabet].entries()) table[character.charCodeAt(0)] = digit;
  for (const [character, digit] of Object.entries({ '+': 62, '-': 62, '/': 63, _: 63 })) {
    table[character.charCodeAt(0)] = digit;
  }
  return table;
}
