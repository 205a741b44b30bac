import { type AnswerHead, fieldValues } from '../http/answer-head.ts';
import type { Attempt } from '../network/attempt.ts';

/** Whose an answer to a forwarded request is that bears no proxy's mark: why that is in doubt, as a warning. */
export function forwardedDoubt(attempt: Attempt, head: AnswerHead): string | undefined {
  const { status } = head;
  const lacksVia = fieldValues(head, 'via').length === 0;
  if (isGateways(status)) {
    return `Nothing in the answer tells whose its status ${status} is: the proxy itself may have said it, because it does not reach the target or does not find its name.`;
  }
  if (isBareUnauthorized(head)) {
    return 'The status 401 came without WWW-Authenticate, so the proxy itself may have said it, or one behind it: it may want a login, or another one.';
  }
  if (status === 401 && attempt.proxy?.credentials && !attempt.login && lacksVia) {
    return 'The proxy itself may have said 401: some ask for credentials so and do not read Proxy-Authorization; those of the proxy were not sent.';
  }
  if (status === 404 && saysServer(head, /^ziproxy\b/i)) {
    return "The proxy itself may have said 404, as ziproxy does when it does not find the target's name.";
  }
  if (lacksVia && wantsTls(attempt, head)) {
    return "A web server answered 400, as one does on a port that wants TLS: if it is the proxy's port, choose type HTTPS.";
  }
  return undefined;
}

/** Of an answer in a tunnel that a proxy secures with a certificate of its own, and that bears no proxy's mark. */
export function interceptedDoubt({ status }: AnswerHead): string | undefined {
  if (status !== 407 && !isGateways(status)) return undefined;
  return `The proxy which issued the target's certificate may have answered ${status} in the target's place, because it does not reach it, or does not accept its certificate.`;
}

/** With these some proxies tell that they do not get further. */
function isGateways(status: number): boolean {
  return status === 500 || (status >= 502 && status <= 504);
}

/** RFC 9110 §15.5.2 has a target name a scheme in its 401: one without a scheme proves no login and no target. */
export function isBareUnauthorized(head: AnswerHead): boolean {
  return head.status === 401 && fieldValues(head, 'www-authenticate').length === 0;
}

/** Apache and nginx answer so to plain text on a port that wants TLS, and to what they do not understand. */
export function wantsTls(attempt: Attempt, head: AnswerHead): boolean {
  return head.status === 400 && attempt.proxy?.type === 'HTTP' && saysServer(head, /^(apache|nginx)\b/i);
}

function saysServer(head: AnswerHead, product: RegExp): boolean {
  return fieldValues(head, 'server').some((server) => product.test(server));
}
