import { MalformedAnswerError } from './answer-errors.ts';
import { type AnswerHead, fieldValues, listedTokens } from './answer-head.ts';

/** Where an answer's body ends. */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** With the connection. */
  | { readonly kind: 'close' };

/** RFC 9112 §6.3. Throws `MalformedAnswerError` where that can't be told. */
export function framingOf(method: string, head: AnswerHead): BodyFraming {
  // Whatever its fields say (RFC 9110 §6.4.1).
  if (!hasBody(method, head.status)) return { kind: 'none' };
  const codings = listedTokens(head, 'transfer-encoding');
  const length = lengthOf(head);
  if (codings.length > 0) {
    if (length !== undefined) throw new MalformedAnswerError('a Content-Length beside a Transfer-Encoding');
    return { kind: codings.at(-1) === 'chunked' ? 'chunked' : 'close' };
  }
  return length === undefined ? { kind: 'close' } : { kind: 'length', bytes: length };
}

/** Whether an answer of this status to this method can have a body. */
export function hasBody(method: string, status: number): boolean {
  return method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304;
}

/** The same length told again and again is one (RFC 9112 §6.3, item 5). */
function lengthOf(head: AnswerHead): number | undefined {
  const values = fieldValues(head, 'content-length');
  if (values.length === 0) return undefined;
  const told = new Set(values.flatMap((value) => value.split(',').map((each) => each.trim())));
  const [text] = told;
  if (text === undefined) return undefined;
  if (told.size > 1) throw new MalformedAnswerError('two lengths that differ');
  const bytes = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(bytes)) throw new MalformedAnswerError('a length that is no number of bytes');
  return bytes;
}
