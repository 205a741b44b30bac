import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Clock } from '../identity/clock.ts';
import { SignInMetadata } from '../identity/oidc/sign-in-metadata.ts';

/** How somebody signs in with an issuer. */
export interface SignInSettings {
  readonly issuer: string;
  /** Undefined: a token that somebody has is taken. */
  readonly clientId: string | undefined;
  /** Separated by spaces. */
  readonly scopes: string;
  /** A query string without `?`, put behind the others of the authorization request. */
  readonly authorizeParams: string;
  /** The issuer's own, as far as a browser needs them; undefined: they could not be looked for yet. */
  readonly metadata: () => Promise<object | undefined>;
}

export interface ConsoleSettings {
  readonly auth: 'none' | 'required';
  /** Undefined: nobody signs in; where identities are required, an API token is taken. */
  readonly signIn: SignInSettings | undefined;
}

/** @param access undefined: there are no identities */
export function consoleSettings(
  access: { readonly oidc: Omit<SignInSettings, 'metadata'> | undefined } | undefined,
  clock: Clock,
  logger: Pick<Logger, 'warn'>,
): ConsoleSettings {
  if (!access) return { auth: 'none', signIn: undefined };
  if (!access.oidc) return { auth: 'required', signIn: undefined };
  const { issuer, clientId, scopes, authorizeParams } = access.oidc;
  const warn = (details: object, message: string) => logger.warn(details, message);
  const metadata = new SignInMetadata({ issuer, clock, warn });
  return {
    auth: 'required',
    signIn: { issuer, clientId, scopes, authorizeParams, metadata: () => metadata.current() },
  };
}

/** What a page has to know before anybody is signed in, at `/console.json`. */
export function registerConsoleSettings(app: FastifyInstance, settings: ConsoleSettings): void {
  app.get('/console.json', () => toldSettings(settings));
}

/** The same, as it is told. */
export async function toldSettings({ auth, signIn }: ConsoleSettings) {
  if (!signIn) return { auth, oidc: null };
  const { issuer, clientId = null, scopes, authorizeParams } = signIn;
  return { auth, oidc: { issuer, clientId, scopes, authorizeParams, metadata: (await signIn.metadata()) ?? null } };
}
