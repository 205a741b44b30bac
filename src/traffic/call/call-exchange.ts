import { cleanPeerText } from '../../words/peer-text.ts';
import type { SecretMask } from '../../words/secret-mask.ts';
import { nextSlice } from '../../words/slices.ts';
import { failed, passed, type Step } from '../failures.ts';
import { type AnswerHead, fieldText, fieldValues, listedTokens } from '../http/answer-head.ts';
import type { AnswerBody } from '../http/answer-parser.ts';
import { hasBody } from '../http/body-framing.ts';
import { keptForMs } from '../http/keep-alive.ts';
import { requestBytes } from '../http/request-bytes.ts';
import { type Attempt, targetAuthority } from '../network/attempt.ts';
import { causeOf, requestExchangeFault } from '../proxy/exchange-fault.ts';
import { requestLogin } from '../proxy/login-fields.ts';
import { answerFault } from '../proxy/proxy-answer.ts';
import { type HttpMethod, headerValueOnWire, type OutgoingRequest, withDefaultHeaders } from './outgoing-request.ts';
import { type BodyHeaders, showBody } from './response-body.ts';
import type { Lane, RoutePool } from './route-pool.ts';

export interface CallResponse {
  readonly status: number;
  /** In order, as they came. */
  readonly headers: readonly { readonly name: string; readonly value: string; readonly secret: boolean }[];
  readonly body: string | null;
  readonly bodyIsBase64: boolean;
  readonly bodyTruncated: boolean;
}

/** How far a call came, for telling what its deadline met. */
export type CallPhase = 'waiting' | 'under way' | 'body';

/** RFC 9110 §9.2.2. */
const IDEMPOTENT: ReadonlySet<HttpMethod> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
/** Bytes of a body that are read; what comes behind them is not downloaded. */
const BODY_BYTES_LIMIT = 1024 * 1024;
/** No coding at all, in the words of some servers: charsets, and the words of MIME (RFC 2045 §6). */
const ENCODES_NOTHING: ReadonlySet<string> = new Set(
  'identity none utf-8 utf8 iso-8859-1 us-ascii 7bit 8bit binary'.split(' '),
);
/** Code points of a header's value that are shown. */
const HEADER_LIMIT = 8 * 1024;

/**
 * Sends a request on a lane of the pool and reads its answer. A kept connection may have been closed by the peer without
 * notice: an idempotent request that met such a close before any answer is sent once more, on a fresh one.
 */
export async function exchangeCall(
  attempt: Attempt,
  pool: RoutePool,
  request: OutgoingRequest,
  mask: SecretMask,
  reached: (phase: CallPhase) => void,
): Promise<Step<CallResponse>> {
  const answer = await answerTo(attempt, pool, request, reached);
  return answer.ok ? passed(await shownAnswer(attempt, request.method, answer.value, mask)) : answer;
}

async function answerTo(
  attempt: Attempt,
  pool: RoutePool,
  request: OutgoingRequest,
  reached: (phase: CallPhase) => void,
): Promise<Step<Answer>> {
  const first = await readyLane(attempt, pool, request);
  if (!first.ok) return first;
  const mayRepeat = first.value.used && IDEMPOTENT.has(request.method);
  const outcome = await onLane(attempt, pool, first.value, request, reached);
  if (outcome.answered || !mayRepeat || outcome.step.ok) return outcome.step;
  const second = await pool.acquire(attempt, true);
  if (!second.ok) return second;
  return (await onLane(attempt, pool, second.value, request, reached)).step;
}

/** As it came. */
interface Answer {
  readonly head: AnswerHead;
  readonly body: AnswerBody;
}

/** A lane on which it is known whether the proxy wants credentials with the request. */
async function readyLane(attempt: Attempt, pool: RoutePool, request: OutgoingRequest): Promise<Step<Lane>> {
  const lane = await pool.acquire(attempt);
  if (!lane.ok || !attempt.forwards || !attempt.proxy?.credentials) return lane;
  const wasUsed = lane.value.used;
  let isKept = false;
  try {
    await pool.learnLogin(attempt, lane.value);
    const hasAsked = lane.value.used !== wasUsed;
    // Some proxies close behind a 407 and do not announce it: what can't be sent again gets a connection of its own.
    isKept = lane.value.http.isFree && (!hasAsked || IDEMPOTENT.has(request.method));
  } finally {
    if (!isKept) pool.release(lane.value, false);
  }
  return isKept ? lane : pool.acquire(attempt, true);
}

interface LaneOutcome {
  readonly step: Step<Answer>;
  /** Whether any of an answer came. */
  readonly answered: boolean;
}

async function onLane(
  attempt: Attempt,
  pool: RoutePool,
  lane: Lane,
  request: OutgoingRequest,
  reached: (phase: CallPhase) => void,
): Promise<LaneOutcome> {
  let answered = false;
  let reusable = false;
  // The lane goes with an aborted request.
  const off = attempt.deadline.onEnd(() => lane.socket.destroy());
  try {
    attempt.deadline.throwIfAborted();
    reached('under way');
    const step = await attempt.trace.stage('RESPONSE', async () => {
      const head = await lane.http.ask(wireRequest(attempt, request), request.method, BODY_BYTES_LIMIT);
      answered = true;
      return passed(head, `status ${head.status}`);
    });
    if (!step.ok) return { step, answered };
    const { value: head } = step;
    const fault = answerFault(attempt, lane.socket, head);
    if (fault) return { step: { ok: false, fault }, answered };
    reached('body');
    const body = await lane.http.body();
    // A body without a length ends with its connection, whoever closed that.
    attempt.deadline.throwIfAborted();
    if (lane.cut) throw new Error('the pool was closed under the call');
    reusable = true;
    lane.idleMs = keptForMs(head);
    return { step: passed({ head, body }), answered };
  } catch (error) {
    attempt.deadline.throwIfAborted();
    const cause = causeOf(lane.socket, error);
    return { step: answered ? brokenBody(attempt, cause) : requestExchangeFault(attempt, cause), answered };
  } finally {
    off();
    pool.release(lane, reusable);
  }
}

async function shownAnswer(
  attempt: Attempt,
  method: HttpMethod,
  { head, body }: Answer,
  mask: SecretMask,
): Promise<CallResponse> {
  const nextTurn = async () => {
    await nextSlice();
    attempt.deadline.throwIfAborted();
  };
  await mask.prepare(nextTurn);
  const headers = head.fields.map(([name, value]) => ({
    name: cleanPeerText(name, HEADER_LIMIT, mask),
    value: cleanPeerText(fieldText(value), HEADER_LIMIT, mask),
    secret: false,
  }));
  const shown = await showBody(body, bodyHeaders(head), mask, nextTurn);
  return { status: head.status, headers, ...shown, ...(hasBody(method, head.status) ? {} : { body: null }) };
}

function wireRequest(attempt: Attempt, { method, url, headers, body }: OutgoingRequest): Buffer {
  return requestBytes({
    method,
    // As it is written: `search` is empty for a lone question mark.
    target: attempt.forwards ? url.href : url.href.slice(url.origin.length),
    host: url.host,
    fields: [
      // What HTTP/1.1 means anyway, and HTTP/1.0 (as some proxies speak it) does not.
      ['Connection', 'keep-alive'],
      ...withDefaultHeaders(headers).map(({ name, value }) => [name, headerValueOnWire(value)] as const),
      ...requestLogin(attempt),
    ],
    body,
  });
}

function bodyHeaders(head: AnswerHead): BodyHeaders {
  return {
    contentType: fieldValues(head, 'content-type')[0],
    isEncoded: listedTokens(head, 'content-encoding').some((coding) => !ENCODES_NOTHING.has(coding)),
  };
}

/** The head was there; what follows of it was cut off, or was no HTTP. */
function brokenBody(attempt: Attempt, error: unknown): Step<never> {
  const leg = attempt.forwards ? 'PROXY' : 'TARGET';
  const step = requestExchangeFault(attempt, error);
  if (!step.ok && step.fault.failure === `${leg}_CLOSED`) {
    const who = leg === 'PROXY' ? 'The proxy' : `The target (${targetAuthority(attempt.target)})`;
    return failed(`${leg}_CLOSED`, `${who} closed the connection before the whole answer had come; try again.`);
  }
  return step;
}
