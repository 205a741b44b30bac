import type { EventStore } from './event-store.ts';
import { NotReadyError } from './readiness.ts';

/** How far this process's wall clock may be off the store's. */
const MOST_OFF_MS = 5_000;

/**
 * Holds this process's wall clock against the store's. Between looks it goes by the clock of `performance.now()`, so that
 * a wall clock that somebody sets is noticed at once.
 */
export class StoreClock {
  /**
   * What is to be added to the steady clock to get the store's time: as little as `least`, as much as `most`, as nobody
   * knows when within the question's round trip the store looked at its clock. Undefined where there is no such clock.
   */
  private ahead: { readonly least: number; readonly most: number } | undefined;

  constructor(private readonly store: Pick<EventStore, 'clock'>) {}

  /** One line that says how this process's clock is wrong, as a look now finds it. Throws `StoreUnavailableError`. */
  async look(): Promise<string | undefined> {
    const askedAt = performance.now();
    const time = await this.store.clock();
    this.ahead = time === undefined ? undefined : { least: time - performance.now(), most: time - askedAt };
    return this.fault();
  }

  /** Throws `NotReadyError` when the wall clock is wrong now, by what the last look found. */
  assertRight(): void {
    const fault = this.fault();
    if (fault !== undefined) throw new NotReadyError([fault]);
  }

  private fault(): string | undefined {
    if (!this.ahead) return undefined;
    const [wall, steady] = [Date.now(), performance.now()];
    const behind = steady + this.ahead.least - wall;
    const before = wall - (steady + this.ahead.most);
    if (Math.max(behind, before) <= MOST_OFF_MS) return undefined;
    const seconds = Math.round(Math.max(behind, before) / 1_000);
    const where = behind > before ? 'behind' : 'ahead of';
    return `this server's clock is ${seconds} s ${where} the database's: at most ${MOST_OFF_MS / 1_000} s are allowed`;
  }
}
