import { YourName } from './your-name.ts';

/** Who is asking, for every request and socket. One for the life of the page. */
export interface Session {
  /** What goes out as `Authorization`; undefined while nobody has signed in. Waits for a renewal that is under way. */
  authorization(): Promise<string | undefined>;
  /** What goes out as `X-Actor`, where there are no identities. */
  actor(): string | undefined;
  /**
   * The server does not take what `authorization` gave: 401. Nothing was done then.
   *
   * @returns whether it may take what `authorization` gives now
   */
  refused(authorization: string | undefined): Promise<boolean>;
}

/** A session that somebody has to sign in for. */
export interface SignedSession extends Session {
  readonly state: () => SignInState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Goes to the issuer; undefined where a token is pasted instead. */
  readonly toIssuer: (() => Promise<void>) | undefined;
  /** Takes an API token, or another one that the server knows; undefined where the issuer is gone to. */
  readonly paste: ((token: string) => void) | undefined;
  readonly signOut: () => Promise<void>;
}

export interface SignInState {
  /** out: nobody is signed in; ended: somebody was, and has to sign in again; in: somebody is. */
  readonly is: 'out' | 'in' | 'ended';
  /** Who is signed in, as they are called; undefined where that is not known. */
  readonly name?: string | undefined;
  /** Why the last attempt to sign in failed. */
  readonly fault?: string | undefined;
}

/** Where there are no identities, somebody may say who they are. */
export class UnprovenSession implements Session {
  readonly yourName = new YourName(localStorage);

  async authorization(): Promise<undefined> {}

  actor(): string | undefined {
    return this.yourName.current() || undefined;
  }

  async refused(): Promise<boolean> {
    return false;
  }
}

export function isSigned(session: Session): session is SignedSession {
  return 'signOut' in session;
}

/** A state, and those who want to know when it changes. */
export class Told<State> {
  private readonly listeners = new Set<() => void>();

  constructor(private now: State) {}

  readonly current = (): State => this.now;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(state: State): void {
    this.now = state;
    for (const listener of this.listeners) listener();
  }
}
