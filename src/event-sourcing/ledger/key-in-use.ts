import type { Idempotency } from '../event.ts';
import type { EventStore } from '../event-store.ts';
import { type Image, REMEMBERED_COMMITS } from '../images/image.ts';
import type { Envelope, IdempotencyClaim } from './command.ts';

type Used = { readonly kind: 'replayed'; readonly position: number } | { readonly kind: 'key-reused' };

/**
 * Whether a command's idempotency key was used by a commit that is so old that no image remembers it: the store's index
 * knows. What it said once holds for as long as the image reaches back to the position at which it was asked.
 */
export class KeyInUse {
  /** What is answered to the command, as the store knows that its key was used by such a commit. */
  used: Used | undefined;
  /** No commit up to this position has the key. */
  private unusedUpTo = 0;

  constructor(
    private readonly project: string,
    private readonly envelope: Pick<Envelope<unknown>, 'actor' | 'idempotency'>,
  ) {}

  /** Asks the store unless the image itself tells. Throws `StoreUnavailableError`. */
  async lookUp(store: EventStore, image: Image<unknown>): Promise<void> {
    const { actor, idempotency: claim } = this.envelope;
    this.used = undefined;
    if (!claim || image.recall(actor.id, claim.key)) return;
    const { position } = image;
    if (this.unusedUpTo + REMEMBERED_COMMITS < position) {
      const old = await store.findByIdempotencyKey(this.project, actor.id, claim.key);
      if (old?.commit.idempotency) {
        this.used = usedBy(claim, { ...old.commit.idempotency, position: old.commit.position });
        return;
      }
    }
    this.unusedUpTo = position;
  }

  /** For when a commit was refused for its key. */
  askAnew(): void {
    this.unusedUpTo = Number.NEGATIVE_INFINITY;
  }
}

/** What is answered to a command whose key a commit has already. */
export function usedBy(claim: IdempotencyClaim, recorded: Idempotency & { readonly position: number }): Used {
  return claim.matches(recorded) ? { kind: 'replayed', position: recorded.position } : { kind: 'key-reused' };
}
