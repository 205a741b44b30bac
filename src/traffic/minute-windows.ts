const MINUTE_MS = 60_000;

interface Window {
  /** On the clock of `performance.now()`, which nobody sets. */
  readonly endsAt: number;
  taken: number;
}

/** Counts what each of many may do so often in a minute. A minute begins with the first thing that one does. */
export class MinuteWindows {
  /** By whom; as all are equally long, the one that began first comes first, and ends first. */
  private readonly windows = new Map<string, Window>();

  constructor(readonly most: number) {}

  /** Counts one more. Answers 0 while that is within the limit, else in how many milliseconds the next minute begins. */
  take(who: string): number {
    const now = performance.now();
    this.forgetEnded(now);
    const window = this.windows.get(who) ?? { endsAt: now + MINUTE_MS, taken: 0 };
    this.windows.set(who, window);
    if (window.taken >= this.most) return window.endsAt - now;
    window.taken += 1;
    return 0;
  }

  private forgetEnded(now: number): void {
    for (const [who, { endsAt }] of this.windows) {
      if (endsAt > now) return;
      this.windows.delete(who);
    }
  }
}
