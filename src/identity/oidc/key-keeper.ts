import type { Soon } from '../../words/after.ts';
import type { Clock } from '../clock.ts';
import { FetchFault } from './fetch-json.ts';
import type { KeySet } from './key-set.ts';
import type { KeySource } from './key-sources.ts';

/** What is told when the keys come, change or can't be fetched. */
export interface KeyNews {
  readonly event: 'there' | 'changed' | 'away' | 'gone';
  readonly source: string;
  /** Of the set that serves; 0: none does. */
  readonly keys: number;
  /** Why there is nothing new; for `away` and `gone`. */
  readonly reason?: string;
}

export interface KeyKeeperParts {
  readonly source: KeySource;
  readonly clock: Clock;
  /** Told once for each change of state, and when the reason of a failure changes. */
  readonly tell: (news: KeyNews) => void;
  /** Told of each look. */
  readonly looked: (outcome: 'success' | 'failure') => void;
}

/** Milliseconds for which the last good set serves while its source is away. */
const SERVES_MS = 60 * 60 * 1_000;
const TICK_MS = 1_000;

/**
 * Keeps the keys of an issuer: as new as its source asks, looked for no more often than it allows, and the last good ones
 * for an hour while it is away. What the newest set has no more serves no more.
 */
export class KeyKeeper {
  private newest: { readonly set: KeySet; readonly at: number } | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private looking: Promise<void> | undefined;
  /** Why the last look failed. */
  private fault: string | undefined;
  private isGone = false;
  private isStopped = false;

  constructor(private readonly parts: KeyKeeperParts) {}

  /** Begins to look regularly, a little before it is due, so that nobody waits for it. */
  start(): void {
    if (this.isStopped) return;
    if (this.isDue(this.parts.source.pauseMs)) void this.look();
    this.noticeGone();
    this.parts.clock.after(TICK_MS, () => this.start());
  }

  stop(): void {
    this.isStopped = true;
  }

  /** The set that serves, as far as is known without a look. */
  get serving(): KeySet | undefined {
    if (!this.newest || this.parts.clock.elapsed() - this.newest.at >= SERVES_MS) return undefined;
    return this.newest.set;
  }

  /** Milliseconds since the set that was found last was looked for; undefined: none was found. */
  get ageMs(): number | undefined {
    return this.newest && this.parts.clock.elapsed() - this.newest.at;
  }

  /**
   * The set that serves, after the look that is due. Nobody waits for a source that did not answer last time: that is looked
   * for beside.
   */
  current(): Soon<KeySet | undefined> {
    if (!this.isDue()) return this.serving;
    const look = this.look();
    return this.fault === undefined ? look.then(() => this.serving) : this.serving;
  }

  /** The set that serves after another look, for which it may be too early: then it is the same. */
  async renewed(): Promise<KeySet | undefined> {
    await this.look();
    return this.serving;
  }

  /** @param early milliseconds before it is */
  private isDue(early = 0): boolean {
    const { ageMs } = this;
    return ageMs === undefined || ageMs >= this.parts.source.lookEveryMs - early;
  }

  private async look(): Promise<void> {
    const { clock, source } = this.parts;
    if (!this.looking && clock.elapsed() - this.lookedAt >= source.pauseMs) {
      this.lookedAt = clock.elapsed();
      this.looking = this.lookOnce(this.lookedAt).finally(() => {
        this.looking = undefined;
      });
    }
    await this.looking;
  }

  private async lookOnce(at: number): Promise<void> {
    try {
      const set = await this.parts.source.look();
      this.parts.looked('success');
      this.found(set, at);
    } catch (error) {
      this.parts.looked('failure');
      this.missed(error instanceof FetchFault ? error.message : `the look failed: ${error}`);
    }
  }

  private found(found: KeySet, at: number): void {
    const before = this.newest?.set;
    const isSame = before?.print === found.print;
    // The same object: what was verified with it stays so.
    const set = before && isSame ? before : found;
    const wasAway = this.fault !== undefined || before === undefined;
    this.newest = { set, at };
    this.fault = undefined;
    this.isGone = false;
    if (wasAway) this.tell('there');
    else if (!isSame) this.tell('changed');
  }

  private missed(reason: string): void {
    if (reason === this.fault) return;
    this.fault = reason;
    this.isGone = this.serving === undefined;
    this.tell(this.isGone ? 'gone' : 'away', reason);
  }

  /** The hour ends without a look that says so. */
  private noticeGone(): void {
    if (this.fault === undefined || this.isGone || this.serving !== undefined) return;
    this.isGone = true;
    this.tell('gone', this.fault);
  }

  private tell(event: KeyNews['event'], reason?: string): void {
    const told = { event, source: this.parts.source.name, keys: this.serving?.keys.length ?? 0 };
    this.parts.tell({ ...told, ...(reason !== undefined && { reason }) });
  }
}
