import { LRUCache } from 'lru-cache';
import type { Clock } from './clock.ts';

/** That a token of a log was used within the hour that begins then: ISO 8601, UTC, milliseconds. */
export interface NotedUse {
  /** The project's key, or the instance's own. */
  readonly project: string;
  readonly tokenId: string;
  readonly hour: string;
}

export interface TokenUsesParts {
  /** Writes at most 500 at once. */
  readonly note: (uses: readonly NotedUse[]) => Promise<void>;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly warn: (message: string, details: object) => void;
}

const HOUR_MS = 60 * 60 * 1_000;
const NOTED_WITHIN_MS = 1_000;
const AGAIN_AFTER_MS = 60_000;
const AT_ONCE = 500;
/** Beyond so many, tokens that were used least recently are noted again. */
const MOST_KNOWN = 10_000;

/** Notes the hours in which tokens are used, once each, behind the requests that use them. */
export class TokenUses {
  /** The last hour that was taken down for each token. */
  private readonly known = new LRUCache<string, string>({ max: MOST_KNOWN });
  private waiting = new Map<string, NotedUse>();
  private isDue = false;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly parts: TokenUsesParts) {}

  used(project: string, tokenId: string): void {
    const hour = new Date(Math.floor(this.parts.clock.now() / HOUR_MS) * HOUR_MS).toISOString();
    const key = `${project} ${tokenId}`;
    if (this.known.get(key) === hour) return;
    this.known.set(key, hour);
    this.waiting.set(key, { project, tokenId, hour });
    this.writeIn(NOTED_WITHIN_MS);
  }

  /** Writes what waits. What can't be written now is tried again later, and told. */
  write(): Promise<void> {
    this.last = this.last.then(() => this.writeWaiting());
    return this.last;
  }

  private async writeWaiting(): Promise<void> {
    const uses = [...this.waiting];
    this.waiting = new Map();
    for (let at = 0; at < uses.length; at += AT_ONCE) {
      try {
        await this.parts.note(uses.slice(at, at + AT_ONCE).map(([, use]) => use));
      } catch (err) {
        // A later hour that came meanwhile stays.
        this.waiting = new Map([...uses.slice(at), ...this.waiting]);
        this.parts.warn('when tokens were used could not be noted yet', { err });
        this.writeIn(AGAIN_AFTER_MS);
        return;
      }
    }
  }

  private writeIn(ms: number): void {
    if (this.isDue) return;
    this.isDue = true;
    this.parts.clock.after(ms, () => {
      this.isDue = false;
      void this.write();
    });
  }
}
