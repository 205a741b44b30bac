import { YourName } from './your-name.ts';

/** Who is asking, for every request and socket. One for the life of the page. */
export interface Session {
  /** What goes out as `Authorization`; undefined while nobody has signed in. Waits for a renewal that is under way. */
  authorization(): Promise<string | undefined>;
  /** What goes out as `X-Actor`, where there are no identities. */
  actor(): string | undefined;
  /** The server does not take what `authorization` gave: 401. */
  refused(): void;
}

/** Where there are no identities, somebody may say who they are. */
export class UnprovenSession implements Session {
  readonly yourName = new YourName(localStorage);

  async authorization(): Promise<undefined> {}

  actor(): string | undefined {
    return this.yourName.current() || undefined;
  }

  refused(): void {}
}
