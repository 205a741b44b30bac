import { type Fault, failed, type TrafficFailure } from '../failures.ts';
import { type AnswerHead, fieldText, fieldValues } from '../http/answer-head.ts';
import { type Attempt, targetAuthority } from '../network/attempt.ts';
import { isBasic, isRegistered, offeredSchemes } from './auth-schemes.ts';

/**
 * The fault that a proxy's refusal of credentials means; undefined for any other answer. 407 is the proxy's on every
 * way, and so is 401 to CONNECT, which tinyproxy answers to wrong credentials.
 */
export function authFault(attempt: Attempt, head: AnswerHead): Fault | undefined {
  const refused = head.status === 407 || (head.status === 401 && (!attempt.forwards || isProxysOwn(head)));
  if (!refused) return undefined;
  const challenges = [...fieldValues(head, 'proxy-authenticate'), ...fieldValues(head, 'www-authenticate')];
  const offered = offeredSchemes(challenges);
  const schemes = attempt.forwards ? offered.filter(isRegistered) : offered.map((scheme) => attempt.clean(scheme));
  attempt.trace.proxyAuthSchemes = schemes;
  const detail = seen(attempt, head);
  if (schemes.length > 0 && !schemes.some(isBasic)) {
    const message = `The proxy wants ${schemes.join(' or ')} authentication and offers no Basic, the only scheme that is supported; have Basic enabled on it, or use another proxy.`;
    return failed('PROXY_AUTH_SCHEME_UNSUPPORTED', message, { detail }).fault;
  }
  if (attempt.login) {
    const message = `The proxy rejected the user or the password ("${detail}"); check both; they were tried once, as more would lock some accounts.`;
    return failed('PROXY_AUTH_REJECTED', message, { detail }).fault;
  }
  if (attempt.proxy?.credentials) {
    const message =
      'The proxy asks for credentials, which it did not when it was asked for a name that nobody has, so none were sent: it asks for some targets only, or the target asked; check which of them wants a login.';
    return failed('PROXY_AUTH_REQUIRED', message, { detail }).fault;
  }
  const message = `The proxy wants credentials and none are configured; choose auth type BASIC, with a user and a password.`;
  return failed('PROXY_AUTH_REQUIRED', message, { detail }).fault;
}

/** As sent, not cleaned. */
export function statusLine({ minor, status, reason }: AnswerHead): string {
  return `HTTP/1.${minor} ${status} ${fieldText(reason)}`.trimEnd();
}

/** Why the proxy opened no tunnel; undefined for any 2xx, which opens it (RFC 9110 §9.3.6). */
export function tunnelFault(attempt: Attempt, head: AnswerHead): Fault | undefined {
  return head.status >= 200 && head.status <= 299 ? undefined : refusalFault(attempt, head);
}

/** What a forwarding proxy says of itself in the target's place; undefined when the status is the target's own. */
export function forwardingFault(attempt: Attempt, head: AnswerHead): Fault | undefined {
  if (head.status < 300) return undefined;
  return squidError(head) || proxyStatusError(head) ? refusalFault(attempt, head) : undefined;
}

function refusalFault(attempt: Attempt, head: AnswerHead): Fault {
  const detail = seen(attempt, head);
  const failure = failureOf(head);
  return failed(failure, `The proxy answered "${detail}" ${request(attempt)}: ${advice(attempt, head, failure)}.`, {
    detail,
  }).fault;
}

function failureOf(head: AnswerHead): RefusalFailure {
  const told = TOLD_BY_ERROR[proxyStatusError(head) ?? ''];
  if (told !== undefined) return told;
  // What squid adds to ERR_CONNECT_FAIL is an errno of its platform, so it is shown and not interpreted.
  if (/^ERR_DNS_FAIL\b/.test(squidError(head) ?? '')) return 'TARGET_NAME_NOT_FOUND';
  return BY_STATUS[head.status] ?? byClass(head.status);
}

function byClass(status: number): RefusalFailure {
  if (status >= 300 && status <= 399) return 'PROXY_REDIRECT';
  if (status >= 400 && status <= 499) return 'PROXY_DENIED';
  if (status >= 500 && status <= 599) return 'TARGET_UNREACHABLE';
  return 'PROXY_BAD_RESPONSE';
}

const BY_STATUS: Readonly<Record<number, RefusalFailure>> = {
  400: 'NOT_A_PROXY',
  403: 'PROXY_DENIED',
  404: 'NOT_A_PROXY',
  405: 'NOT_A_PROXY',
  429: 'PROXY_RATE_LIMITED',
  501: 'NOT_A_PROXY',
  504: 'TARGET_CONNECT_TIMED_OUT',
};

/** RFC 9209 §2.3, as far as an error tells more than the status does. */
const TOLD_BY_ERROR: Readonly<Record<string, RefusalFailure>> = {
  dns_error: 'TARGET_NAME_NOT_FOUND',
  dns_timeout: 'TARGET_NAME_NOT_FOUND',
  connection_refused: 'TARGET_REFUSED',
  connection_timeout: 'TARGET_CONNECT_TIMED_OUT',
  destination_ip_prohibited: 'PROXY_DENIED',
  http_request_denied: 'PROXY_DENIED',
};

const ADVICE = {
  NOT_A_PROXY: () => 'what listens there is probably a web server and not a proxy; check host and port',
  PROXY_DENIED: () =>
    "the proxy's rules refuse this host or port (many allow port 443 alone); ask whoever runs it to allow them",
  PROXY_RATE_LIMITED: () => 'it limits how often it is used; try again later',
  PROXY_REDIRECT: (attempt, head) =>
    `it redirects${redirection(attempt, head)}, as captive portals do; check host and port`,
  PROXY_BAD_RESPONSE: () => 'this is no final status of HTTP; check that a proxy listens there',
  TARGET_NAME_NOT_FOUND: () => "the proxy does not find the target's name; check it, and the proxy's name server",
  TARGET_REFUSED: () => 'the target refused the connection; check its port, and that it is running',
  TARGET_CONNECT_TIMED_OUT: () => 'the proxy did not reach the target in time; check the firewalls between them',
  TARGET_UNREACHABLE: () =>
    "the proxy does not reach the target; check the target's name and port, and the proxy's name server and routes",
} satisfies Partial<Record<TrafficFailure, (attempt: Attempt, head: AnswerHead) => string>>;

type RefusalFailure = keyof typeof ADVICE;

function advice(attempt: Attempt, head: AnswerHead, failure: RefusalFailure): string {
  return ADVICE[failure](attempt, head);
}

function redirection(attempt: Attempt, head: AnswerHead): string {
  const [location] = fieldValues(head, 'location');
  return location === undefined || attempt.forwards ? '' : ` to ${attempt.clean(location, 200)}`;
}

function request(attempt: Attempt): string {
  const what = attempt.forwards ? 'the request for' : 'CONNECT';
  return `to ${what} ${targetAuthority(attempt.target)}`;
}

/**
 * The status line, with what the proxy adds as its reason. An answer to a forwarded request may be the target's: of that
 * only known words are shown. Whoever names the target could else try out which words are masked, and so find out what
 * the proxy's password is.
 */
function seen(attempt: Attempt, head: AnswerHead): string {
  if (attempt.forwards) {
    const known = [SQUID_ERROR.exec(squidError(head) ?? '')?.[0], proxyStatusError(head)];
    const words = known.filter((word) => word !== undefined && (SQUID_ERROR.test(word) || PROXY_ERRORS.has(word)));
    return words.length === 0 ? `HTTP ${head.status}` : `HTTP ${head.status} (${words.join('; ')})`;
  }
  const reasons = [...fieldValues(head, 'x-squid-error'), ...fieldValues(head, 'proxy-status')].join('; ');
  return attempt.clean(reasons === '' ? statusLine(head) : `${statusLine(head)} (${fieldText(reasons)})`, 300);
}

/** What squid calls the errors of its own that concern a request's way. */
const SQUID_ERROR =
  /^ERR_(ACCESS_DENIED|CACHE_ACCESS_DENIED|CANNOT_FORWARD|CONNECT_FAIL|CONFLICT_HOST|DNS_FAIL|FORWARDING_DENIED|GATEWAY_FAILURE|INVALID_REQ|INVALID_RESP|INVALID_URL|LIFETIME_EXP|PROTOCOL_UNKNOWN|READ_ERROR|READ_TIMEOUT|SECURE_CONNECT_FAIL|SHUTTING_DOWN|SOCKET_FAILURE|TOO_BIG|UNSUP_REQ|WRITE_ERROR|ZERO_SIZE_OBJECT)\b/;

/** RFC 9209 §2.3. */
const PROXY_ERRORS: ReadonlySet<string> = new Set(
  'dns_timeout dns_error destination_not_found destination_unavailable destination_ip_prohibited destination_ip_unroutable connection_refused connection_terminated connection_timeout connection_read_timeout connection_write_timeout connection_limit_reached tls_protocol_error tls_certificate_error tls_alert_received http_request_error http_request_denied http_response_incomplete http_response_header_section_size http_response_header_size http_response_body_size http_response_trailer_section_size http_response_trailer_size http_response_transfer_coding http_response_content_coding http_response_timeout http_upgrade_failed http_protocol_error proxy_internal_response proxy_internal_error proxy_configuration_error proxy_loop_detected'.split(
    ' ',
  ),
);

function squidError(head: AnswerHead): string | undefined {
  return fieldValues(head, 'x-squid-error')[0];
}

function proxyStatusError(head: AnswerHead): string | undefined {
  const status = fieldValues(head, 'proxy-status')
    .join(',')
    .replace(/"(?:[^"\\]|\\.)*"?/g, '""');
  return /;\s*error=([a-z_]+)/.exec(status)?.[1];
}

/** Of a 401 to a forwarded request: what tinyproxy forwards carries Via (RFC 9110 §7.6.3), its own answers don't. */
function isProxysOwn(head: AnswerHead): boolean {
  if (fieldValues(head, 'proxy-authenticate').length > 0) return true;
  return (
    fieldValues(head, 'via').length === 0 && fieldValues(head, 'server').some((server) => /^tinyproxy\b/i.test(server))
  );
}
