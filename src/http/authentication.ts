import type { Credentials, Identity } from '../access/identity.ts';
import { after, type Soon } from '../words/after.ts';
import { readActor } from './actor.ts';
import { HttpFault } from './faults.ts';
import type { DistinctHeaders } from './origin-guard.ts';

/** Who asks where there are no identities: whom `X-Actor` names. */
export function claimedIdentity(headers: DistinctHeaders): Identity | HttpFault {
  const read = readActor(headers);
  return read.ok ? { actor: read.actor } : new HttpFault(400, 'BAD_USER_INPUT', read.fault);
}

/** A request's `Authorization`. Several of them are one that nobody can read. */
export function authorizationOf({ authorization }: DistinctHeaders): string | undefined {
  return authorization?.join(', ');
}

/**
 * Who asks.
 *
 * @throws {HttpFault} when the request's credential is not good, in the same words for every reason; what the store throws
 */
export function authenticate(
  credentials: Credentials,
  authorization: string | undefined,
  requestId: string,
): Soon<Identity> {
  return after(credentials.check(authorization, requestId), (admission) => {
    if (admission.ok) return admission.identity;
    throw admission.isBusy ? busy() : unauthenticated(authorization);
  });
}

/** RFC 6750 §3.1: whoever brought none is told no error. */
function unauthenticated(authorization: string | undefined): HttpFault {
  const challenge = authorization ? `${CHALLENGE}, error="invalid_token", error_description="${REFUSED}"` : CHALLENGE;
  return new HttpFault(401, 'UNAUTHENTICATED', `${REFUSED}: Authorization: Bearer, and a token.`, {
    'www-authenticate': challenge,
  });
}

const CHALLENGE = 'Bearer realm="proxy-ledger"';
const REFUSED = 'The request needs a valid credential';

function busy(): HttpFault {
  const message = 'Too many credentials are being checked; try again in a second.';
  return new HttpFault(429, 'TOO_MANY_REQUESTS', message, { 'retry-after': '1' }, 1_000);
}
