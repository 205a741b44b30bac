import type { Actor, Commit, Event } from '../event-sourcing/event.ts';
import type { Table, TableDefinition } from '../event-sourcing/tables/table.ts';
import type { GrantEvent } from './access-events.ts';
import { ownPrincipal, type PrincipalName, principalText } from './principals.ts';
import type { Role } from './roles.ts';

/** What a principal was granted last. */
export interface GrantRow extends PrincipalName {
  /** `principalText` of it. */
  readonly id: string;
  readonly kind: 'USER' | 'CLIENT' | 'GROUP';
  readonly role: Role;
  readonly grantedBy: Actor;
  readonly grantedAt: string;
  readonly reason?: string;
  /** As the principal was called in the newest commit of theirs in this log. */
  readonly name?: string;
  readonly revokedAt?: string;
}

export type GrantTable = Table<GrantRow>;

/** The index of grants that hold, by principal. */
export const GRANTS = 'grants that hold';
export const ALL_GRANTS = '';

export const grantTable: TableDefinition<GrantRow> = {
  indexes: { [GRANTS]: ({ revokedAt }) => (revokedAt === undefined ? ALL_GRANTS : undefined) },
  atOnce: [GRANTS],
};

/** The grant of a principal, by its text, that holds. */
export function grantOf(grants: GrantTable, principal: string): GrantRow | undefined {
  const row = grants.get(principal);
  return row?.revokedAt === undefined ? row : undefined;
}

export function* grantsThatHold(grants: GrantTable): IterableIterator<GrantRow> {
  for (const [, row] of grants.ascending(GRANTS)) yield row;
}

export function countGrants(grants: GrantTable): number {
  return grants.size(GRANTS);
}

export function applyToGrants(grants: GrantTable, event: Event & GrantEvent, { actor, at, reason }: Commit): void {
  const { kind, identity } = event.data;
  const id = principalText({ kind, identity });
  const before = grants.get(id);
  if (event.type === 'AccessRevoked') {
    if (before) grants.put({ ...before, revokedAt: at });
    return;
  }
  const { role } = event.data.set;
  const name = before?.name ?? (ownPrincipal(actor) === id ? actor.name : undefined);
  const told = { ...(reason !== undefined && { reason }), ...(name !== undefined && { name }) };
  grants.put({ id, kind, identity, role, grantedBy: actor, grantedAt: at, ...told });
}

/** Keeps the names under which those with a grant were seen last. */
export function noteSeen(grants: GrantTable, { actor }: Commit): void {
  const principal = ownPrincipal(actor);
  const row = principal === undefined ? undefined : grants.get(principal);
  if (row && row.name !== actor.name) grants.put({ ...row, name: actor.name });
}
