import { passed } from '../failures.ts';
import { type AnswerHead, fieldValues } from '../http/answer-head.ts';
import type { HttpConnection } from '../http/http-connection.ts';
import { requestBytes } from '../http/request-bytes.ts';
import type { Attempt } from '../network/attempt.ts';
import { ask } from './ask.ts';
import { isBasic, offeredSchemes } from './auth-schemes.ts';
import { deniesByRule } from './marks.ts';

/** RFC 6761 §6.4: a name that nobody has, so that only the proxy itself can answer. */
const NOBODY = 'proxy-ledger.invalid';
/** The question gets so long, or half of what is left, whichever is shorter: some proxies wait for their name server. */
const LONGEST_MS = 10_000;
/** Of the answer's body; what is longer costs the connection. */
const BODY_LIMIT = 64 * 1024;

/** `unanswered`: the connection ended without an answer, or the answer was none. */
export type LoginAnswer = 'wanted' | 'not wanted' | 'unanswered';

/**
 * Asks a forwarding proxy, without credentials, whether it wants any. One that does not would hand them on to the target
 * (RFC 9110 §11.7.2 lets it), and a 407 to a request does not tell who asks: many proxies hand on the target's own.
 * The connection may be used up afterwards. Rejects with the reason of the attempt's signal alone.
 */
export async function askForLogin(attempt: Attempt, connection: HttpConnection): Promise<LoginAnswer> {
  let answer = 'unanswered' as LoginAnswer;
  const cap = setTimeout(
    () => {
      attempt.wasProxySilent = true;
      connection.socket.destroy();
    },
    Math.min(LONGEST_MS, attempt.deadline.remainingMs() / 2),
  );
  try {
    await attempt.trace.stage('PROXY_AUTH', async () => {
      const head = await ask(attempt, connection, QUESTION, 'GET', BODY_LIMIT);
      if ('error' in head) return passed(undefined);
      const offered = offeredSchemes(fieldValues(head, 'proxy-authenticate'));
      answer = wantsLogin(head, offered) ? 'wanted' : 'not wanted';
      if (answer === 'wanted') attempt.trace.proxyAuthSchemes = offered;
      // What lacks of its body is of no interest; then the connection is used up.
      await connection.body().catch(() => undefined);
      attempt.deadline.throwIfAborted();
      return passed(undefined);
    });
  } finally {
    clearTimeout(cap);
  }
  attempt.wantsLogin = answer === 'wanted';
  attempt.trace.authAsked(attempt.wantsLogin);
  return answer;
}

const QUESTION = requestBytes({
  method: 'GET',
  target: `http://${NOBODY}/`,
  host: NOBODY,
  fields: [
    ['User-Agent', 'proxy-ledger'],
    ['Accept', '*/*'],
  ],
});

/** A 407 that offers Basic; or that offers nothing and is not marked as a rule's. */
function wantsLogin(head: AnswerHead, offered: readonly string[]): boolean {
  if (head.status !== 407) return false;
  return offered.some(isBasic) || (offered.length === 0 && !deniesByRule(head));
}
