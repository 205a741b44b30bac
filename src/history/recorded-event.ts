import type { SealedCommit } from '../event-sourcing/event.ts';
import { type AnyEvent, decodeEvents } from '../project/project-model.ts';

/** One event with the commit that it came in. */
export interface RecordedEvent {
  readonly sealed: SealedCommit;
  /** Within the commit, from 0. */
  readonly index: number;
  readonly event: AnyEvent;
}

export function recordedEvents(sealed: SealedCommit): RecordedEvent[] {
  return decodeEvents(sealed.commit).map((event, index) => ({ sealed, index, event }));
}

/** `position.index`: tells an event's place in its log. */
export function eventKey({ sealed, index }: RecordedEvent): string {
  return `${sealed.commit.position}.${index}`;
}
