import DataLoader from 'dataloader';
import type { SealedCommit } from '../event-sourcing/event.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';

export interface CommitPlace {
  readonly project: string;
  readonly position: number;
}

/** Undefined where the log has no such commit. */
export type CommitsAt = DataLoader<CommitPlace, SealedCommit | undefined, string>;

/** Reads the commits that one request names by their positions together: one read for each project. */
export function commitsAt(store: EventStore): CommitsAt {
  return new DataLoader(
    async (places) => {
      const found = new Map<string, SealedCommit>();
      const projects = new Set(places.map(({ project }) => project));
      const read = async (project: string) => {
        const positions = places.filter((place) => place.project === project).map(({ position }) => position);
        for await (const sealed of store.read(project, { where: { positions } })) {
          found.set(keyOf(sealed.commit), sealed);
        }
      };
      await Promise.all([...projects].map(read));
      return places.map((place) => found.get(keyOf(place)));
    },
    { cacheKeyFn: keyOf, maxBatchSize: POSITIONS_OF_READ },
  );
}

/** As many as a store takes in one filter. */
const POSITIONS_OF_READ = 100;

function keyOf({ project, position }: CommitPlace): string {
  return JSON.stringify([project, position]);
}
