import { claimOfKey } from '../event.ts';
import type { Envelope } from './command.ts';

/**
 * Idempotency keys of commits that were sent, and may be stored though nobody said so yet. It is known of one when the
 * log has a commit at the position that it was sent for.
 */
export class UnsettledKeys {
  /** By actor and key: the position. */
  private readonly sent = new Map<string, number>();

  add(envelope: Pick<Envelope<unknown>, 'actor' | 'idempotency'>, position: number): void {
    const key = keyOf(envelope);
    if (key !== undefined) this.sent.set(key, position);
  }

  /** For a commit that is known not to be stored. */
  delete(envelope: Pick<Envelope<unknown>, 'actor' | 'idempotency'>): void {
    const key = keyOf(envelope);
    if (key !== undefined) this.sent.delete(key);
  }

  /** Forgets what is settled by a log that reaches to this position. */
  settle(head: number): void {
    for (const [key, position] of this.sent) if (position <= head) this.sent.delete(key);
  }

  has(envelope: Pick<Envelope<unknown>, 'actor' | 'idempotency'>): boolean {
    const key = keyOf(envelope);
    return key !== undefined && this.sent.has(key);
  }
}

function keyOf({ actor, idempotency }: Pick<Envelope<unknown>, 'actor' | 'idempotency'>): string | undefined {
  return idempotency && claimOfKey(actor.id, idempotency.key);
}
