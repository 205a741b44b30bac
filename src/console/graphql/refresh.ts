/** Milliseconds in which what happens together is asked about once. */
const GATHER_MS = 150;

/** Asks again what is on the screen. */
export class Refresh {
  private readonly shown = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param ask asks anew, past the cache @returns takes it off the screen */
  show(ask: () => void): () => void {
    this.shown.add(ask);
    return () => this.shown.delete(ask);
  }

  now(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const ask of this.shown) ask();
  }

  /** Once, however often this is called within the time. */
  soon(): void {
    this.timer ??= setTimeout(() => this.now(), GATHER_MS);
  }
}
