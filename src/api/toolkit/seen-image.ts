import type { ProjectImage } from '../../project/project-model.ts';
import { idAsOf } from '../../words/ids.ts';

/** What a part of an answer is read from: a project's image, and whether it was asked for as of a moment. */
export interface SeenImage extends Pick<ProjectImage, 'view' | 'position' | 'events'> {
  /** True: the ids of everything that is read from it carry its position. */
  readonly isAsOf?: boolean;
}

/** The image as `asOf` shows it, be it the newest one too. */
export function seenAsOf({ view, position, events }: ProjectImage): SeenImage {
  return { view, position, events, isAsOf: true };
}

/** The id under which a thing is shown: clients that keep objects by id must not mix two moments. */
export function idIn(image: SeenImage, resourceId: string): string {
  return image.isAsOf ? idAsOf(resourceId, image.position) : resourceId;
}
