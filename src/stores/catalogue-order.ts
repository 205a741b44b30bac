import type { CatalogueEntry, ProjectRange } from '../event-sourcing/event-store.ts';

type Place = Pick<CatalogueEntry, 'position' | 'commitId'>;

/** Which of two entries of one project stands: see `EventStore.noteCatalogueEntries`. */
export function isGreater(one: Place, other: Place): boolean {
  return one.position === other.position ? one.commitId > other.commitId : one.position > other.position;
}

/** The first keys of several lists together, each once, in the order of the range and no more than its limit. */
export function mergeKeys(lists: readonly (readonly string[])[], { direction, limit }: ProjectRange): string[] {
  const keys = [...new Set(lists.flat())].sort();
  if (direction === 'backwards') keys.reverse();
  return keys.slice(0, limit);
}
