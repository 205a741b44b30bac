import type { SealedCommit } from '../event-sourcing/event.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';
import type { Ledgers } from '../event-sourcing/ledger/ledgers.ts';
import type { Command, ProjectImage, ProjectView } from '../project/project-model.ts';
import type { Refusal } from '../words/refusal.ts';
import { isSliceOver, nextSlice } from '../words/slices.ts';
import { type ChangeMatch, matchesAll } from './change-filter.ts';
import { type RecordedEvent, recordedEvents } from './recorded-event.ts';

/** The place behind which a feed begins: a commit, or one event of it. */
export interface FeedStart {
  readonly position: number;
  /** Events of that commit behind this one are delivered too; undefined: none of them. */
  readonly index?: number;
}

export interface FeedRequest {
  readonly project: string;
  /** Undefined: from now on. */
  readonly start: FeedStart | undefined;
  readonly match: ChangeMatch;
  /** Ends the feed. */
  readonly signal: AbortSignal;
}

export interface FedChange {
  readonly recorded: RecordedEvent;
  /** The newest one that has the change. */
  readonly image: ProjectImage;
}

interface FeedParts {
  readonly store: EventStore;
  readonly ledgers: Ledgers<ProjectView, Command, Refusal>;
}

/**
 * Every change behind the start, then live ones, in order and none twice. It is read as it is pulled: a consumer that is
 * slow costs no memory, however far it falls behind.
 */
export async function* changeFeed({ store, ledgers }: FeedParts, request: FeedRequest): AsyncGenerator<FedChange> {
  const { project, match, signal } = request;
  const wake = new WakeUp(signal);
  const tail = await ledgers.tail(project, () => wake.now());
  try {
    let { position, index } = request.start ?? { position: tail.current().position };
    while (!signal.aborted) {
      const image = tail.current();
      const behind = index === undefined ? position : position - 1;
      if (behind >= image.position) {
        await wake.next();
        continue;
      }
      const commits = tail.recent(behind) ?? store.read(project, { after: behind, upTo: image.position });
      for await (const sealed of commits) {
        if (sealed.commit.position > image.position) break;
        if (isSliceOver()) await nextSlice();
        for (const recorded of eventsBehind(sealed, position, index)) {
          if (signal.aborted) return;
          if (matchesAll(match, recorded)) yield { recorded, image };
        }
        position = sealed.commit.position;
        index = undefined;
      }
    }
  } finally {
    tail.leave();
  }
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
