import type { SnapshotPlace } from '../event-sourcing/snapshots/snapshot-store.ts';

/** Of one project and fold. */
export function withoutManifest(begun: readonly SnapshotPlace[], finished: readonly SnapshotPlace[]): SnapshotPlace[] {
  const keys = new Set(finished.map(keyOf));
  return begun.filter((place) => !keys.has(keyOf(place)));
}

function keyOf({ position, base, writer }: SnapshotPlace): string {
  return JSON.stringify([position, base, writer]);
}
