import type { Authority } from '../event-sourcing/event.ts';

/** What a grant gives, from the least. */
export const ROLES = ['VIEWER', 'AUDITOR', 'OPERATOR', 'EDITOR', 'OWNER'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What something needs:
 * - `ANYBODY`: a valid credential, where identities are configured;
 * - `READ`: resources, history, curl previews, subscriptions, any past;
 * - `READ_GRANTS`: grants and tokens, export, verification;
 * - `SEND`: live probes and calls;
 * - `EDIT`: proxies, data sources, parameters;
 * - `OWN`: the project itself, its grants and tokens; on the instance's log, administrators alone have it;
 * - `ADMINISTER`: what is the instance's.
 */
export type Right = 'ANYBODY' | 'READ' | 'READ_GRANTS' | 'SEND' | 'EDIT' | 'OWN' | 'ADMINISTER';

const RIGHTS: Readonly<Record<Authority['role'] | Role, ReadonlySet<Right>>> = {
  VIEWER: new Set(['ANYBODY', 'READ']),
  AUDITOR: new Set(['ANYBODY', 'READ', 'READ_GRANTS']),
  OPERATOR: new Set(['ANYBODY', 'READ', 'SEND']),
  EDITOR: new Set(['ANYBODY', 'READ', 'SEND', 'EDIT']),
  OWNER: new Set(['ANYBODY', 'READ', 'READ_GRANTS', 'SEND', 'EDIT', 'OWN']),
  ADMINISTRATOR: new Set(['ANYBODY', 'READ', 'READ_GRANTS', 'SEND', 'EDIT', 'OWN', 'ADMINISTER']),
};

export const ALL_RIGHTS: readonly Right[] = [...RIGHTS.ADMINISTRATOR];

/** Whether a role includes a right. */
export function gives(role: Role | 'ADMINISTRATOR', right: Right): boolean {
  return RIGHTS[role].has(right);
}
