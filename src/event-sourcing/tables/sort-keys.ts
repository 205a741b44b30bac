/** Less than every character that a part of a key may hold. */
export const SEPARATOR = '\u0000';
/** The next character. */
export const BEHIND_SEPARATOR = '\u0001';

/** A sort key of several parts, the first one most significant. */
export function joinKey(...parts: readonly string[]): string {
  return parts.join(SEPARATOR);
}

/**
 * A text as names are compared: NFC, lower case, by code point. One character per UTF-8 byte, as the bytes of UTF-8 sort
 * by code point and UTF-16 code units do not (RFC 3629 §1).
 */
export function sortText(text: string): string {
  const folded = foldCase(text);
  return isAscii(folded) ? folded : Buffer.from(folded, 'utf8').toString('latin1');
}

/** Two names are the same when these are. */
export function foldCase(text: string): string {
  return isAscii(text) ? text.toLowerCase() : text.normalize('NFC').toLowerCase().normalize('NFC');
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole range is meant
  return /^[\x00-\x7f]*$/.test(text);
}

/** Of an entry: a row's sort key in an index, joined with its id. */
export function idOf(entryKey: string): string {
  return entryKey.slice(entryKey.lastIndexOf(SEPARATOR) + 1);
}

/** Undefined for a row that an index does not have. */
export function entryKey(sortKey: string | undefined, id: string): string | undefined {
  return sortKey === undefined ? undefined : joinKey(sortKey, id);
}
