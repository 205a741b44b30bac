import type { Clock } from './clock.ts';

/** Writes a line. */
export type Warn = (details: object, message: string) => void;

/** Lines at once, after a quiet time. */
export const BURST = 100;
/** Lines a second on end: with some 200 bytes each, 20 MB a day at most. */
export const LINES_PER_SECOND = 1;
const SUMMARY_AFTER_MS = 10_000;

/** One line for each credential that was refused; in a flood, how many were by reason. No part of a credential is in it. */
export class RefusalLog {
  private lines = BURST;
  private filledAt: number;
  private leftOut = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly warn: Warn,
  ) {
    this.filledAt = clock.elapsed();
  }

  refused(reason: string, requestId: string | undefined): void {
    const now = this.clock.elapsed();
    this.lines = Math.min(BURST, this.lines + ((now - this.filledAt) / 1_000) * LINES_PER_SECOND);
    this.filledAt = now;
    if (this.lines >= 1) {
      this.lines -= 1;
      this.warn({ reason, ...(requestId !== undefined && { requestId }) }, 'a credential was refused');
      return;
    }
    if (this.leftOut.size === 0) this.clock.after(SUMMARY_AFTER_MS, () => this.sumUp());
    this.leftOut.set(reason, (this.leftOut.get(reason) ?? 0) + 1);
  }

  /** Reasons are words of ours, so there are only so many. */
  private sumUp(): void {
    const reasons = Object.fromEntries(this.leftOut);
    const count = [...this.leftOut.values()].reduce((sum, each) => sum + each, 0);
    this.leftOut = new Map();
    this.warn({ count, reasons }, 'more credentials were refused than have a line each');
  }
}
