import type { TrafficFailure } from '../failures.ts';
import { type AnswerHead, fieldValues } from '../http/answer-head.ts';
import type { Asked, Mark } from './mark.ts';

/** Squid's mark, such as `X-Squid-Error: ERR_CONNECT_FAIL 111`: its own name of what happened, then an errno of its platform. */
export function squidMark(head: AnswerHead, { byAddress }: Asked): Mark | undefined {
  const [text] = fieldValues(head, 'x-squid-error');
  if (text === undefined) return undefined;
  const [, word = '', errno = '0'] = /^(ERR_[A-Z_]+)(?: (\d+))?/.exec(text) ?? [];
  if (!Object.hasOwn(ERRORS, word)) return { name: 'X-Squid-Error', text };
  const mark = { name: `X-Squid-Error: ${word}`, text };
  // For a name that it does not find squid has no word of its own, and the same as when its parent is down.
  if (UNKNOWN_WHERE.has(word) && errno === '0') {
    return byAddress
      ? { ...mark, failure: 'TARGET_UNREACHABLE' }
      : {
          ...mark,
          failure: 'TARGET_NAME_NOT_FOUND',
          advice:
            'its name server does not know the name, or a proxy behind it is away; check the name, and what the proxy uses itself',
        };
  }
  return { ...mark, failure: ERRORS[word] };
}

/** Whether squid wants credentials, or other ones. */
export function wantsSquidLogin(head: AnswerHead): boolean {
  return fieldValues(head, 'x-squid-error').some((text) => /^ERR_CACHE_ACCESS_DENIED\b/.test(text));
}

const UNKNOWN_WHERE: ReadonlySet<string> = new Set(['ERR_CANNOT_FORWARD', 'ERR_READ_ERROR']);

/** The errors that concern a request's way (squid's src/err_type.h); undefined: the status tells as much. */
const ERRORS: Readonly<Record<string, TrafficFailure | undefined>> = {
  ERR_ACCESS_DENIED: 'PROXY_DENIED',
  ERR_CACHE_ACCESS_DENIED: undefined,
  ERR_CANNOT_FORWARD: 'TARGET_UNREACHABLE',
  ERR_CONFLICT_HOST: undefined,
  ERR_CONNECT_FAIL: 'TARGET_UNREACHABLE',
  ERR_DNS_FAIL: 'TARGET_NAME_NOT_FOUND',
  ERR_FORWARDING_DENIED: 'PROXY_DENIED',
  ERR_GATEWAY_FAILURE: 'TARGET_UNREACHABLE',
  ERR_INVALID_REQ: undefined,
  ERR_INVALID_RESP: 'TARGET_BAD_RESPONSE',
  ERR_INVALID_URL: undefined,
  ERR_LIFETIME_EXP: 'TARGET_CONNECT_TIMED_OUT',
  ERR_PROTOCOL_UNKNOWN: undefined,
  ERR_READ_ERROR: 'TARGET_CLOSED',
  ERR_READ_TIMEOUT: 'TARGET_NO_ANSWER',
  ERR_SECURE_CONNECT_FAIL: 'TARGET_UNREACHABLE',
  ERR_SHUTTING_DOWN: undefined,
  ERR_SOCKET_FAILURE: undefined,
  ERR_TOO_BIG: undefined,
  ERR_UNSUP_REQ: undefined,
  ERR_WRITE_ERROR: 'TARGET_CLOSED',
  ERR_ZERO_SIZE_OBJECT: 'TARGET_CLOSED',
};
