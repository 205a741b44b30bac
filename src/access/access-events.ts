import { z } from 'zod';
import type { EventVersions } from '../event-sourcing/decoder.ts';
import { ROLES } from './roles.ts';

const kind = z.enum(['USER', 'CLIENT', 'GROUP']);
const role = z.enum(ROLES);

/** About a project, whose version stays. */
const AccessGranted = z.strictObject({
  kind,
  identity: z.string(),
  set: z.strictObject({ role }),
  /** Null: the principal had no grant. */
  was: z.strictObject({ role: role.nullable() }),
});

/** About a project, whose version stays. */
const AccessRevoked = z.strictObject({ kind, identity: z.string(), was: z.strictObject({ role }) });

const principals = z.array(z.string()).readonly();

/** About the instance: the server's settings name other administrators than the log does. */
const AdministratorsSet = z.strictObject({
  set: z.strictObject({ administrators: principals }),
  was: z.strictObject({ administrators: principals }),
});

export type GrantEvent =
  | { readonly type: 'AccessGranted'; readonly data: z.infer<typeof AccessGranted> }
  | { readonly type: 'AccessRevoked'; readonly data: z.infer<typeof AccessRevoked> };

export type InstanceEvent = { readonly type: 'AdministratorsSet'; readonly data: z.infer<typeof AdministratorsSet> };

export const accessEvents = {
  AccessGranted: [{ schema: AccessGranted }],
  AccessRevoked: [{ schema: AccessRevoked }],
  AdministratorsSet: [{ schema: AdministratorsSet }],
} satisfies EventVersions;
