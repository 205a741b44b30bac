import type { SealedCommit } from '../event-sourcing/event.ts';
import { decodeEvents } from '../project/project-model.ts';
import type { Rename } from '../words/rename.ts';

/** What environments were renamed to, and when, in the order of the log. */
export type Renames = readonly { readonly position: number; readonly renamed: readonly Rename[] }[];

/** @param commits those that changed the project itself */
export async function renamesIn(commits: AsyncIterable<SealedCommit>): Promise<Renames> {
  const renames: { position: number; renamed: readonly Rename[] }[] = [];
  for await (const { commit } of commits) {
    for (const event of decodeEvents(commit)) {
      const renamed = event.type === 'ProjectUpdated' ? (event.data.renamed ?? []) : [];
      if (renamed.length > 0) renames.push({ position: commit.position, renamed });
    }
  }
  return renames;
}

/** What an environment is called by now that had this name at a position. */
export function nameOfEnvironment(name: string, position: number, renames: Renames): string {
  let called = name;
  for (const { position: since, renamed } of renames) {
    if (since > position) called = renamed.find(({ from }) => from === called)?.to ?? called;
  }
  return called;
}
