import { type EventStore, StoreUnavailableError } from '../event-store.ts';

/** A ledger that is to be followed, as the follower sees it. */
export interface Followed {
  readonly ledger: {
    readonly project: string;
    /** Of the newest commit that it knows. */
    readonly position: number;
    /** Whether the commit with this hash is among the newest ones that it knows. */
    knows(hash: string): boolean;
    catchUp(): Promise<void>;
  };
  /** On the clock of `performance.now()`. */
  readonly lastUsed: number;
}

interface Pace {
  /** It is looked at in every so manieth look. */
  every: number;
  /** The last hint that was followed. */
  hint: string | undefined;
  readAt: number;
  isReading: boolean;
}

const LOOK_EVERY_MS = 100;
const LONGEST_PACE = 8;
/** What was used so lately is read at each look, whatever the hints say. */
const IN_USE_MS = 5_000;
/** What is idle is read so often though no hint says that it grew: hints get lost, and tell nothing of a log that was replaced. */
const READ_EVERY_MS = 30_000;
const IDLE_READS_A_LOOK = 20;

/**
 * Follows what other processes append to the logs of ledgers in memory: each is looked at every 100 ms while it moves,
 * and less and less often, down to every 800 ms, while it does not. One question for hints is asked for all of them.
 * All waits are by a clock that nobody sets.
 */
export class Follower {
  private readonly paces = new WeakMap<Followed, Pace>();
  private readonly timer: NodeJS.Timeout;
  private looks = 0;
  private isAsking = false;

  constructor(
    private readonly store: Pick<EventStore, 'headHints'>,
    private readonly followed: () => Iterable<Followed>,
    private readonly alarm: (message: string, details: object) => void,
  ) {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Begins to read what should be read now. Never rejects. */
  private async look(): Promise<void> {
    if (this.isAsking) return;
    this.looks += 1;
    const due = this.due();
    if (due.length === 0) return;
    const hints = await this.ask(due.map(([{ ledger }]) => ledger.project));
    const now = performance.now();
    let idleReads = 0;
    for (const [followed, pace] of due) {
      const hint = hints?.get(followed.ledger.project);
      const isNews = hint !== undefined && hint !== pace.hint && !followed.ledger.knows(hint);
      const isInUse = followed.lastUsed + IN_USE_MS > now;
      const isOverdue = pace.readAt + READ_EVERY_MS <= now && idleReads < IDLE_READS_A_LOOK;
      if (!hints || isNews || isInUse) void this.read(followed, pace, hint);
      else if (isOverdue) {
        idleReads += 1;
        void this.read(followed, pace, hint);
      } else slowDown(pace);
    }
  }

  private due(): [Followed, Pace][] {
    const due: [Followed, Pace][] = [];
    for (const followed of this.followed()) {
      const known = this.paces.get(followed);
      const pace = known ?? { every: 1, hint: undefined, readAt: performance.now(), isReading: false };
      if (!known) this.paces.set(followed, pace);
      if (!pace.isReading && this.looks % pace.every === 0) due.push([followed, pace]);
    }
    return due;
  }

  /** Undefined when there is no answer: then each is to be read. */
  private async ask(projects: readonly string[]): Promise<ReadonlyMap<string, string> | undefined> {
    this.isAsking = true;
    try {
      return await this.store.headHints(projects);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) this.alarm('the hints at logs that grew are not read', { error });
      return undefined;
    } finally {
      this.isAsking = false;
    }
  }

  private async read({ ledger }: Followed, pace: Pace, hint: string | undefined): Promise<void> {
    const { position } = ledger;
    pace.isReading = true;
    try {
      await ledger.catchUp();
      pace.hint = hint;
      if (ledger.position === position) slowDown(pace);
      else pace.every = 1;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) {
        this.alarm('a project cannot be followed', { project: ledger.project, error });
      }
      pace.every = LONGEST_PACE;
    } finally {
      pace.isReading = false;
      pace.readAt = performance.now();
    }
  }
}

function slowDown(pace: Pace): void {
  pace.every = Math.min(pace.every * 2, LONGEST_PACE);
}
