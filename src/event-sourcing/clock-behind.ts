/** How often the log is told, at most. */
const TELL_EVERY_MS = 60_000;

/**
 * For a wall clock that nothing can be held against, but which is behind the time of a project's newest commit: that one's
 * time is then repeated, and whoever runs the server should look at its clock. Counts each commit, and tells the log now
 * and then.
 */
export class ClockBehind {
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly count: () => void,
    private readonly warn: (message: string, details: object) => void,
  ) {}

  /** Both times are in ISO 8601, UTC, milliseconds. */
  met(details: { readonly project: string; readonly now: string; readonly newest: string }): void {
    this.count();
    const now = performance.now();
    if (now < this.toldAt + TELL_EVERY_MS) return;
    this.toldAt = now;
    this.warn("this server's clock is behind the newest commit, whose time is repeated", details);
  }
}
