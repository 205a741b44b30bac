import { z } from 'zod';
import { ROLES } from '../access/roles.ts';
import { issueToken, type TokenIssuer, type TokenOrder } from '../identity/issue-token.ts';
import type { ControlVerb } from './control-server.ts';

export const ISSUE_TOKEN_VERB = 'token issue';

const input = z.strictObject({
  name: z.string(),
  project: z.strictObject({ key: z.string(), role: z.enum(ROLES) }).exactOptional(),
  days: z.int().positive().exactOptional(),
  /** Nobody but this server's own user can say so. */
  user: z.string(),
}) satisfies z.ZodType<TokenOrder>;

const answer = z.object({ text: z.string() });

/** The text of the token that the server issued. Throws when its answer is of another form. */
export function readIssuedToken(value: unknown): string {
  return answer.parse(value).text;
}

/** Issues a token to whoever may open the server's socket. */
export function issueTokenVerb(issuer: TokenIssuer): ControlVerb {
  return async (given) => ({ text: await issueToken(issuer, input.parse(given)) });
}
