import type { Authority, Commit, Event, Idempotency, SealedCommit } from '../event.ts';
import type { Image } from '../images/image.ts';
import type { Asked } from '../images/projection.ts';

/** A command with everything that deciding and recording it needs from outside. */
export interface Envelope<Command> extends Asked {
  readonly command: Command;
  readonly reason?: string;
  readonly idempotency?: IdempotencyClaim;
  /** Writes what the events refer to (ciphertexts). Called only when the command appends, before it does; may be repeated. */
  readonly prepare?: (events: readonly Event[]) => Promise<void>;
}

export interface IdempotencyClaim extends Idempotency {
  /** Whether the digest recorded with this key is that of the same mutation and input. */
  matches(recorded: Idempotency): boolean;
}

/** What came of a command. Every outcome is true at the head of the log. */
export type Outcome<View, Refusal> =
  | { readonly kind: 'appended'; readonly sealed: SealedCommit; readonly image: Image<View> }
  | { readonly kind: 'unchanged'; readonly image: Image<View> }
  /** The idempotency key was used for the same input: the commit at that position is the answer. */
  | { readonly kind: 'replayed'; readonly position: number }
  | { readonly kind: 'key-reused' }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[]; readonly image: Image<View> }
  /** The asker has not the right; `mayRead`: but may know that the project is there. */
  | { readonly kind: 'barred'; readonly mayRead: boolean };

/** Makes the commit that stands right behind the image. */
export function nextCommit<Command>(
  project: string,
  image: Image<unknown>,
  envelope: Envelope<Command>,
  { events, authority }: { readonly events: Commit['events']; readonly authority?: Authority | undefined },
  stamp: { readonly commitId: string; readonly now: string },
): Commit {
  const { actor, reason, idempotency } = envelope;
  // In the order of their canonical form.
  return {
    actor,
    at: later(stamp.now, image.at),
    ...(authority && { authority }),
    commitId: stamp.commitId,
    events,
    format: 1,
    ...(idempotency && {
      idempotency: { digest: idempotency.digest, key: idempotency.key, keyId: idempotency.keyId },
    }),
    position: image.position + 1,
    previousHash: image.hash,
    project,
    ...(reason !== undefined && { reason }),
  };
}

function later(a: string, b: string): string {
  const isBehind = a < b;
  return isBehind ? b : a;
}
