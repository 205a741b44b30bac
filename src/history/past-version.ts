import type { EventStore } from '../event-sourcing/event-store.ts';
import { type ProjectView, projectModel } from '../project/project-model.ts';

/**
 * A view in which one resource stands as one of its versions left it, folded from the commits about it alone; undefined
 * when the log holds no such version. Versions of the past never change, so whoever decides on one need not read it at
 * the head. Of everything but the resource itself the view tells nothing.
 */
export async function pastVersion(
  store: EventStore,
  project: string,
  subject: string,
  version: number,
): Promise<ProjectView | undefined> {
  const view = projectModel.empty();
  let reached = 0;
  for await (const { commit } of store.read(project, { where: { subjects: [subject] } })) {
    const next = commit.events.find((event) => event.subject?.id === subject)?.subject?.version ?? reached;
    if (next > version) break;
    projectModel.apply(view, commit);
    reached = next;
  }
  return reached === version && version > 0 ? view : undefined;
}
