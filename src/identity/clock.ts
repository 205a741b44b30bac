/** What time it is, and what waits for it. */
export interface Clock {
  /** Of the wall, which tokens are held against: milliseconds since 1970. */
  now(): number;
  /** Milliseconds by a clock that nobody sets. */
  elapsed(): number;
  /** Runs something so many milliseconds later; that keeps no process alive. */
  after(ms: number, run: () => void): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (ms, run) => {
    setTimeout(run, ms).unref();
  },
};
