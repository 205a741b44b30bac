import type { SnapshotPlace } from './snapshot-store.ts';

/**
 * The snapshots that lead furthest without going beyond a position: one of everything, and what has changed since, each
 * standing on the one before it. Of several ways the shortest: reading everything costs less for each entry than reading
 * changes. Empty when there is none.
 * @param places by position, base and then writer, ascending
 */
export function furthestChain(places: readonly SnapshotPlace[], upTo: number): SnapshotPlace[] {
  const last = new Map<number, SnapshotPlace>();
  let furthest: SnapshotPlace | undefined;
  for (const place of places) {
    if (place.position > upTo) break;
    const isBetter = place.base === 0 || (last.has(place.base) && last.get(place.position)?.base !== 0);
    if (!isBetter) continue;
    last.set(place.position, place);
    furthest = place;
  }
  const chain: SnapshotPlace[] = [];
  for (let place = furthest; place; place = last.get(place.base)) chain.unshift(place);
  return chain;
}
