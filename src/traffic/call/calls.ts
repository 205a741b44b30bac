import { maskable } from '../../words/masked-errors.ts';
import { cleanPeerText } from '../../words/peer-text.ts';
import type { SecretMask } from '../../words/secret-mask.ts';
import type { EndSignal } from '../abort.ts';
import { failed, type Step, type TrafficFailure } from '../failures.ts';
import { Attempt, type TrafficSettings, targetAuthority } from '../network/attempt.ts';
import { withinDeadline } from '../network/timeouts.ts';
import type { StageReport } from '../network/trace.ts';
import { together } from '../together.ts';
import { type CallPhase, type CallResponse, exchangeCall } from './call-exchange.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import type { RoutePool } from './route-pool.ts';
import { type PoolChoice, RoutePools } from './route-pools.ts';

export interface CallOrder extends Omit<PoolChoice, 'origin'> {
  readonly request: OutgoingRequest;
  /** For the whole call. */
  readonly timeoutMs: number;
  readonly signal?: EndSignal;
  /** Who wants it: look-ups of names are bounded for each. */
  readonly actor?: string;
  /** In use in the call: shown as `********` where the answer repeats them. */
  readonly secrets: readonly string[];
}

/** Durations are whole microseconds. */
export type CallResult =
  | { readonly ok: true; readonly response: CallResponse; readonly durationUs: number }
  | {
      readonly ok: false;
      readonly failure: TrafficFailure;
      readonly message: string;
      readonly durationUs: number;
      /** All seven, in order; those of a kept connection are SKIPPED. */
      readonly stages: readonly StageReport[];
    };

export type { CallResponse };

/**
 * Sends calls on pooled connections. A pool belongs to one name and to what its route resolved to, and is looked up anew
 * for each call, so that an edited proxy is used by the very next one. What should go through a proxy goes no other way.
 */
export class Calls {
  private readonly pools = new RoutePools();

  constructor(private readonly settings: TrafficSettings) {}

  /** A call that fails is a result; it rejects only when aborted, with the signal's reason. */
  async send(order: CallOrder): Promise<CallResult> {
    const result = await this.sent(order);
    await together();
    return result;
  }

  private async sent(order: CallOrder): Promise<CallResult> {
    const { pool: name, environment, proxy, request, timeoutMs, signal, actor } = order;
    const secrets = maskable(order.secrets);
    const attempt = new Attempt({
      proxy,
      target: request.url,
      settings: this.settings,
      timeoutMs,
      signal,
      actor,
      secrets,
    });
    try {
      // Behind this a pool that is asked for is in use at once: none is retired between the two.
      await together();
      const pool = this.pools.get({ pool: name, environment, proxy, origin: request.url.origin });
      const mask = pool.mask.of(secrets);
      const outcome = await this.within(attempt, pool, request, mask);
      const durationUs = attempt.trace.durationUs();
      if (outcome.ok) return { ok: true, response: outcome.value, durationUs };
      const { failure, message, detail } = outcome.fault;
      const clean = (text: string) => cleanPeerText(text, 500, mask);
      const stages = attempt.trace
        .failedStages(detail)
        .map((stage) => (stage.detail === undefined ? stage : { ...stage, detail: clean(stage.detail) }));
      return { ok: false, failure, message: clean(message), durationUs, stages };
    } finally {
      attempt.deadline.stop();
    }
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    this.pools.close();
  }

  private async within(
    attempt: Attempt,
    pool: RoutePool,
    request: OutgoingRequest,
    mask: SecretMask,
  ): Promise<Step<CallResponse>> {
    const progress = { phase: 'waiting' as CallPhase };
    try {
      const outcome = await withinDeadline(attempt, () =>
        exchangeCall(attempt, pool, request, mask, (phase) => {
          progress.phase = phase;
        }),
      );
      return outcome.ok || !attempt.deadline.expired ? outcome : timeoutIn(progress.phase, attempt, outcome);
    } finally {
      this.pools.leave(pool);
    }
  }
}

/** Deadlines that met the call where a probe never is. */
function timeoutIn(phase: CallPhase, attempt: Attempt, outcome: Step<CallResponse>): Step<CallResponse> {
  const target = targetAuthority(attempt.target);
  const within = `within ${attempt.deadline.timeoutMs} ms`;
  if (phase === 'body') {
    return failed('TARGET_BODY_TIMED_OUT', `The answer of ${target} did not end ${within}; give the call more time.`);
  }
  if (phase === 'waiting' && attempt.trace.stages().every(({ status }) => status === 'SKIPPED')) {
    const message = `No connection to ${target} came free ${within}: all of the pool's were in use; try again later.`;
    return failed('TIMED_OUT', message);
  }
  return outcome;
}
