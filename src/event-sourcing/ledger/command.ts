import type { Actor, Commit, Event, Idempotency, SealedCommit } from '../event.ts';
import type { Image } from '../images/image.ts';

/** A command with everything that deciding and recording it needs from outside. */
export interface Envelope<Command> {
  readonly actor: Actor;
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
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[]; readonly image: Image<View> };

/** Makes the commit that stands right behind the image. */
export function nextCommit<Command>(
  project: string,
  image: Image<unknown>,
  envelope: Envelope<Command>,
  events: Commit['events'],
  stamp: { readonly commitId: string; readonly now: string },
): Commit {
  const { actor, reason, idempotency } = envelope;
  return {
    project,
    position: image.position + 1,
    commitId: stamp.commitId,
    at: later(stamp.now, image.at),
    actor,
    ...(reason !== undefined && { reason }),
    ...(idempotency && {
      idempotency: { key: idempotency.key, keyId: idempotency.keyId, digest: idempotency.digest },
    }),
    events,
    previousHash: image.hash,
    format: 1,
  };
}

function later(a: string, b: string): string {
  const isBehind = a < b;
  return isBehind ? b : a;
}
