import type { Readable } from 'node:stream';
import { maskSecrets } from '../text.ts';

/** Bytes of a body that are read; what comes behind them is not downloaded. */
export const BODY_BYTES_LIMIT = 1024 * 1024;

export interface ReadBody {
  readonly bytes: Buffer;
  readonly truncated: boolean;
}

export interface ShownBody {
  /** Null where HTTP has no body: answers to HEAD, 204, 304. */
  readonly body: string | null;
  readonly bodyIsBase64: boolean;
  readonly bodyTruncated: boolean;
}

/** Reads as much of a body as is shown. When there is more, the stream is destroyed, and its connection with it. */
export function readBody(stream: Readable): Promise<ReadBody> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    stream.on('data', (chunk: Uint8Array) => {
      const room = BODY_BYTES_LIMIT - length;
      length += chunk.length;
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      if (chunk.length <= room) return;
      stream.removeAllListeners('data').destroy();
      resolve({ bytes: Buffer.concat(chunks), truncated: true });
    });
    let isWhole = false;
    stream.once('end', () => {
      isWhole = true;
      resolve({ bytes: Buffer.concat(chunks), truncated: false });
    });
    stream.on('error', reject);
    // Whatever ends it without either. An error is not made for nothing: its stack costs as much as all the rest here.
    stream.once('close', () => isWhole || reject(new Error('the body was not read to its end')));
  });
}

/**
 * A body as it is answered: as text in its charset (UTF-8 unless the type names another), else in Base64. What has a
 * Content-Encoding is never decompressed, and so is no text.
 */
export function showBody({ bytes, truncated }: ReadBody, headers: BodyHeaders, secrets: readonly string[]): ShownBody {
  const text = headers.isEncoded ? undefined : decode(bytes, truncated, headers.contentType);
  if (text === undefined) return { body: bytes.toString('base64'), bodyIsBase64: true, bodyTruncated: truncated };
  return { body: maskSecrets(text, secrets), bodyIsBase64: false, bodyTruncated: truncated };
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
