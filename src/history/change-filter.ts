import type { AnyEvent } from '../project/project-model.ts';
import type { RecordedEvent } from './recorded-event.ts';

/** Which changes are wanted; a member that is absent wants all. As the filter of a read it finds their commits. */
export interface ChangeMatch {
  readonly types?: readonly AnyEvent['type'][];
  /** Ids of resources. */
  readonly subjects?: readonly string[];
  /** An actor's id. */
  readonly actorId?: string;
  /** Inclusive; ISO 8601, UTC, milliseconds. */
  readonly since?: string;
  /** Exclusive. */
  readonly until?: string;
}

export function wantsAll(match: ChangeMatch): boolean {
  return Object.keys(match).length === 0;
}

/** Whether events of a type tell who may do what in a log, which is for those alone who may read its grants. */
const TELLS_OF_GRANTS = {
  AccessGranted: true,
  AccessRevoked: true,
  AdministratorsSet: true,
  TokenIssued: true,
  TokenRevoked: true,
  ProjectCreated: false,
  ProjectUpdated: false,
  ConfigParameterSet: false,
  ConfigParameterDeleted: false,
  ProxyConnectionCreated: false,
  ProxyConnectionUpdated: false,
  ProxyConnectionDeleted: false,
  ProxyConnectionRestored: false,
  ProxyTested: false,
  DataSourceCreated: false,
  DataSourceUpdated: false,
  DataSourceProxyAttached: false,
  DataSourceProxyDetached: false,
  DataSourceDeleted: false,
  DataSourceRestored: false,
} as const satisfies Record<AnyEvent['type'], boolean>;

export function tellsOfGrants({ type }: Pick<AnyEvent, 'type'>): boolean {
  return TELLS_OF_GRANTS[type];
}

const TYPES = Object.keys(TELLS_OF_GRANTS) as AnyEvent['type'][];
/** Of what `tellsOfGrants`. */
export const TYPES_OF_GRANTS = TYPES.filter((type) => TELLS_OF_GRANTS[type]);

/** The same without the types that tell of grants; one that names no types names none afterwards. */
export function withoutGrants(match: ChangeMatch): ChangeMatch {
  return match.types ? { ...match, types: match.types.filter((type) => !TELLS_OF_GRANTS[type]) } : match;
}

/** Whether this very event is wanted. */
export function matchesAll(match: ChangeMatch, { sealed: { commit }, event }: RecordedEvent): boolean {
  const { types, subjects, actorId, since, until } = match;
  return (
    (types === undefined || types.includes(event.type)) &&
    (subjects === undefined || (event.subject !== undefined && subjects.includes(event.subject.id))) &&
    (actorId === undefined || commit.actor.id === actorId) &&
    (since === undefined || commit.at >= since) &&
    (until === undefined || commit.at < until)
  );
}
