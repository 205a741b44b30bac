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

/**
 * Makes a whole body from a peer fit to be shown: without control characters (but tabs and line ends) and bidirectional
 * ones, and with each secret that it repeats masked (raw, Base64 or percent-encoded).
 */
export function cleanBodyText(text: string, secrets: readonly string[]): string {
  // Stripping comes first: a secret that a control character splits would be whole again after it.
  return masked(text.replace(/(?![\t\n\r])[\p{Cc}\p{Bidi_Control}]/gu, ''), secrets);
}

const MASK = '********';

/**
 * Makes text from a peer fit to be shown, logged and recorded: well-formed, without control and bidirectional
 * characters, with each secret that it repeats masked (raw, Base64 or percent-encoded), and cut.
 *
 * @param limit in code points; a text that was cut ends in `…`, which counts.
 * @param secrets what was in use. Credentials are sent as Base64 of `user:password`, so pass that pair as well.
 */
export function cleanPeerText(text: string, limit = 500, secrets: readonly string[] = []): string {
  // Most texts are short, plain and without secrets: nothing is to be done for them.
  if (secrets.length === 0 && text.length <= limit && /^[\x20-\x7e]*$/.test(text)) return text;
  // Stripping comes first: a secret that a control character splits would be whole again after it.
  return cut(masked(stripped(text), secrets), limit);
}

function stripped(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '');
}

function masked(text: string, secrets: readonly string[]): string {
  const patterns = secrets.flatMap(patternsOf);
  if (patterns.length === 0) return text;
  // The longest first, so that a secret which begins another one does not leave the other's end behind.
  patterns.sort((a, b) => b.length - a.length);
  return text.replace(new RegExp(patterns.join('|'), 'gu'), MASK);
}

function patternsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  // Node reads header lines as Latin-1, so UTF-8 that a peer repeats in one arrives in this form.
  const asHeader = bytes.toString('latin1');
  const base64 = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  const raw = [stripped(secret), stripped(asHeader)].filter((form) => form !== '').map(percentPattern);
  return [...new Set([...raw, ...base64.filter((form) => form !== '').map((form) => `${percentPattern(form)}=*`)])];
}

/** Each character as it is or percent-encoded, in either case of the hex digits: encoders differ in what they encode. */
function percentPattern(text: string): string {
  return [...text].map((character) => `(?:${alternatives(character).join('|')})`).join('');
}

function alternatives(character: string): string[] {
  const encoded = [...Buffer.from(character, 'utf8')].map(
    (byte) => `%${[...byte.toString(16).padStart(2, '0')].map(eitherCase).join('')}`,
  );
  // The encoded form first: a percent sign begins its own encoding.
  return [encoded.join(''), escaped(character), ...(character === ' ' ? ['\\+'] : [])];
}

function eitherCase(digit: string): string {
  return /[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}
