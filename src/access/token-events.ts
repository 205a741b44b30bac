import { z } from 'zod';
import type { EventVersions } from '../event-sourcing/decoder.ts';
import { makeId, parseId } from '../words/ids.ts';
import { ROLES } from './roles.ts';

export type TokenId = string & { readonly brand: 'TokenId' };

/** The API's id of a token, which is its subject in the log. @param log the project's key, or the instance's own */
export function tokenId(log: string, id: string): TokenId {
  return makeId({ type: 'ApiToken', project: log, local: id }) as TokenId;
}

/** The ID of `token:ID`. */
export function nameOfToken(id: TokenId): string {
  return parseId(id)?.local ?? '';
}

const TokenIssued = z.strictObject({
  set: z.strictObject({
    name: z.string(),
    /** Absent: an administrator's. */
    role: z.enum(ROLES).optional(),
    /** ISO 8601, UTC, milliseconds; absent: it does not end by itself. */
    expiresAt: z.string().optional(),
  }),
  /** Of the token's text, which is kept nowhere: lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const TokenRevoked = z.strictObject({});

export type TokenEvent =
  | { readonly type: 'TokenIssued'; readonly data: z.infer<typeof TokenIssued> }
  | { readonly type: 'TokenRevoked'; readonly data: z.infer<typeof TokenRevoked> };

export const tokenEvents = {
  TokenIssued: [{ schema: TokenIssued }],
  TokenRevoked: [{ schema: TokenRevoked }],
} satisfies EventVersions;
