import { type Fault, failed } from '../failures.ts';
import { type AnswerHead, fieldValues } from '../http/answer-head.ts';
import { type Attempt, targetAuthority } from '../network/attempt.ts';
import { isBasic, offeredSchemes } from './auth-schemes.ts';
import type { Mark } from './mark.ts';
import { seen } from './refusal.ts';
import { wantsSquidLogin } from './squid-errors.ts';

/**
 * The fault that a proxy's wish for credentials, or for other ones, means; undefined for any other answer. 407 is the
 * proxy's on every way, and so is 401 to CONNECT, which some proxies answer instead.
 */
export function loginFault(
  attempt: Attempt,
  head: AnswerHead,
  mark: Mark | undefined,
  place: 'CONNECT' | 'forwarded',
): Fault | undefined {
  const asksFor401 = head.status === 401 && (place === 'CONNECT' || isProxysOwn(head, mark));
  if (head.status !== 407 && !asksFor401 && !wantsSquidLogin(head)) return undefined;
  const offered = offeredSchemes([
    ...fieldValues(head, 'proxy-authenticate'),
    ...fieldValues(head, 'www-authenticate'),
  ]);
  // Some proxies deny by policy in the words of a login.
  if (offered.length === 0 && mark?.failure === 'PROXY_DENIED') return undefined;

  // What may be the target's is not masked here: what is masked would tell the password to whoever names the target.
  const schemes = place === 'forwarded' ? offered : offered.map((scheme) => attempt.clean(scheme));
  attempt.trace.proxyAuthSchemes = schemes;
  const detail = seen(attempt, head, mark, place);
  const wants = schemes.length === 0 ? 'offers no scheme' : offered.some(isBasic) ? 'offers Basic' : 'offers others';
  if (wants === 'offers others') {
    const which = place === 'forwarded' ? 'authentication of another kind' : `${schemes.join(' or ')} authentication`;
    const message = `The proxy wants ${which} and offers no Basic, the only scheme that is supported; have Basic enabled on it, or use another proxy.`;
    return failed('PROXY_AUTH_SCHEME_UNSUPPORTED', message, { detail }).fault;
  }
  const failure = attempt.login ? 'PROXY_AUTH_REJECTED' : 'PROXY_AUTH_REQUIRED';
  const message =
    wants === 'offers no scheme' ? withoutScheme(attempt, detail, place) : asksForBasic(attempt, head, detail);
  return failed(failure, message, { detail }).fault;
}

function asksForBasic(attempt: Attempt, head: AnswerHead, detail: string): string {
  if (attempt.login) {
    const unread =
      head.status === 401 ? ', or it does not read Proxy-Authorization, as it answers 401 and not 407' : '';
    return `The proxy rejected the user or the password ("${detail}")${unread}; check both; they were tried once, as more would lock some accounts.`;
  }
  if (attempt.proxy?.credentials) {
    return 'The proxy asks for credentials, which it did not when it was asked for a name that nobody has, so none were sent: it asks for some targets only, or the target asked; check which of them wants a login.';
  }
  return 'The proxy wants credentials and none are configured; choose auth type BASIC, with a user and a password.';
}

/** Nobody can tell whether credentials would help. */
function withoutScheme(attempt: Attempt, detail: string, place: 'CONNECT' | 'forwarded'): string {
  const target = targetAuthority(attempt.target);
  const who = place === 'CONNECT' ? 'the proxy, or one behind it,' : 'the proxy, or one behind it, or the target,';
  const wish = attempt.login ? 'rejected the user or the password' : 'wants a login';
  return `The answer "${detail}" for ${target} offers no scheme: ${who} ${wish}, or a rule refuses the target; ask whoever runs the proxy.`;
}

/** Of a 401 to a forwarded request. */
function isProxysOwn(head: AnswerHead, mark: Mark | undefined): boolean {
  return mark !== undefined || fieldValues(head, 'proxy-authenticate').length > 0;
}
