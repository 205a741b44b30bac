/** How fast something is done in the background: how long it rests after each bit of work, as a multiple of what that took. */
export interface Pace {
  readonly rest: number;
}

/** @param worked for how long, in milliseconds */
export function rest(worked: number, pace: Pace): Promise<void> {
  const ms = worked * pace.rest;
  return new Promise((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)));
}
