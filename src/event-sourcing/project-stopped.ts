/** A log that can't be folded as it is stored. It stops its own project, and no other. */
export class ProjectStoppedError extends Error {
  override readonly name: string = 'ProjectStoppedError';

  constructor(
    readonly project: string,
    /** Of the first commit that can't be folded. */
    readonly position: number,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`project ${project} is stopped at position ${position}: ${reason}`, options);
  }
}
