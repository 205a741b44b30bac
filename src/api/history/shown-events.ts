import type { SealedCommit } from '../../event-sourcing/event.ts';
import { tellsOfGrants } from '../../history/change-filter.ts';
import { type RecordedEvent, recordedEvents } from '../../history/recorded-event.ts';
import type { RequestContext } from '../context.ts';

/** The events of a commit that the asker may see, by their rights as they are now. */
export async function shownEvents(context: RequestContext, sealed: SealedCommit): Promise<readonly RecordedEvent[]> {
  const events = recordedEvents(sealed);
  const others = events.filter(({ event }) => !tellsOfGrants(event));
  if (others.length === events.length) return events;
  return (await context.has(sealed.commit.project, 'READ_GRANTS')) ? events : others;
}
