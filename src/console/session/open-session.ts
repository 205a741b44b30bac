import { type Session, UnprovenSession } from './session.ts';
import type { Settings } from './settings.ts';
import { TokenSession } from './token-session.ts';

/** The session that the server's settings ask for. */
export async function openSession({ auth, oidc }: Settings): Promise<Session> {
  if (auth === 'none') return new UnprovenSession();
  // Without the issuer's addresses nobody can be sent there; a token that somebody has is taken all the same.
  if (!oidc?.clientId || !oidc.metadata) return new TokenSession();
  const { OidcSession } = await import('./oidc-session.ts');
  const session = new OidcSession({ clientId: oidc.clientId, settings: oidc, metadata: oidc.metadata });
  await session.open();
  return session;
}
