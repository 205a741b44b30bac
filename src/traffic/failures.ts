/** Where and why traffic failed. PROXY_: before or at the proxy. TARGET_: beyond it, or on a direct connection. */
export const TrafficFailure = {
  ADDRESS_NOT_ALLOWED: 'ADDRESS_NOT_ALLOWED',
  PROXY_NAME_NOT_FOUND: 'PROXY_NAME_NOT_FOUND',
  PROXY_REFUSED: 'PROXY_REFUSED',
  PROXY_CONNECT_TIMED_OUT: 'PROXY_CONNECT_TIMED_OUT',
  PROXY_UNREACHABLE: 'PROXY_UNREACHABLE',
  PROXY_NOT_TLS: 'PROXY_NOT_TLS',
  PROXY_TLS_TIMED_OUT: 'PROXY_TLS_TIMED_OUT',
  PROXY_TLS_CLOSED: 'PROXY_TLS_CLOSED',
  PROXY_TLS_VERSION: 'PROXY_TLS_VERSION',
  PROXY_CLIENT_CERTIFICATE_REQUIRED: 'PROXY_CLIENT_CERTIFICATE_REQUIRED',
  PROXY_CERTIFICATE_EXPIRED: 'PROXY_CERTIFICATE_EXPIRED',
  PROXY_CERTIFICATE_NOT_YET_VALID: 'PROXY_CERTIFICATE_NOT_YET_VALID',
  PROXY_CERTIFICATE_SELF_SIGNED: 'PROXY_CERTIFICATE_SELF_SIGNED',
  PROXY_CERTIFICATE_UNTRUSTED: 'PROXY_CERTIFICATE_UNTRUSTED',
  PROXY_CERTIFICATE_HOST_MISMATCH: 'PROXY_CERTIFICATE_HOST_MISMATCH',
  PROXY_AUTH_REQUIRED: 'PROXY_AUTH_REQUIRED',
  PROXY_AUTH_REJECTED: 'PROXY_AUTH_REJECTED',
  PROXY_AUTH_SCHEME_UNSUPPORTED: 'PROXY_AUTH_SCHEME_UNSUPPORTED',
  PROXY_DENIED: 'PROXY_DENIED',
  PROXY_RATE_LIMITED: 'PROXY_RATE_LIMITED',
  PROXY_REDIRECT: 'PROXY_REDIRECT',
  NOT_A_PROXY: 'NOT_A_PROXY',
  PROXY_NO_ANSWER: 'PROXY_NO_ANSWER',
  PROXY_CLOSED: 'PROXY_CLOSED',
  PROXY_BAD_RESPONSE: 'PROXY_BAD_RESPONSE',
  PROXY_HEADERS_TOO_LARGE: 'PROXY_HEADERS_TOO_LARGE',
  TARGET_NAME_NOT_FOUND: 'TARGET_NAME_NOT_FOUND',
  TARGET_UNREACHABLE: 'TARGET_UNREACHABLE',
  TARGET_REFUSED: 'TARGET_REFUSED',
  TARGET_CONNECT_TIMED_OUT: 'TARGET_CONNECT_TIMED_OUT',
  TARGET_NOT_TLS: 'TARGET_NOT_TLS',
  TARGET_TLS_TIMED_OUT: 'TARGET_TLS_TIMED_OUT',
  TARGET_TLS_CLOSED: 'TARGET_TLS_CLOSED',
  TARGET_CERTIFICATE_EXPIRED: 'TARGET_CERTIFICATE_EXPIRED',
  TARGET_CERTIFICATE_NOT_YET_VALID: 'TARGET_CERTIFICATE_NOT_YET_VALID',
  TARGET_CERTIFICATE_SELF_SIGNED: 'TARGET_CERTIFICATE_SELF_SIGNED',
  TARGET_CERTIFICATE_UNTRUSTED: 'TARGET_CERTIFICATE_UNTRUSTED',
  TARGET_CERTIFICATE_HOST_MISMATCH: 'TARGET_CERTIFICATE_HOST_MISMATCH',
  TARGET_NO_ANSWER: 'TARGET_NO_ANSWER',
  TARGET_CLOSED: 'TARGET_CLOSED',
  TARGET_BAD_RESPONSE: 'TARGET_BAD_RESPONSE',
  TARGET_HEADERS_TOO_LARGE: 'TARGET_HEADERS_TOO_LARGE',
  TARGET_BODY_TIMED_OUT: 'TARGET_BODY_TIMED_OUT',
  TIMED_OUT: 'TIMED_OUT',
} as const;
export type TrafficFailure = (typeof TrafficFailure)[keyof typeof TrafficFailure];

/** Which side of the route a step deals with: the first part of its failures' names. */
export type Leg = 'PROXY' | 'TARGET';

/** Whether the same attempt may well succeed a moment later, without anybody changing a setting. */
const RETRYABLE = {
  ADDRESS_NOT_ALLOWED: false,
  PROXY_NAME_NOT_FOUND: false,
  PROXY_REFUSED: true,
  PROXY_CONNECT_TIMED_OUT: true,
  PROXY_UNREACHABLE: true,
  PROXY_NOT_TLS: false,
  PROXY_TLS_TIMED_OUT: true,
  PROXY_TLS_CLOSED: true,
  PROXY_TLS_VERSION: false,
  PROXY_CLIENT_CERTIFICATE_REQUIRED: false,
  PROXY_CERTIFICATE_EXPIRED: false,
  PROXY_CERTIFICATE_NOT_YET_VALID: false,
  PROXY_CERTIFICATE_SELF_SIGNED: false,
  PROXY_CERTIFICATE_UNTRUSTED: false,
  PROXY_CERTIFICATE_HOST_MISMATCH: false,
  PROXY_AUTH_REQUIRED: false,
  PROXY_AUTH_REJECTED: false,
  PROXY_AUTH_SCHEME_UNSUPPORTED: false,
  PROXY_DENIED: false,
  PROXY_RATE_LIMITED: true,
  PROXY_REDIRECT: false,
  NOT_A_PROXY: false,
  PROXY_NO_ANSWER: true,
  PROXY_CLOSED: true,
  PROXY_BAD_RESPONSE: false,
  PROXY_HEADERS_TOO_LARGE: false,
  TARGET_NAME_NOT_FOUND: false,
  TARGET_UNREACHABLE: true,
  TARGET_REFUSED: true,
  TARGET_CONNECT_TIMED_OUT: true,
  TARGET_NOT_TLS: false,
  TARGET_TLS_TIMED_OUT: true,
  TARGET_TLS_CLOSED: true,
  TARGET_CERTIFICATE_EXPIRED: false,
  TARGET_CERTIFICATE_NOT_YET_VALID: false,
  TARGET_CERTIFICATE_SELF_SIGNED: false,
  TARGET_CERTIFICATE_UNTRUSTED: false,
  TARGET_CERTIFICATE_HOST_MISMATCH: false,
  TARGET_NO_ANSWER: true,
  TARGET_CLOSED: true,
  TARGET_BAD_RESPONSE: false,
  TARGET_HEADERS_TOO_LARGE: false,
  TARGET_BODY_TIMED_OUT: true,
  TIMED_OUT: true,
} as const satisfies Record<TrafficFailure, boolean>;

/** Why a step did not get through: an expected outcome, so a value. */
export interface Fault {
  readonly failure: TrafficFailure;
  /** One sentence that tells an operator what happened and what to check. Peers' text in it is clean. */
  readonly message: string;
  readonly retryable: boolean;
  /** What was seen, for the stage that failed. */
  readonly detail?: string;
}

/** A step's outcome. `detail` tells the stage what was seen on the way. */
export type Step<T> =
  | { readonly ok: true; readonly value: T; readonly detail?: string }
  | { readonly ok: false; readonly fault: Fault };

export function passed<T>(value: T, detail?: string): Step<T> {
  return detail === undefined ? { ok: true, value } : { ok: true, value, detail };
}

export function failed(
  failure: TrafficFailure,
  message: string,
  more: { readonly detail?: string; readonly retryable?: boolean } = {},
): { readonly ok: false; readonly fault: Fault } {
  return { ok: false, fault: { failure, message, retryable: RETRYABLE[failure], ...more } };
}
