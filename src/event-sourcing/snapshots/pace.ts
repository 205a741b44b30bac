import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** How fast something is done in the background: how long it rests after each bit of work, as a multiple of what that took. */
export interface Pace {
  readonly rest: number;
}

/** A fifth of the time, so that a request hardly feels it. */
const CALM = 4;
/** A twenty-fifth. */
const BUSY = 24;
/** Of the time, the share from which on the event loop is busy with other things as well. */
const BUSY_FROM = 0.5;

/** For what can wait: slower while there is much else to do, and at once when it is hurried. */
export class Leisure implements Pace {
  private last: EventLoopUtilization = performance.eventLoopUtilization();
  private isHurried = false;

  /** @param isLate whether so much is waiting that it must not become more */
  constructor(private readonly isLate: () => boolean) {}

  get rest(): number {
    if (this.isHurried) return 0;
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.last);
    this.last = now;
    return utilization < BUSY_FROM || this.isLate() ? CALM : BUSY;
  }

  hurry(): void {
    this.isHurried = true;
  }
}

/** @param worked for how long, in milliseconds */
export function rest(worked: number, pace: Pace): Promise<void> {
  const ms = worked * pace.rest;
  return new Promise((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)));
}
