import { isIP } from 'node:net';
import { type Fault, failed, type TrafficFailure } from '../failures.ts';
import { type AnswerHead, fieldText, fieldValues } from '../http/answer-head.ts';
import { dialHost } from '../network/addresses.ts';
import { type Attempt, targetAuthority } from '../network/attempt.ts';
import { wantsTls } from './doubts.ts';
import type { Asked, Mark } from './mark.ts';

/** Where an answer came: to CONNECT, to a forwarded request, in a tunnel in plain text, or in one that the proxy secures. */
export type Place = 'CONNECT' | 'forwarded' | 'in plain text' | 'intercepted';

export function asked(attempt: Attempt, place: Place): Asked {
  return { isConnect: place === 'CONNECT', byAddress: isIP(dialHost(attempt.target.hostname)) !== 0 };
}

/** A gateway that answers sooner has not waited for anybody, whatever its status says. */
const NO_TIMEOUT_MS = 1_000;

/** The fault that a proxy's answer means which does not give what was asked for. */
export function refusalFault(attempt: Attempt, head: AnswerHead, mark: Mark | undefined, place: Place): Fault {
  const failure = failureOf(attempt, head, mark);
  const detail = seen(attempt, head, mark, place);
  const advice = mark?.advice ?? ADVICE[failure](attempt, head, place);
  const message = `The proxy answered "${detail}" ${WHERE[place]} ${targetAuthority(attempt.target)}: ${advice}.`;
  return failed(failure, message, { detail }).fault;
}

function failureOf(attempt: Attempt, head: AnswerHead, mark: Mark | undefined): RefusalFailure {
  const told = mark?.failure;
  if (told !== undefined && isRefusal(told)) return told;
  const { status } = head;
  if (status === 504 && attempt.trace.sinceStageMs() >= NO_TIMEOUT_MS) return 'TARGET_CONNECT_TIMED_OUT';
  // What bears a proxy's mark is one.
  if (NOT_A_PROXY.has(status)) return mark ? 'PROXY_DENIED' : 'NOT_A_PROXY';
  if (status === 429) return 'PROXY_RATE_LIMITED';
  if (status >= 300 && status <= 399) return 'PROXY_REDIRECT';
  if (status >= 400 && status <= 499) return 'PROXY_DENIED';
  if (status >= 500 && status <= 599) return 'TARGET_UNREACHABLE';
  return 'PROXY_BAD_RESPONSE';
}

const NOT_A_PROXY: ReadonlySet<number> = new Set([400, 404, 405, 501]);

const ADVICE = {
  NOT_A_PROXY: (attempt, head) =>
    `what listens there is probably a web server and not a proxy, or else a proxy that does not know the target's name or does not understand it; check host and port, and the target${wantsTls(attempt, head) ? '; if the port wants TLS, choose type HTTPS' : ''}`,
  PROXY_DENIED: () =>
    "the proxy's rules refuse this host or port (many allow port 443 alone); ask whoever runs it to allow them",
  PROXY_RATE_LIMITED: () => 'it limits how often it is used; try again later',
  PROXY_REDIRECT: (attempt, head, place) =>
    `it redirects${redirection(attempt, head, place)}, as captive portals and the block pages of filters do; check host and port, and whether a rule refuses the target`,
  PROXY_BAD_RESPONSE: () => 'this is no final status of HTTP; check that a proxy listens there',
  TARGET_NAME_NOT_FOUND: () => "the proxy does not find the target's name; check it, and the proxy's name server",
  TARGET_REFUSED: () => 'the target refused the connection; check its port, and that it is running',
  TARGET_CONNECT_TIMED_OUT: () => 'the proxy did not reach the target in time; check the firewalls between them',
  TARGET_UNREACHABLE: () =>
    "the proxy does not reach the target; check the target's name and port, and the proxy's name server and routes",
  TARGET_CLOSED: () => 'the target closed the connection without a whole answer; check its port, and its own log',
  TARGET_NO_ANSWER: () =>
    'the target took the request and did not answer in time; check that it works without the proxy',
  TARGET_BAD_RESPONSE: () =>
    "the proxy got no answer from the target that it understands; check the target's port, and its own log",
} satisfies Partial<Record<TrafficFailure, (attempt: Attempt, head: AnswerHead, place: Place) => string>>;

type RefusalFailure = keyof typeof ADVICE;

function isRefusal(failure: TrafficFailure): failure is RefusalFailure {
  return Object.hasOwn(ADVICE, failure);
}

const WHERE: Readonly<Record<Place, string>> = {
  CONNECT: 'to CONNECT',
  forwarded: 'to the request for',
  'in plain text': 'in plain text, where TLS is due, within its tunnel to',
  intercepted: 'within TLS of its own, in the place of',
};

function redirection(attempt: Attempt, head: AnswerHead, place: Place): string {
  const [location] = fieldValues(head, 'location');
  return location === undefined || place !== 'CONNECT' ? '' : ` to ${attempt.clean(location, 200)}`;
}

/** As sent, not cleaned. */
export function statusLine({ minor, status, reason }: AnswerHead): string {
  return `HTTP/1.${minor} ${status} ${fieldText(reason)}`.trimEnd();
}

/**
 * The status line, with what the proxy adds as its reason. All but an answer to CONNECT may be the target's: of that only
 * the status and the mark's name are shown. Whoever names the target could else try out which words are masked, and so
 * find out what the proxy's password is.
 */
export function seen(attempt: Attempt, head: AnswerHead, mark: Mark | undefined, place: Place): string {
  if (place !== 'CONNECT') return mark?.name ? `HTTP ${head.status} (${mark.name})` : `HTTP ${head.status}`;
  const line = statusLine(head);
  return attempt.clean(mark?.text === undefined ? line : `${line} (${fieldText(mark.text)})`, 300);
}
