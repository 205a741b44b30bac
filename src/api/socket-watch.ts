import type { Identity } from '../access/identity.ts';

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
  /** Told of what failed; it is asked again. */
  readonly failed: (error: unknown) => void;
}

/** Ends connections that outlive what let them in. */
export class SocketWatch {
  private isLooking = false;

  constructor(private readonly parts: SocketWatchParts) {}

  /** Looks at every connection, unless the look before is still under way. */
  async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      for (const guest of [...this.parts.guests()]) await this.lookAt(guest);
    } finally {
      this.isLooking = false;
    }
  }

  private async lookAt(guest: Guest): Promise<void> {
    const { identity } = guest;
    try {
      const { endsAt = Number.POSITIVE_INFINITY } = identity;
      if (endsAt <= this.parts.now() || !(await this.parts.holds(identity))) {
        guest.end('the credential has ended');
        return;
      }
      for (const project of new Set(guest.followed())) {
        if (await this.parts.mayRead(identity, project)) continue;
        guest.end('a project that is followed may not be read any more');
        return;
      }
    } catch (error) {
      // Nothing is known of it while the store is away; nothing can be read then either.
      this.parts.failed(error);
    }
  }
}
