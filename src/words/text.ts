/** False when the text holds a lone surrogate, which neither UTF-8 nor RFC 8785 can carry. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Length in code points: what the limits of the API are given in. */
export function codePoints(text: string): number {
  return text.length - (text.match(/[\u{10000}-\u{10ffff}]/gu)?.length ?? 0);
}

/** True when the text holds C0, DEL or C1, or one of the separators U+2028 and U+2029, which end a line as well. */
export function hasControl(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text);
}

/** True when it is printable ASCII. */
export function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** On one line: without control characters, bidirectional ones and line separators, and well-formed. */
export function withoutControls(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '');
}

/** Without control characters, but for tabs and line ends, and without bidirectional ones. */
export function withoutRawControls(text: string): string {
  return text.replace(/(?![\t\n\r])[\p{Cc}\p{Bidi_Control}]/gu, '');
}

/** At most so many code points; a text that was cut ends in `…`, which counts. */
export function cutTo(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}
