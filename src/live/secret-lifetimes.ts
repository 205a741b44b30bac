import type { EventStore } from '../event-sourcing/event-store.ts';
import { type ProjectView, projectModel } from '../project/project-model.ts';
import { secretRefsIn } from '../secrets/secret-refs.ts';
import type { SecretLifetime } from '../secrets/sweep.ts';

/** How many commits are folded before other work gets a turn. */
const FOLD_IN_ONE_GO = 500;

/** Of every secret that a project's log refers to, by the log's own time. */
export async function secretLifetimes(
  store: EventStore,
  project: string,
): Promise<ReadonlyMap<string, SecretLifetime>> {
  const view = projectModel.empty();
  const lifetimes = new Map<string, SecretLifetime>();
  for await (const { commit } of store.read(project)) {
    const subjects = new Set(commit.events.flatMap(({ subject }) => subject?.id ?? []));
    const before = secretsOf(view, subjects);
    projectModel.apply(view, commit);
    const after = secretsOf(view, subjects);
    for (const secretRef of before) if (!after.has(secretRef)) lifetimes.set(secretRef, { forgottenAt: commit.at });
    for (const secretRef of after) lifetimes.set(secretRef, {});
    if (commit.position % FOLD_IN_ONE_GO === 0) await new Promise(setImmediate);
  }
  return lifetimes;
}

/** What active resources use. */
function secretsOf(view: ProjectView, ids: ReadonlySet<string>): ReadonlySet<string> {
  const refs = new Set<string>();
  for (const id of ids) {
    for (const row of [view.proxies.get(id), view.dataSources.get(id), view.parameters.get(id)]) {
      if (!row || row.deletedAt !== undefined) continue;
      const used = 'parameter' in row ? [row.parameter.defaultValue, ...row.parameter.values.values()] : row;
      for (const ref of secretRefsIn(used)) refs.add(ref);
    }
  }
  return refs;
}
