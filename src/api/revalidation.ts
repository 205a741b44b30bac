import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What an answer to GET depends on beside its address. */
const VARY = ['Authorization', 'X-Actor', 'Accept', 'Origin'];

/**
 * Lets clients ask whether the answer that they have is the answer yet (RFC 9110 §8.8.3, §13.1.2): the tag is of the whole
 * answer and its media type, which was made for whoever asks now. Answers what is to be sent.
 */
export function revalidated(
  { method, headers }: FastifyRequest,
  reply: FastifyReply,
  payload: string | Buffer,
  type: string,
): string | Buffer {
  if (method !== 'GET' || reply.statusCode !== 200) return payload;
  const tag = `"${createHash('sha256').update(`${type}\n`).update(payload).digest('base64url')}"`;
  reply.headers({ etag: tag, 'cache-control': 'private, no-cache', vary: VARY.join(', ') });
  if (!names(headers['if-none-match'], tag)) return payload;
  reply.code(304);
  return '';
}

/** By weak comparison: what the tag is of is the same to the byte, whatever carried it. */
function names(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}
