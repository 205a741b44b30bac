import type { SealedCommit } from '../event-sourcing/event.ts';
import type { CommitRange } from '../event-sourcing/event-store.ts';
import type { ProjectImage } from '../project/project-model.ts';
import type { PageSource } from '../words/page-source.ts';
import { isSliceOver, nextSlice } from '../words/slices.ts';
import { type ChangeMatch, matchesAll, tellsOfGrants } from './change-filter.ts';
import { eventKey, type RecordedEvent, recordedEvents } from './recorded-event.ts';

/** Reads commits of one project; all that match the request are among them. */
export type ReadCommits = (range: BoundedRange) => AsyncIterable<SealedCommit>;

export type BoundedRange = Required<Omit<CommitRange, 'where'>>;

export interface HistoryRequest {
  readonly read: ReadCommits;
  /** Nothing behind its position is told. */
  readonly image: Pick<ProjectImage, 'position'>;
  readonly match: ChangeMatch;
  /** Which events of those that match are told. Left out: all. */
  readonly wants?: (recorded: RecordedEvent) => boolean;
  /** Whether changes of grants and tokens are told. */
  readonly showsGrants: boolean;
  readonly direction: 'ASC' | 'DESC';
  /** How many there are in all; counted only when somebody asks. */
  total(): number | Promise<number>;
  /** Ends what is read when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** A log's events in order, as pages are read from it. Keys are `position.index`; they stay as the log grows. */
export function historySource(request: HistoryRequest): PageSource<RecordedEvent> {
  const upwards = (after?: string, atMost?: number) => eventsFrom(request, 'forwards', after, atMost);
  const downwards = (before?: string, atMost?: number) => eventsFrom(request, 'backwards', before, atMost);
  const ascending = request.direction === 'ASC';
  return {
    order: `history ${request.direction}`,
    forwards: ascending ? upwards : downwards,
    backwards: ascending ? downwards : upwards,
    compare: (a, b) => compareKeys(a, b) * (ascending ? 1 : -1),
    total: request.total,
  };
}

async function* eventsFrom(
  { read, image, match, wants = () => true, showsGrants, signal }: HistoryRequest,
  direction: 'forwards' | 'backwards',
  bound: string | undefined,
  atMost = Number.POSITIVE_INFINITY,
): AsyncIterable<readonly [string, RecordedEvent]> {
  const [position, index] = bound === undefined ? [] : parseKey(bound);
  // The commit of the bound is read too: it may hold further events.
  const ends =
    direction === 'forwards'
      ? { after: position === undefined ? 0 : position - 1, upTo: image.position }
      : { after: 0, upTo: Math.min(position ?? image.position, image.position) };
  for await (const sealed of inParts(read, { ...ends, direction, limit: atMost + 1 })) {
    if (isSliceOver()) await nextSlice(signal);
    const events = recordedEvents(sealed).filter(
      (recorded) => matchesAll(match, recorded) && wants(recorded) && (showsGrants || !tellsOfGrants(recorded.event)),
    );
    if (direction === 'backwards') events.reverse();
    for (const recorded of events) {
      const there = sealed.commit.position === position && index !== undefined;
      const beyond = !there || (direction === 'forwards' ? recorded.index > index : recorded.index < index);
      if (beyond) yield [eventKey(recorded), recorded];
    }
  }
}

/** So many commits are read at a time, at most, where what is told of those before did not fill a page. */
const LARGEST_PART = 1_000;

/**
 * All commits of a range, read `limit` at a time, then more: what matches a commit need not match each event of it, and
 * not every event is told.
 */
async function* inParts(read: ReadCommits, range: BoundedRange): AsyncIterable<SealedCommit> {
  const { direction } = range;
  for (let rest = range, isMore = true; isMore; ) {
    const { limit } = rest;
    let count = 0;
    for await (const sealed of read(rest)) {
      const { position } = sealed.commit;
      rest = direction === 'forwards' ? { ...rest, after: position } : { ...rest, upTo: position - 1 };
      count += 1;
      yield sealed;
    }
    isMore = count === limit;
    rest = { ...rest, limit: Math.max(limit, Math.min(2 * limit, LARGEST_PART)) };
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
