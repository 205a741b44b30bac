import type { SealedCommit } from '../event-sourcing/event.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';
import { BeyondHeadError } from '../event-sourcing/ledger/ledger-errors.ts';
import type { Ledgers } from '../event-sourcing/ledger/ledgers.ts';
import type { Command, ProjectImage, ProjectView } from '../project/project-model.ts';
import type { Refusal } from '../words/refusal.ts';
import { isSliceOver, nextSlice } from '../words/slices.ts';
import { type ChangeMatch, matchesAll, tellsOfGrants } from './change-filter.ts';
import { type RecordedEvent, recordedEvents } from './recorded-event.ts';

/** The place behind which a feed begins: a commit, or one event of it. */
export interface FeedStart {
  readonly position: number;
  /** Events of that commit behind this one are delivered too; undefined: none of them. */
  readonly index?: number;
}

/** What may be told of a project's changes; `nothing`: they are kept until that changes, or the feed ends. */
export type Sight = 'everything' | 'without grants' | 'nothing';

export interface FeedRequest {
  readonly project: string;
  /** Undefined: from now on. */
  readonly start: FeedStart | undefined;
  readonly match: ChangeMatch;
  /** Asked of the newest image there is, for each change that is due. */
  readonly sight: (newest: ProjectImage) => Sight;
  /** Ends the feed. */
  readonly signal: AbortSignal;
}

export interface FedChange {
  readonly recorded: RecordedEvent;
  /** The newest one that has the change. */
  readonly image: ProjectImage;
  /** The newest one of all: rights are judged on it. */
  readonly newest: ProjectImage;
}

interface FeedParts {
  readonly store: EventStore;
  readonly ledgers: Ledgers<ProjectView, Command, Refusal>;
}

/**
 * Every change behind the start, then live ones, in order and none twice. It is read as it is pulled: a consumer that is
 * slow costs no memory, however far it falls behind. Throws `BeyondHeadError` when the log that was told of is not the log
 * any more: it got shorter than that, or was replaced.
 */
export async function* changeFeed({ store, ledgers }: FeedParts, request: FeedRequest): AsyncGenerator<FedChange> {
  const { project, match, sight, signal } = request;
  const wake = new WakeUp(signal);
  const tail = await ledgers.tail(project, () => wake.now());
  try {
    const begun = tail.current();
    let { position, index } = request.start ?? { position: begun.position };
    /** Of the commit at the position, once it is known. */
    let hash = position === begun.position ? begun.hash : undefined;
    while (!signal.aborted) {
      const image = tail.current();
      if (image.position < position) throw new BeyondHeadError(position, image.position);
      const isReplaced = image.position === position && hash !== undefined && image.hash !== hash;
      if (isReplaced) throw replaced(position, image);
      const behind = index === undefined ? position : position - 1;
      let hasGrown = false;
      const commits =
        behind < image.position
          ? (tail.recent(behind) ?? store.read(project, { after: behind, upTo: image.position }))
          : [];
      for await (const sealed of commits) {
        if (sealed.commit.position > image.position) break;
        if (isSliceOver()) await nextSlice();
        const follows = index !== undefined || hash === undefined || sealed.commit.previousHash === hash;
        if (!follows) throw replaced(position, image);
        for (const recorded of eventsBehind(sealed, position, index)) {
          if (!matchesAll(match, recorded)) continue;
          while (!signal.aborted && sight(tail.current()) === 'nothing') await wake.next();
          if (signal.aborted) return;
          const newest = tail.current();
          if (sight(newest) === 'everything' || !tellsOfGrants(recorded.event)) yield { recorded, image, newest };
        }
        position = sealed.commit.position;
        hash = sealed.hash;
        index = undefined;
        hasGrown = true;
      }
      if (!hasGrown) await wake.next();
    }
  } finally {
    tail.leave();
  }
}

function replaced(position: number, image: ProjectImage): BeyondHeadError {
  return new BeyondHeadError(position, image.position, 'was replaced and is at');
}

function eventsBehind(sealed: SealedCommit, position: number, index: number | undefined): RecordedEvent[] {
  const events = recordedEvents(sealed);
  const begun = index !== undefined && sealed.commit.position === position;
  return begun ? events.filter((recorded) => recorded.index > index) : events;
}

/** Lets a loop sleep until there is something new, without missing what comes while it is at work. */
class WakeUp {
  private news = false;
  private wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.now(), { once: true });
  }

  now(): void {
    this.news = true;
    this.wake?.();
  }

  async next(): Promise<void> {
    if (!this.news) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.wake = undefined;
    this.news = false;
  }
}
