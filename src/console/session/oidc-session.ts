import { ErrorResponse, InMemoryWebStorage, type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { drafts } from '../form/drafts.ts';
import { backoff } from '../graphql/backoff.ts';
import { type SignedSession, type SignInState, Told } from './session.ts';
import { baseUrl, type OidcSettings } from './settings.ts';

/** Seconds ahead of its end that a token is renewed, at most: of one that lasts a few minutes, a quarter of its life. */
const AHEAD = 60;
/** Seconds ahead of its end in which a request waits for a renewal that is under way. */
const SHORT = 5;
/** Milliseconds after a renewal in which a refusal is no reason for another one. */
const JUST_RENEWED = 10_000;
/** Milliseconds that a timer waits at most; what is more ends at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** Words of an issuer that may do better in a moment (RFC 6749 §4.1.2.1). */
const PASSING = ['server_error', 'temporarily_unavailable'];

export interface SignInTo {
  readonly clientId: string;
  readonly settings: OidcSettings;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** By authorization code with PKCE (RFC 7636), in the browser; tokens are in memory alone. */
export class OidcSession implements SignedSession {
  readonly paste = undefined;
  private readonly manager: UserManager;
  private readonly canEndSession: boolean;
  private user: User | undefined;
  private renewing: Promise<void> | undefined;
  private renewedAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly told = new Told<SignInState>({ is: 'out' });

  readonly state = this.told.current;
  readonly subscribe = this.told.subscribe;

  constructor({ clientId, settings, metadata }: SignInTo) {
    this.canEndSession = typeof metadata.end_session_endpoint === 'string';
    this.manager = new UserManager({
      authority: settings.issuer,
      client_id: clientId,
      redirect_uri: new URL('signed-in', baseUrl).href,
      post_logout_redirect_uri: baseUrl.href,
      scope: settings.scopes,
      extraQueryParams: Object.fromEntries(new URLSearchParams(settings.authorizeParams)),
      metadata,
      // The verifier alone outlives the trip to the issuer.
      stateStore: new WebStorageStateStore({ store: sessionStorage }),
      userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
      // Its own renewal gives up after a broken connection.
      automaticSilentRenew: false,
      monitorSession: false,
      loadUserInfo: false,
    });
  }

  /** Takes what the issuer sent one back with, and leads to where one was; else goes to the issuer. */
  async open(): Promise<void> {
    const isBack = location.pathname === new URL('signed-in', baseUrl).pathname && location.search !== '';
    if (!isBack) return this.toIssuer();
    try {
      const user = await this.manager.signinRedirectCallback();
      history.replaceState(null, '', homeward(user.state));
      this.have(user);
    } catch (error) {
      history.replaceState(null, '', homeward(error instanceof ErrorResponse ? error.state : undefined));
      this.told.set({ is: 'out', fault: wordsOf(error) });
    }
  }

  async authorization(): Promise<string | undefined> {
    // A machine that slept has missed the time to renew.
    if (this.user && (this.user.expires_in ?? Number.POSITIVE_INFINITY) <= SHORT) await this.renew();
    return this.user ? `Bearer ${this.user.access_token}` : undefined;
  }

  actor(): undefined {}

  async refused(authorization: string | undefined): Promise<boolean> {
    if (!this.user) return false;
    // What was refused has been renewed since.
    if (authorization !== `Bearer ${this.user.access_token}`) return true;
    if (performance.now() - this.renewedAt < JUST_RENEWED) this.end('The server does not take what the issuer gave.');
    else await this.renew();
    return this.user !== undefined;
  }

  readonly toIssuer = async (): Promise<void> => {
    try {
      drafts.leave();
      await this.manager.signinRedirect({ state: location.href.slice(location.origin.length) });
    } catch (error) {
      drafts.stay();
      this.told.set({ ...this.told.current(), fault: wordsOf(error) });
    }
  };

  readonly signOut = async (): Promise<void> => {
    const hint = this.user?.id_token;
    this.forget();
    drafts.drop();
    this.told.set({ is: 'out' });
    if (this.canEndSession) await this.manager.signoutRedirect(hint === undefined ? {} : { id_token_hint: hint });
  };

  private have(user: User): void {
    this.user = user;
    this.renewedAt = performance.now();
    const { name, preferred_username, sub } = user.profile;
    this.told.set({ is: 'in', name: name ?? preferred_username ?? sub });
    this.waitFor(user);
  }

  private waitFor({ expires_in, refresh_token }: User): void {
    clearTimeout(this.timer);
    if (expires_in === undefined) return;
    // What can not be renewed is good to its end.
    const ahead = refresh_token ? Math.min(AHEAD, expires_in / 4) : 0;
    const wait = Math.max(0, expires_in - ahead) * 1_000;
    this.timer = setTimeout(() => void this.renew(), Math.min(wait, LONGEST_TIMER));
  }

  /** One at a time. Without a refresh token the session ends, and one goes to the issuer once more. */
  private renew(): Promise<void> {
    this.renewing ??= this.renewOnce().finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  private async renewOnce(): Promise<void> {
    for (let attempt = 0; this.user; attempt += 1) {
      const before = this.user;
      if (!before.refresh_token) return this.end();
      const user = await this.asked();
      // Somebody has signed out meanwhile.
      if (this.user !== before) return void this.manager.removeUser();
      if (user === 'refused') return this.end();
      if (user) return this.have(user);
      await new Promise((passed) => setTimeout(passed, backoff(attempt)));
    }
  }

  /** Undefined: nobody answered, or not yet. */
  private async asked(): Promise<User | 'refused' | undefined> {
    try {
      return (await this.manager.signinSilent()) ?? undefined;
    } catch (error) {
      return error instanceof ErrorResponse && !PASSING.includes(error.error ?? '') ? 'refused' : undefined;
    }
  }

  private end(fault?: string): void {
    this.forget();
    this.told.set({ is: 'ended', fault });
  }

  private forget(): void {
    clearTimeout(this.timer);
    this.user = undefined;
    void this.manager.removeUser();
  }
}

/** Where one was, which is on this server: what comes back from the issuer was kept in this tab alone. */
function homeward(state: unknown): string {
  const isHere =
    typeof state === 'string' && state.startsWith('/') && new URL(state, location.origin).origin === location.origin;
  return isHere ? state : baseUrl.href;
}

function wordsOf(error: unknown): string {
  if (error instanceof ErrorResponse) {
    const said = error.error_description ?? error.error ?? 'no reason';
    return /invalid origin/i.test(said) ? CROSS_ORIGIN : `The issuer says: ${said}`;
  }
  if (error instanceof TypeError) return CROSS_ORIGIN;
  const message = error instanceof Error ? error.message : String(error);
  return /invalid origin|403/i.test(message) ? CROSS_ORIGIN : message;
}

const CROSS_ORIGIN = `This page could not get a token from the issuer. Either it is not reached, or it does not let pages of ${location.origin} ask it: that has to be allowed there (CORS; in Keycloak, the client’s Web origins).`;
