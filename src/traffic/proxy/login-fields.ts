import type { Field } from '../http/answer-head.ts';
import type { Attempt } from '../network/attempt.ts';
import { basicAuthorization } from './auth-schemes.ts';

/** The proxy's credentials, as CONNECT carries them. */
export function connectLogin({ login }: Attempt): readonly Field[] {
  return login ? [['Proxy-Authorization', basicAuthorization(login)]] : [];
}

/** The same for a request, which carries them only where the proxy itself reads it: never within a tunnel. */
export function requestLogin(attempt: Attempt): readonly Field[] {
  return attempt.forwards ? connectLogin(attempt) : [];
}
