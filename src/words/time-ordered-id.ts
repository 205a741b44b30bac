import { randomUUID } from 'node:crypto';

/**
 * A UUID of version 7 (RFC 9562): milliseconds since 1970, then 74 random bits. Ids that are made together lie together in
 * the indexes of a store. Nothing may be read from their order.
 */
export function newTimeOrderedId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  // Behind the version, a random UUID is of the same form.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
