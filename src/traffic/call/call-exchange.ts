import { cleanPeerText } from '../../words/text.ts';
import { type Fault, failed, passed, type Step } from '../failures.ts';
import { type Attempt, targetAuthority } from '../network/attempt.ts';
import { firstErrorOf } from '../network/tls.ts';
import { basicAuthorization } from '../proxy/auth-schemes.ts';
import { exchangeFault } from '../proxy/exchange.ts';
import { authFault, forwardingFault, type Head } from '../proxy/proxy-answer.ts';
import { type AnswerHead, CallAnswer } from './call-answer.ts';
import { type HttpMethod, headerValueOnWire, type OutgoingRequest, withDefaultHeaders } from './outgoing-request.ts';
import { showBody } from './response-body.ts';
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
  secrets: readonly string[],
  reached: (phase: CallPhase) => void,
): Promise<Step<CallResponse>> {
  const first = await pool.acquire(attempt);
  if (!first.ok) return first;
  const mayRepeat = first.value.used && IDEMPOTENT.has(request.method);
  const outcome = await onLane(attempt, pool, first.value, request, secrets, reached);
  if (outcome.answered || !mayRepeat || outcome.step.ok) return outcome.step;
  const second = await pool.acquire(attempt, true);
  if (!second.ok) return second;
  return (await onLane(attempt, pool, second.value, request, secrets, reached)).step;
}

interface LaneOutcome {
  readonly step: Step<CallResponse>;
  /** Whether any of an answer came. */
  readonly answered: boolean;
}

async function onLane(
  attempt: Attempt,
  pool: RoutePool,
  lane: Lane,
  request: OutgoingRequest,
  secrets: readonly string[],
  reached: (phase: CallPhase) => void,
): Promise<LaneOutcome> {
  const answer = new CallAnswer();
  let answered = false;
  let reusable = false;
  // Cheaper than the signal handed to undici, and the same: its lane goes with an aborted request.
  const off = attempt.deadline.onEnd(() => lane.socket.destroy());
  try {
    attempt.deadline.throwIfOver();
    reached('under way');
    const step = await attempt.trace.stage('RESPONSE', async () => {
      lane.interim.expect();
      lane.client.dispatch(wireRequest(attempt, request), answer);
      const head = await answer.head();
      answered = true;
      return passed(head, `status ${head.status}`);
    });
    if (!step.ok) return { step, answered };
    const { status, headers: pairs } = step.value;
    const fault = attempt.forwards ? proxyFault(attempt, headOf(step.value)) : undefined;
    if (fault) {
      answer.abandon();
      return { step: { ok: false, fault }, answered };
    }
    reached('body');
    const read = await answer.body();
    // A body without a length ends with its connection, whoever closed that.
    attempt.deadline.throwIfOver();
    if (lane.cut) throw new Error('the pool was closed under the call');
    reusable = !read.truncated;
    const shown = showBody(read, bodyHeaders(pairs), secrets);
    const hasBody = request.method !== 'HEAD' && status !== 204 && status !== 304;
    const headers = pairs.map(([name, value]) => ({
      name: cleanPeerText(name, HEADER_LIMIT, secrets),
      value: cleanPeerText(value, HEADER_LIMIT, secrets),
      secret: false,
    }));
    return { step: passed({ status, headers, ...shown, ...(hasBody ? {} : { body: null }) }), answered };
  } catch (error) {
    attempt.deadline.throwIfOver();
    const cause = firstErrorOf(lane.socket) ?? error;
    return { step: answered ? brokenBody(attempt, cause) : exchangeFault(attempt, cause), answered };
  } finally {
    off();
    pool.release(lane, reusable);
  }
}

function wireRequest(attempt: Attempt, { method, url, headers, body }: OutgoingRequest) {
  const credentials = attempt.forwards ? attempt.proxy?.credentials : undefined;
  return {
    method,
    // As it is written: `search` is empty for a lone question mark.
    path: attempt.forwards ? url.href : url.href.slice(url.origin.length),
    headers: [
      ...withDefaultHeaders(headers).flatMap(({ name, value }) => [name, headerValueOnWire(value)]),
      ...(credentials ? ['proxy-authorization', basicAuthorization(credentials)] : []),
    ],
    body: body === undefined || body === '' ? null : Buffer.from(body, 'utf8'),
  };
}

function headOf({ status, statusText, headers: pairs }: AnswerHead): Head {
  const headers = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value]);
  }
  return { status, statusLine: `HTTP ${status} ${statusText}`.trimEnd(), headers };
}

/** What a forwarding proxy says for itself; undefined when the answer is the target's. */
function proxyFault(attempt: Attempt, head: Head): Fault | undefined {
  return authFault(attempt, head) ?? forwardingFault(attempt, head);
}

function bodyHeaders(pairs: AnswerHead['headers']) {
  let contentType: string | undefined;
  let isEncoded = false;
  for (const [name, value] of pairs) {
    if (/^content-type$/i.test(name)) contentType ??= value;
    else if (/^content-encoding$/i.test(name)) isEncoded ||= !/^\s*(identity)?\s*$/i.test(value);
  }
  return { contentType, isEncoded };
}

/** The head was there; what follows of it was cut off, or was no HTTP. */
function brokenBody(attempt: Attempt, error: unknown): Step<CallResponse> {
  const leg = attempt.forwards ? 'PROXY' : 'TARGET';
  const step = exchangeFault(attempt, error);
  if (!step.ok && step.fault.failure === `${leg}_CLOSED`) {
    const who = leg === 'PROXY' ? 'The proxy' : `The target (${targetAuthority(attempt.target)})`;
    return failed(`${leg}_CLOSED`, `${who} closed the connection before the whole answer had come; try again.`);
  }
  return step;
}
