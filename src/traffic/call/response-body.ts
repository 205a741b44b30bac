import { cleanBodyText } from '../../words/text.ts';
import type { AnswerBody } from '../http/answer-parser.ts';

export interface ShownBody {
  /** Null where HTTP has no body: answers to HEAD, 204, 304. */
  readonly body: string | null;
  readonly bodyIsBase64: boolean;
  readonly bodyTruncated: boolean;
}

/**
 * A body as it is answered: as text in its charset (UTF-8 unless the type names another), else in Base64. What has a
 * Content-Encoding is never decompressed, and so is no text.
 */
export function showBody(
  { bytes, truncated }: AnswerBody,
  headers: BodyHeaders,
  secrets: readonly string[],
): ShownBody {
  const text = headers.isEncoded ? undefined : decode(bytes, truncated, headers.contentType);
  if (text === undefined) return { body: bytes.toString('base64'), bodyIsBase64: true, bodyTruncated: truncated };
  return { body: cleanBodyText(text, secrets), bodyIsBase64: false, bodyTruncated: truncated };
}

export interface BodyHeaders {
  readonly contentType: string | undefined;
  /** With a Content-Encoding other than identity. */
  readonly isEncoded: boolean;
}

function decode(bytes: Buffer, truncated: boolean, contentType: string | undefined): string | undefined {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '') ?? [];
  // A NUL is in no text that somebody wants to read as such.
  if (/^utf-?8$/i.test(charset) && bytes.includes(0)) return undefined;
  try {
    // A body that was cut may end within a character, which is left away.
    return new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: truncated });
  } catch {
    return undefined;
  }
}
