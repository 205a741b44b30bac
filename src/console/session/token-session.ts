import { drafts } from '../form/drafts.ts';
import { type SignedSession, type SignInState, Told } from './session.ts';

/** With an API token, or a token of an issuer that was got elsewhere. It is in memory alone: a reload asks for it again. */
export class TokenSession implements SignedSession {
  readonly toIssuer = undefined;
  private token: string | undefined;
  private readonly told = new Told<SignInState>({ is: 'out' });

  readonly state = this.told.current;
  readonly subscribe = this.told.subscribe;

  async authorization(): Promise<string | undefined> {
    return this.token === undefined ? undefined : `Bearer ${this.token}`;
  }

  actor(): undefined {}

  async refused(authorization: string | undefined): Promise<boolean> {
    if (this.token === undefined) return false;
    // Another was pasted since.
    if (authorization !== `Bearer ${this.token}`) return true;
    this.token = undefined;
    this.told.set({ is: 'ended', fault: 'The server does not take this token, or takes it no more.' });
    return false;
  }

  readonly paste = (token: string): void => {
    this.token = token.trim().replace(/^Bearer +/i, '');
    this.told.set({ is: 'in' });
  };

  readonly signOut = async (): Promise<void> => {
    drafts.drop();
    // With the token goes all that it let one see.
    location.reload();
  };
}
