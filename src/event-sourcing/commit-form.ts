import { z } from 'zod';
import type { Commit } from './event.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const actor = z.strictObject({
  kind: z.enum(['USER', 'CLIENT', 'TOKEN', 'SYSTEM']),
  id: z.string(),
  name: z.string(),
  auth: z.enum(['none', 'header', 'oidc', 'token', 'local']),
  issuer: z.string().optional(),
});

const authority = z.strictObject({
  role: z.enum(['OPERATOR', 'EDITOR', 'OWNER', 'ADMINISTRATOR']),
  via: z.union([z.enum(['own', 'token', 'administrator']), z.templateLiteral(['group:', z.string().min(1)])]),
});

const event = z.strictObject({
  type: z.string(),
  v: z.int().min(1),
  subject: z.strictObject({ id: z.string(), name: z.string(), version: z.int().min(1) }).optional(),
  data: z.unknown(),
});

/** All that a commit of format 1 may hold. Each event's `data` has a form of its own: see `EventVersion`. */
const commitForm = z.strictObject({
  project: z.string(),
  position: z.int().min(1),
  commitId: z.string().min(1),
  at: instant,
  actor,
  authority: authority.optional(),
  reason: z.string().optional(),
  idempotency: z.strictObject({ key: z.string(), keyId: z.string(), digest: z.string() }).optional(),
  events: z.array(event).min(1),
  previousHash: hash,
  format: z.literal(1),
});

/** Where a commit is not of format 1, or holds what nobody knows; empty where it is as it has to be. */
export function strangeMembers(commit: Commit): string[] {
  const parsed = commitForm.safeParse(commit);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
    return unknown.length > 0 ? unknown.map((key) => [...issue.path, key].join('.')) : [issue.path.join('.')];
  });
}
