import type { Asker } from '../event-sourcing/asker.ts';
import type { Actor } from '../event-sourcing/event.ts';

/** Whom a role can be given to. */
export const PRINCIPAL_KINDS = ['USER', 'CLIENT', 'GROUP', 'TOKEN'] as const;
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number];

/** A principal by itself: `ISSUER#SUB`, `ISSUER#ID`, a group's name, or a token's id. */
export interface PrincipalName {
  readonly kind: PrincipalKind;
  readonly identity: string;
}

const PREFIXES = { USER: 'user:', CLIENT: 'client:', GROUP: 'group:', TOKEN: 'token:' } as const;

/** The one text that stands for a principal: `user:ISSUER#SUB`, `client:ISSUER#ID`, `group:NAME`, `token:ID`. */
export function principalText({ kind, identity }: PrincipalName): string {
  return PREFIXES[kind] + identity;
}

const ACTOR_PREFIXES = [
  ['oidc:', PREFIXES.USER],
  ['oidc-client:', PREFIXES.CLIENT],
  ['token:', PREFIXES.TOKEN],
] as const;

/** Whom an actor is as a principal; undefined for one that was not proven. */
export function ownPrincipal({ id }: Pick<Actor, 'id'>): string | undefined {
  for (const [prefix, own] of ACTOR_PREFIXES) if (id.startsWith(prefix)) return own + id.slice(prefix.length);
  return undefined;
}

/** The principals whose grants somebody has, by name: their own, then their groups. */
export function principalsOf({ actor, standing }: Asker): readonly string[] {
  const own = ownPrincipal(actor);
  const groups = (standing?.groups ?? []).map((identity) => principalText({ kind: 'GROUP', identity }));
  return own === undefined ? groups : [own, ...groups];
}
