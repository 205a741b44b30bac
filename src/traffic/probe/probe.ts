import type { Fault, Step, TrafficFailure } from '../failures.ts';
import { HttpConnection } from '../http/http-connection.ts';
import { Attempt, type ProxyRoute, proxyUrl, type TrafficSettings, targetAuthority } from '../network/attempt.ts';
import { withinDeadline } from '../network/timeouts.ts';
import type { TlsReport } from '../network/tls-report.ts';
import type { StageReport } from '../network/trace.ts';
import { openRoute } from '../proxy/connector.ts';
import { getHead, type HeadStep } from '../proxy/exchange.ts';
import { askForLogin } from '../proxy/login-question.ts';

export interface ProbeRequest {
  readonly proxy: ProxyRoute;
  /** As `parseTargetUrl` accepts it. */
  readonly target: URL;
  /** For the whole probe. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Who wants it: look-ups of names are bounded for each. */
  readonly actor?: string;
}

/** Plain JSON; optional members are absent, not null. */
export interface ProbeResult {
  readonly success: boolean;
  readonly failure: TrafficFailure | null;
  /** One sentence that tells an operator what happened and what to check. */
  readonly message: string;
  readonly retryable: boolean;
  /** All seven, in order. */
  readonly stages: readonly StageReport[];
  readonly warnings: readonly string[];
  /** Microseconds. */
  readonly durationUs: number;
  /** Without credentials. */
  readonly proxyUrl: string;
  readonly targetUrl: string;
  /** Any status proves the route. */
  readonly targetStatus?: number;
  readonly proxyAuthSchemes: readonly string[];
  readonly proxyTls?: TlsReport;
  readonly targetTls?: TlsReport;
}

/**
 * One live test through a proxy. A probe that fails is a result; it rejects only when aborted, with the signal's
 * reason. Whether the target may be asked for at all is decided before: see `deniedLiteralTarget`.
 */
export async function probe(request: ProbeRequest, settings: TrafficSettings): Promise<ProbeResult> {
  const attempt = new Attempt({ ...request, settings });
  attempt.looksIntoTunnel = true;
  try {
    return result(attempt, request.proxy, await reachTarget(attempt));
  } finally {
    attempt.deadline.stop();
  }
}

function reachTarget(attempt: Attempt): Promise<Step<number>> {
  return withinDeadline(attempt, async () => {
    const route = await openRoute(attempt);
    if (!route.ok) return route;
    const connection = new HttpConnection(route.value);
    if (!attempt.forwards || !attempt.proxy?.credentials) return response(attempt, connection);
    try {
      await askForLogin(attempt, connection);
      if (!connection.isFree) return await responseAnew(attempt);
      const answer = await response(attempt, connection);
      // Some proxies close behind a 407, and do not announce it.
      return answer.unanswered ? await responseAnew(attempt) : answer;
    } finally {
      route.value.destroy();
    }
  });
}

async function responseAnew(attempt: Attempt): Promise<Step<number>> {
  const route = await openRoute(attempt);
  return route.ok ? response(attempt, new HttpConnection(route.value)) : route;
}

function response(attempt: Attempt, connection: HttpConnection): Promise<HeadStep> {
  return attempt.trace.stage('RESPONSE', () => getHead(attempt, connection));
}

function result({ trace, target }: Attempt, proxy: ProxyRoute, outcome: Step<number>): ProbeResult {
  const { success, failure, message, retryable } = outcome.ok ? proven(target, outcome.value) : refuted(outcome.fault);
  const found: Mutable<ProbeResult> = {
    success,
    failure,
    message,
    retryable,
    stages: trace.stages(),
    warnings: trace.warnings,
    durationUs: trace.durationUs(),
    proxyUrl: proxyUrl(proxy),
    targetUrl: target.href,
    proxyAuthSchemes: trace.proxyAuthSchemes,
  };
  if (outcome.ok) found.targetStatus = outcome.value;
  if (trace.proxyTls) found.proxyTls = trace.proxyTls;
  if (trace.targetTls) found.targetTls = trace.targetTls;
  return found;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

function proven(target: URL, targetStatus: number) {
  const message = `${targetAuthority(target)} answered through the proxy, with status ${targetStatus}.`;
  return { success: true, failure: null, message, retryable: false };
}

function refuted({ failure, message, retryable }: Fault) {
  return { success: false, failure, message, retryable };
}
