import { setTimeout as sleep } from 'node:timers/promises';
import { isSliceOver, nextSlice } from '../../words/slices.ts';
import { StoreUnavailableError } from '../event-store.ts';
import { ProjectStoppedError } from '../project-stopped.ts';
import type { CatalogueParts, KnownAccess } from './catalogue-parts.ts';

const PROJECTS_AT_ONCE = 100;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5 * 60_000;

interface Repair {
  /** Notes what the logs of some projects say instead of their entries. */
  readonly correct: (wrong: ReadonlyMap<string, KnownAccess>) => Promise<void>;
  /** Told of what keeps it from going on; it goes on all the same. */
  readonly tell: (error: unknown) => void;
}

/**
 * Registers every project of a store, and looks for entries that do not stand on the newest commit that changed who may
 * read: for those alone a ledger is opened. A project that is stopped is left as it is.
 */
export async function repairCatalogue(parts: CatalogueParts, { correct, tell }: Repair): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  for (let after: string | undefined; !parts.stopped.aborted; ) {
    try {
      const keys = await parts.store.projectsWithCommits(after, PROJECTS_AT_ONCE);
      const wrong = await wrongAmong(parts, keys.filter(parts.isProject));
      if (wrong.size > 0) await correct(wrong);
      if (keys.length < PROJECTS_AT_ONCE) return;
      after = keys.at(-1);
      pause = FIRST_PAUSE_MS;
      await new Promise(setImmediate);
    } catch (error) {
      if (parts.stopped.aborted) return;
      if (!(error instanceof StoreUnavailableError)) throw error;
      tell(error);
      // An abort ends the pause as well as the walk.
      await sleep(pause, undefined, { signal: parts.stopped, ref: false }).catch(() => undefined);
      pause = Math.min(pause * 4, LONGEST_PAUSE_MS);
    }
  }
}

async function wrongAmong(parts: CatalogueParts, projects: readonly string[]): Promise<Map<string, KnownAccess>> {
  const wrong = new Map<string, KnownAccess>();
  if (projects.length === 0) return wrong;
  await parts.store.registerProjects(projects);
  // Before the logs, which are then as new as the entries, or newer.
  const entries = await parts.store.catalogueEntries(projects);
  const noted = new Map(entries.map(({ project, commitId }) => [project, commitId]));
  for (const project of projects) {
    try {
      if ((await newestAccessCommit(parts, project)) === noted.get(project)) continue;
      const access = await parts.access(project);
      if (access) wrong.set(project, access);
    } catch (error) {
      if (!(error instanceof ProjectStoppedError)) throw error;
    }
    if (isSliceOver()) await nextSlice(parts.stopped);
  }
  return wrong;
}

/** The id of the newest commit that changed who may read; undefined if there is none. */
async function newestAccessCommit({ store, accessEvents }: CatalogueParts, project: string) {
  const newestFirst = { direction: 'backwards', limit: 1, where: { types: accessEvents } } as const;
  for await (const { commit } of store.read(project, newestFirst)) return commit.commitId;
  return undefined;
}
