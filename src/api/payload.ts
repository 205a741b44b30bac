import type { ProjectImage } from '../project/project-model.ts';
import { CommitObject } from './history/change-types.ts';
import type { Mutated } from './mutate.ts';
import { UserErrorType } from './toolkit/shared-types.ts';

/** The members that every payload of a mutation has, and the id of the resource that it is about. */
export interface Answer {
  readonly commit: CommitObject | null;
  readonly userErrors: readonly UserErrorType[];
}

/**
 * A payload's common members, with what `resource` finds in the image: as of the commit, or now when nothing changed.
 * `id` is the subject of the commit; without a commit it is undefined, and the input tells which resource is meant.
 */
export function answer<Resource>(
  mutated: Mutated,
  resource: (image: ProjectImage, id: string | undefined) => Resource | null,
): Answer & { readonly resource: Resource | null; readonly image: ProjectImage | null } {
  if (mutated.refusals) {
    const userErrors = mutated.refusals.map((refusal) => new UserErrorType(refusal));
    return { resource: null, image: null, commit: null, userErrors };
  }
  const { image, commit } = mutated;
  const subject = commit?.commit.events[0]?.subject?.id;
  return {
    resource: resource(image, subject),
    image,
    commit: commit ? new CommitObject(image, commit) : null,
    userErrors: [],
  };
}
