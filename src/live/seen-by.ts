import { judge } from '../access/judge.ts';
import { NotPermittedError } from '../access/not-permitted.ts';
import type { Right } from '../access/roles.ts';
import type { Asker } from '../event-sourcing/asker.ts';
import { accessOf } from '../project/project-access.ts';
import type { ProjectImage } from '../project/project-model.ts';

/**
 * The image, if the asker may have done to it what they ask for; undefined, as if there was none, if they may not read it.
 * Throws `NotPermittedError` if they may.
 */
export function seenBy(asker: Asker, right: Right, image: ProjectImage | undefined): ProjectImage | undefined {
  if (!image) return undefined;
  const verdict = judge(accessOf(image.view), asker, right);
  if (!verdict.allowed && verdict.mayRead) throw new NotPermittedError(right);
  return verdict.allowed ? image : undefined;
}
