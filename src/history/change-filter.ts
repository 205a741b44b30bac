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
