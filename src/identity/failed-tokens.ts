import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from './clock.ts';

interface Failure {
  readonly reason: string;
  readonly firstAt: number;
  readonly lastAt: number;
}

const MOST_REMEMBERED = 10_000;
const FAILED_FOR_MS = 60_000;
/** Until then another node may have issued it without this one's knowing. */
const UNSURE_FOR_MS = 2_000;

/** API tokens that are not looked up again, by their hash, for a minute after they failed. */
export class FailedTokens {
  private readonly failures = new LRUCache<string, Failure>({ max: MOST_REMEMBERED });

  constructor(private readonly clock: Clock) {}

  /** Why a token needs no look; undefined: it does. */
  reasonOf(text: string): string | undefined {
    const failure = this.lately(hash('sha256', text));
    return failure && failure.lastAt - failure.firstAt >= UNSURE_FOR_MS ? failure.reason : undefined;
  }

  failed(text: string, reason: string): void {
    const digest = hash('sha256', text);
    const now = this.clock.elapsed();
    this.failures.set(digest, { reason, firstAt: this.lately(digest)?.firstAt ?? now, lastAt: now });
  }

  private lately(digest: string): Failure | undefined {
    const failure = this.failures.get(digest);
    return failure && this.clock.elapsed() - failure.lastAt < FAILED_FOR_MS ? failure : undefined;
  }
}
