import { isAscii } from 'node:buffer';
import { cleanBodyText } from '../../words/peer-text.ts';
import type { NextTurn, SecretMask } from '../../words/secret-mask.ts';
import { windows1252Text } from '../../words/windows-1252.ts';
import type { AnswerBody } from '../http/answer-parser.ts';

export interface ShownBody {
  /** Null where HTTP has no body: answers to HEAD, 204, 304. */
  readonly body: string | null;
  readonly bodyIsBase64: boolean;
  readonly bodyTruncated: boolean;
}

export interface BodyHeaders {
  readonly contentType: string | undefined;
  /** With a Content-Encoding other than identity. */
  readonly isEncoded: boolean;
}

/**
 * A body as it is answered: as text in its charset (UTF-8 unless the type names another), else in Base64. What has a
 * Content-Encoding is never decompressed, and so is no text. In slices: `nextTurn` waits for the next one, and may throw.
 */
export async function showBody(
  { bytes, truncated }: AnswerBody,
  headers: BodyHeaders,
  mask: SecretMask,
  nextTurn: NextTurn,
): Promise<ShownBody> {
  const text = headers.isEncoded ? undefined : decode(bytes, truncated, headers.contentType);
  const body =
    text === undefined
      ? (await mask.largeBytes(bytes, truncated, nextTurn)).toString('base64')
      : await cleanBodyText(text, mask, truncated, nextTurn);
  return { body, bodyIsBase64: text === undefined, bodyTruncated: truncated };
}

function decode(bytes: Buffer, truncated: boolean, contentType: string | undefined): string | undefined {
  const encoding = encodingOf(contentType);
  // Most bodies are, and decoders take their time.
  if (encoding === UTF_8 && isAscii(bytes)) return bytes.includes(0) ? undefined : bytes.toString('latin1');
  if (encoding === 'windows-1252') return windows1252Text(bytes);
  const text = encoding === UTF_8 ? undefined : decodeAs(encoding, bytes, truncated);
  if (text !== undefined) return text;
  // A NUL is in no text that somebody wants to read as such. Else labels are often wrong, and hardly anything but UTF-8
  // is valid UTF-8.
  return bytes.includes(0) ? undefined : decodeAs(UTF_8, bytes, truncated);
}

const UTF_8 = 'utf-8';

/** As the WHATWG names it; UTF-8 where none is named, or one that nobody knows. */
function encodingOf(contentType: string | undefined): string {
  const [, label] = /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType ?? '') ?? [];
  if (label === undefined || label === UTF_8) return UTF_8;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return UTF_8;
  }
}

function decodeAs(encoding: string, bytes: Buffer, truncated: boolean): string | undefined {
  try {
    // A body that was cut may end within a character, which is left away.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: truncated });
  } catch {
    return undefined;
  }
}
