import type { Clock } from '../clock.ts';

export interface Check {
  /** Whom it says that it is of; nothing is proven. */
  readonly subject: string;
  /** Whether somebody of that name was let in lately. */
  readonly isKnown: boolean;
  /** How many signatures are checked at most. */
  readonly tries: number;
}

/** Within any second. */
export const MOST_FAILURES = 200;
export const MOST_WAITING = 2_000;
const SECOND_MS = 1_000;

interface Waiting extends Check {
  /** With false when its place was given away. */
  readonly begin: (isTurn: boolean) => void;
}

/**
 * Whose signature is checked next. At most `MOST_FAILURES` checks fail in a second; those that succeed are bounded by
 * nothing. As nobody knows beforehand which will fail, one that might be too much waits, and is never refused for it:
 * - every other turn is of those who were let in lately, so that a flood of made-up names hardly delays them, nor a flood of
 *   theirs the others;
 * - subjects take turns, so that one name's flood delays that name alone.
 *
 * Only when `MOST_WAITING` wait is one turned away: the newest of the subject that has most waiting.
 */
export class CheckTurns {
  private readonly known = new Lanes();
  private readonly unknown = new Lanes();
  /** When checks failed in the last second, from the oldest. */
  private failures: number[] = [];
  private underWay = 0;
  private isTurnOfKnown = true;
  private isTimed = false;

  constructor(private readonly clock: Clock) {}

  /** How many wait. */
  get waiting(): number {
    return this.known.size + this.unknown.size;
  }

  /** Runs a check when it is its turn, which answers undefined when it failed; `turned away` is as it says. */
  async take<T>(asked: Check, check: () => Promise<T | undefined>): Promise<T | undefined | 'turned away'> {
    const isTurn = await new Promise<boolean>((begin) => {
      this.enter({ ...asked, begin });
      this.serve();
    });
    if (!isTurn) return 'turned away';
    let result: T | undefined;
    try {
      result = await check();
      return result;
    } finally {
      this.underWay -= asked.tries;
      if (result === undefined) this.failures.push(...Array<number>(asked.tries).fill(this.clock.elapsed()));
      this.serve();
    }
  }

  private enter(waiting: Waiting): void {
    (waiting.isKnown ? this.known : this.unknown).add(waiting);
    if (this.waiting <= MOST_WAITING) return;
    const lanes = this.known.most > this.unknown.most ? this.known : this.unknown;
    lanes.giveAway()?.begin(false);
  }

  private nextLanes(): Lanes {
    const [these, others] = this.isTurnOfKnown ? [this.known, this.unknown] : [this.unknown, this.known];
    return these.size > 0 ? these : others;
  }

  private serve(): void {
    const now = this.clock.elapsed();
    this.failures = this.failures.filter((at) => now - at < SECOND_MS);
    for (;;) {
      const lanes = this.nextLanes();
      const next = lanes.first;
      if (!next) return;
      if (this.underWay + this.failures.length + next.tries > MOST_FAILURES) break;
      lanes.shift();
      this.isTurnOfKnown = lanes !== this.known;
      this.underWay += next.tries;
      next.begin(true);
    }
    const [oldest] = this.failures;
    if (oldest === undefined || this.isTimed) return;
    this.isTimed = true;
    this.clock.after(oldest + SECOND_MS - now, () => {
      this.isTimed = false;
      this.serve();
    });
  }
}

/** Who waits, by subject; the first subject is next, and then the last. */
class Lanes {
  private readonly lanes = new Map<string, Waiting[]>();
  size = 0;

  get first(): Waiting | undefined {
    for (const [first] of this.lanes.values()) return first;
    return undefined;
  }

  add(waiting: Waiting): void {
    const lane = this.lanes.get(waiting.subject);
    if (lane) lane.push(waiting);
    else this.lanes.set(waiting.subject, [waiting]);
    this.size += 1;
  }

  shift(): void {
    for (const [subject, [, ...others]] of this.lanes) {
      this.lanes.delete(subject);
      if (others.length > 0) this.lanes.set(subject, others);
      this.size -= 1;
      return;
    }
  }

  /** How many of one subject wait, of that with most. */
  get most(): number {
    return this.longest.length;
  }

  /** Takes the newest out of the longest lane, the newest of those. */
  giveAway(): Waiting | undefined {
    const { longest } = this;
    const taken = longest.pop();
    if (taken && longest.length === 0) this.lanes.delete(taken.subject);
    if (taken) this.size -= 1;
    return taken;
  }

  private get longest(): Waiting[] {
    let longest: Waiting[] = [];
    for (const lane of this.lanes.values()) if (lane.length >= longest.length) longest = lane;
    return longest;
  }
}
