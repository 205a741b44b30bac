import type { Event } from '../event-sourcing/event.ts';
import type { Decision } from '../event-sourcing/images/projection.ts';
import { type Refusal, refuse } from '../words/refusal.ts';
import { unreachable } from '../words/unreachable.ts';
import type { GrantEvent } from './access-events.ts';
import { countGrants, type GrantTable, grantOf, grantsThatHold } from './access-view.ts';
import { principalText } from './principals.ts';
import type { Role } from './roles.ts';

export type GrantedKind = GrantEvent['data']['kind'];

export interface GrantAccess {
  readonly type: 'GrantAccess';
  readonly kind: GrantedKind;
  readonly identity: string;
  readonly role: Role;
}

export interface RevokeAccess {
  readonly type: 'RevokeAccess';
  readonly kind: GrantedKind;
  readonly identity: string;
}

export type AccessCommand = GrantAccess | RevokeAccess;

/** The project that the grants are of, whose version they leave as it is. */
export interface GrantSubject {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

/** Grants of one project. */
const MOST_GRANTS = 1_000;

export function decideAccess(grants: GrantTable, command: AccessCommand, subject: GrantSubject): Decision<Refusal> {
  switch (command.type) {
    case 'GrantAccess':
      return grant(grants, command, subject);
    case 'RevokeAccess':
      return revoke(grants, command, subject);
    default:
      return unreachable(command);
  }
}

/** The event that gives a principal a role. */
export function granted(
  { kind, identity, role }: Omit<GrantAccess, 'type'>,
  before: Role | null,
  subject: GrantSubject,
): Event {
  return about(subject, { type: 'AccessGranted', data: { kind, identity, set: { role }, was: { role: before } } });
}

function grant(grants: GrantTable, command: GrantAccess, subject: GrantSubject): Decision<Refusal> {
  const before = grantOf(grants, principalText(command));
  if (before?.role === command.role) return { events: [] };
  if (before && command.role !== 'OWNER' && isLastOwner(grants, before.id)) return lastOwner('role');
  if (!before && countGrants(grants) >= MOST_GRANTS) {
    const message = `a project has at most ${MOST_GRANTS} grants; give a role to a group, or revoke what is not needed`;
    return refuse('INVALID_VALUE', ['input', 'identity'], message);
  }
  return { events: [granted(command, before?.role ?? null, subject)] };
}

function revoke(grants: GrantTable, command: RevokeAccess, subject: GrantSubject): Decision<Refusal> {
  const { kind, identity } = command;
  const row = grants.get(principalText(command));
  if (!row) return refuse('NOT_FOUND', ['input', 'identity'], 'this project has no grant for whom the input names');
  if (row.revokedAt !== undefined) return { events: [] };
  if (isLastOwner(grants, row.id)) return lastOwner('identity');
  return { events: [about(subject, { type: 'AccessRevoked', data: { kind, identity, was: { role: row.role } } })] };
}

function isLastOwner(grants: GrantTable, principal: string): boolean {
  const owners = [...grantsThatHold(grants)].filter(({ role }) => role === 'OWNER');
  return owners.length === 1 && owners[0]?.id === principal;
}

function lastOwner(field: string) {
  const message = "this is the project's last grant of OWNER: make somebody else its owner first";
  return refuse('LAST_OWNER', ['input', field], message);
}

function about(subject: GrantSubject, { type, data }: GrantEvent): Event {
  return { type, v: 1, subject, data };
}
