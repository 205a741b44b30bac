import type { Identity } from '../access/identity.ts';
import { isSliceOver, nextSlice } from '../words/slices.ts';

/** Whom a connection stands for, as long as it does. */
export interface Guest {
  readonly identity: Identity;
  /** Keys of the projects that its subscriptions follow. */
  followed(): Iterable<string>;
  /** @param reason for people, at most 123 bytes (RFC 6455 §5.5.1) */
  end(reason: string): void;
}

export interface SocketWatchParts {
  readonly guests: () => Iterable<Guest>;
  /** Whether what let an identity in is still good. */
  readonly holds: (identity: Identity) => Promise<boolean>;
  readonly mayRead: (identity: Identity, project: string) => Promise<boolean>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told of what failed, once a look; it is asked again. */
  readonly failed: (error: unknown) => void;
}

/** What let a guest in: the id of an API token, or the identity of another credential. */
type Credential = string | Identity;

const ENDED = 'the credential has ended';
const BARRED = 'a project that is followed may not be read any more';

/**
 * Ends connections that outlive what let them in. What has ended by its own time goes at once; the rest is asked once for
 * all connections of a credential, and one that gets no answer keeps no other waiting.
 */
export class SocketWatch {
  /** What was asked about and is not answered yet. */
  private readonly asking = new Set<Credential>();

  constructor(private readonly parts: SocketWatchParts) {}

  /** Looks at every connection. Resolves when all that it asked is answered; the next look need not wait for that. */
  async look(): Promise<void> {
    const now = this.parts.now();
    const others = new Map<Credential, Guest[]>();
    for (const guest of this.parts.guests()) {
      const { identity } = guest;
      if ((identity.endsAt ?? Number.POSITIVE_INFINITY) <= now) guest.end(ENDED);
      else listOf(others, identity.standing?.token?.id ?? identity).push(guest);
    }
    const answers: Promise<unknown>[] = [];
    for (const [credential, guests] of others) {
      if (isSliceOver()) await nextSlice();
      if (!this.asking.has(credential)) answers.push(this.ask(credential, guests));
    }
    const failure = (await Promise.all(answers)).find((error) => error !== undefined);
    if (failure !== undefined) this.parts.failed(failure);
  }

  /** Asks about those whom one credential let in, and ends who has to go. Answers why that failed, if it did. */
  private async ask(credential: Credential, guests: readonly Guest[]): Promise<unknown> {
    const [first] = guests;
    if (!first) return undefined;
    this.asking.add(credential);
    try {
      if (!(await this.parts.holds(first.identity))) {
        for (const guest of guests) guest.end(ENDED);
        return undefined;
      }
      for (const [project, followers] of followersOf(guests)) {
        if (isSliceOver()) await nextSlice();
        if (await this.parts.mayRead(first.identity, project)) continue;
        for (const guest of followers) guest.end(BARRED);
      }
      return undefined;
    } catch (error) {
      // Nothing is known of it while the store is away; nothing can be read then either.
      return error;
    } finally {
      this.asking.delete(credential);
    }
  }
}

/** Who follows each project. */
function followersOf(guests: readonly Guest[]): ReadonlyMap<string, readonly Guest[]> {
  const followers = new Map<string, Guest[]>();
  for (const guest of guests) {
    for (const project of new Set(guest.followed())) listOf(followers, project).push(guest);
  }
  return followers;
}

function listOf<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
