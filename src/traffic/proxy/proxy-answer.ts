import type { Socket } from 'node:net';
import type { Fault } from '../failures.ts';
import type { AnswerHead } from '../http/answer-head.ts';
import type { Attempt } from '../network/attempt.ts';
import { isPrivatelyIssued } from '../network/tls.ts';
import { forwardedDoubt, interceptedDoubt } from './doubts.ts';
import { loginFault } from './login-refusal.ts';
import type { Mark } from './mark.ts';
import { markOf } from './marks.ts';
import { asked, refusalFault } from './refusal.ts';

/** Why the proxy opened no tunnel; undefined for any 2xx, which opens it (RFC 9110 §9.3.6). */
export function connectFault(attempt: Attempt, head: AnswerHead): Fault | undefined {
  if (head.status >= 200 && head.status <= 299) return undefined;
  const mark = markOf(head, asked(attempt, 'CONNECT'));
  const login = loginFault(attempt, head, mark, 'CONNECT');
  if (login) attempt.trace.blame('PROXY_AUTH', login.detail ?? '');
  return login ?? refusalFault(attempt, head, mark, 'CONNECT');
}

/**
 * What a proxy says of itself in the target's place; undefined when the answer counts as the target's. What leaves a
 * doubt whose it is becomes a warning of the attempt.
 *
 * @param socket what the answer came on.
 */
export function answerFault(attempt: Attempt, socket: Socket, head: AnswerHead): Fault | undefined {
  if (head.status < 400) return undefined;
  if (attempt.forwards) return forwardedFault(attempt, head);
  return attempt.proxy && isPrivatelyIssued(socket) ? interceptedFault(attempt, head) : undefined;
}

function forwardedFault(attempt: Attempt, head: AnswerHead): Fault | undefined {
  const mark = markOf(head, asked(attempt, 'forwarded'));
  const login = loginFault(attempt, head, mark, 'forwarded');
  if (login) {
    attempt.trace.blame('PROXY_AUTH', login.detail ?? '');
    return login;
  }
  if (mark) return refusalFault(attempt, head, mark, 'forwarded');
  warn(attempt, forwardedDoubt(attempt, head));
  return undefined;
}

function interceptedFault(attempt: Attempt, head: AnswerHead): Fault | undefined {
  const mark = markOf(head, asked(attempt, 'intercepted'));
  if (mark) return refusalFault(attempt, head, behindIt(head, mark), 'intercepted');
  warn(attempt, interceptedDoubt(head));
  return undefined;
}

/** A login that is asked for within its tunnel is none of the proxy's own. */
function behindIt(head: AnswerHead, mark: Mark): Mark {
  if (mark.failure !== undefined || (head.status !== 401 && head.status !== 407)) return mark;
  return { ...mark, failure: 'TARGET_UNREACHABLE', advice: 'a proxy behind it wants a login; check its own upstream' };
}

function warn(attempt: Attempt, doubt: string | undefined): void {
  if (doubt !== undefined) attempt.trace.warnings.push(doubt);
}
