import type { Clock } from '../../src/identity/clock.ts';

/** A clock that a test sets, and which runs what waits for it. */
export class FakeClock implements Clock {
  private waiting: { readonly at: number; readonly run: () => void }[] = [];
  private passed = 0;

  constructor(private readonly start = Date.parse('2027-01-01T00:00:00.000Z')) {}

  now(): number {
    return this.start + this.passed;
  }

  elapsed(): number {
    return this.passed;
  }

  after(ms: number, run: () => void): void {
    this.waiting.push({ at: this.passed + ms, run });
  }

  /** Lets time pass, and lets what waited do what it has to, promises included. */
  async pass(ms: number): Promise<void> {
    await settle();
    const end = this.passed + ms;
    for (;;) {
      const [next] = this.waiting.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (!next) break;
      this.waiting = this.waiting.filter((each) => each !== next);
      this.passed = Math.max(this.passed, next.at);
      next.run();
      await settle();
    }
    this.passed = end;
    await settle();
  }
}

/** Until promises that wait for nothing outside have gone on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
