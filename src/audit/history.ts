import type { SealedCommit } from '../event-sourcing/event.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';
import type { PageSource } from '../graphql/paging.ts';
import type { OrderDirection } from '../graphql/shared-types.ts';
import { type AnyEvent, decodeEvents, type ProjectImage } from '../project-model.ts';

/** One event with the commit that it came in. */
export interface RecordedEvent {
  readonly sealed: SealedCommit;
  /** Within the commit, from 0. */
  readonly index: number;
  readonly event: AnyEvent;
}

export interface HistoryRequest {
  readonly project: string;
  /** Nothing behind its position is told. */
  readonly image: ProjectImage;
  /** Only events about this resource. */
  readonly subject?: string;
  readonly direction: OrderDirection;
  readonly total: () => number;
}

/** A log's events in order, as pages are read from it. Keys are `position.index`; they stay as the log grows. */
export function historySource(store: EventStore, request: HistoryRequest): PageSource<RecordedEvent> {
  const { project, image, subject, direction, total } = request;
  const upwards = (after?: string) => eventsFrom(store, project, image.position, subject, 'forwards', after);
  const downwards = (before?: string) => eventsFrom(store, project, image.position, subject, 'backwards', before);
  const ascending = direction === 'ASC';
  return {
    order: `history ${direction}`,
    forwards: ascending ? upwards : downwards,
    backwards: ascending ? downwards : upwards,
    compare: (a, b) => compareKeys(a, b) * (ascending ? 1 : -1),
    total,
  };
}

export function recordedEvents(sealed: SealedCommit): RecordedEvent[] {
  return decodeEvents(sealed.commit).map((event, index) => ({ sealed, index, event }));
}

export function eventKey({ sealed, index }: RecordedEvent): string {
  return `${sealed.commit.position}.${index}`;
}

async function* eventsFrom(
  store: EventStore,
  project: string,
  head: number,
  subject: string | undefined,
  direction: 'forwards' | 'backwards',
  bound: string | undefined,
): AsyncIterable<readonly [string, RecordedEvent]> {
  const [position, index] = bound === undefined ? [] : parseKey(bound);
  // The commit of the bound is read too: it may hold further events.
  const ends =
    direction === 'forwards'
      ? { after: position === undefined ? 0 : position - 1, upTo: head }
      : { upTo: Math.min(position ?? head, head) };
  const where = subject === undefined ? {} : { where: { subject } };
  for await (const sealed of store.read(project, { ...ends, direction, ...where })) {
    const events = recordedEvents(sealed).filter(({ event }) => subject === undefined || event.subject?.id === subject);
    if (direction === 'backwards') events.reverse();
    for (const recorded of events) {
      const there = sealed.commit.position === position && index !== undefined;
      const beyond = !there || (direction === 'forwards' ? recorded.index > index : recorded.index < index);
      if (beyond) yield [eventKey(recorded), recorded];
    }
  }
}

function compareKeys(a: string, b: string): number {
  const [positionA, indexA] = parseKey(a);
  const [positionB, indexB] = parseKey(b);
  return positionA - positionB || indexA - indexB;
}

/** A text that is no key sorts before all keys: a cursor that was tampered with gives a page, but no error of ours. */
function parseKey(key: string): [position: number, index: number] {
  const [, position, index] = /^([0-9]{1,15})\.([0-9]{1,6})$/.exec(key) ?? [];
  return [Number(position ?? 0), Number(index ?? 0)];
}
