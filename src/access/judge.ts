import type { Asker } from '../event-sourcing/asker.ts';
import type { Authority } from '../event-sourcing/event.ts';
import { type GrantTable, grantOf } from './access-view.ts';
import { ownPrincipal, principalText } from './principals.ts';
import { ALL_RIGHTS, gives, type Right, ROLES, type Role } from './roles.ts';

/** What a log says of who may do what. */
export interface AccessState {
  readonly grants: GrantTable;
  /** What became of a token of this log, by its id: its role (null: administrator) if it was not revoked. */
  token(id: string): { readonly role: Role | null } | 'revoked' | undefined;
}

/** A role that somebody has, and through what. */
interface Held {
  readonly role: Role | 'ADMINISTRATOR';
  readonly via: Authority['via'];
}

export type Verdict =
  /** Without an authority where there are no identities. */
  | { readonly allowed: true; readonly authority?: Held }
  /** Who may not even read must not learn that there is something. */
  | { readonly allowed: false; readonly mayRead: boolean };

/**
 * Whether somebody has a right by the log as it stands, and through what: the first that suffices of their own grant, a
 * token, their groups by name, and being an administrator. Without a right named nobody has it.
 */
export function judge(state: AccessState, asker: Asker, right: Right | undefined): Verdict {
  if (!asker.standing) return { allowed: true };
  let mayRead = false;
  for (const held of heldBy(state, asker)) {
    if (right !== undefined && gives(held.role, right)) return { allowed: true, authority: held };
    mayRead ||= gives(held.role, 'READ');
  }
  return { allowed: false, mayRead };
}

/** All rights that somebody has by the log as it stands. */
export function rightsOf(state: AccessState, asker: Asker): readonly Right[] {
  return ALL_RIGHTS.filter((right) => judge(state, asker, right).allowed);
}

/** All roles that grants or a token give somebody in a project, from the least. */
export function rolesOf(state: AccessState, asker: Asker): readonly Role[] {
  const held = new Set<string>([...heldBy(state, asker)].map(({ role }) => role));
  return ROLES.filter((role) => held.has(role));
}

function* heldBy(state: AccessState, { actor, standing }: Asker): Iterable<Held> {
  if (!standing) return;
  const { token, groups, isAdministrator } = standing;
  if (token) {
    const here = state.token(token.id);
    if (here === 'revoked') return;
    if (here?.role) yield { role: here.role, via: 'token' };
    else if (isAdministrator) yield { role: 'ADMINISTRATOR', via: 'token' };
    return;
  }
  const own = ownPrincipal(actor);
  const grant = own === undefined ? undefined : grantOf(state.grants, own);
  if (grant) yield { role: grant.role, via: 'own' };
  for (const name of groups) {
    const ofGroup = grantOf(state.grants, principalText({ kind: 'GROUP', identity: name }));
    if (ofGroup) yield { role: ofGroup.role, via: `group:${name}` };
  }
  if (isAdministrator) yield { role: 'ADMINISTRATOR', via: 'administrator' };
}
