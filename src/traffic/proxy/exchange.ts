import { passed, type Step } from '../failures.ts';
import type { HttpConnection } from '../http/http-connection.ts';
import { requestBytes } from '../http/request-bytes.ts';
import type { Attempt } from '../network/attempt.ts';
import { ask } from './ask.ts';
import { isBareUnauthorized } from './doubts.ts';
import { isUnanswered, requestExchangeFault } from './exchange-fault.ts';
import { requestLogin } from './login-fields.ts';
import { answerFault } from './proxy-answer.ts';

export type HeadStep = Step<number> & { readonly unanswered?: boolean };

/**
 * One GET on an open route, as far as the head of its answer. The connection is used up by it. Answers the status;
 * `unanswered` when the connection ended without a byte of an answer.
 */
export async function getHead(attempt: Attempt, connection: HttpConnection): Promise<HeadStep> {
  try {
    const head = await ask(attempt, connection, getRequest(attempt), 'GET');
    if ('error' in head) {
      return { ...requestExchangeFault(attempt, head.error), unanswered: isUnanswered(head.error) };
    }
    const fault = answerFault(attempt, connection.socket, head);
    if (fault !== undefined) return { ok: false, fault };
    if (attempt.forwards && attempt.login && !isBareUnauthorized(head)) {
      attempt.trace.authPassed('sent as it asked for them, and it did not ask again');
    }
    // The number alone: whoever names the target could else try out which words of its reason phrase are masked.
    return passed(head.status, `status ${head.status}`);
  } finally {
    connection.socket.destroy();
  }
}

function getRequest(attempt: Attempt): Buffer {
  const { target, forwards } = attempt;
  return requestBytes({
    method: 'GET',
    target: forwards ? target.href : `${target.pathname}${target.search}`,
    host: target.host,
    fields: [
      ['User-Agent', 'proxy-ledger'],
      ['Accept', '*/*'],
      ['Accept-Encoding', 'identity'],
      ...requestLogin(attempt),
    ],
  });
}
