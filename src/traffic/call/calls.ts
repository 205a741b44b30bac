import { LRUCache } from 'lru-cache';
import { cleanPeerText } from '../../words/text.ts';
import { failed, type Step, type TrafficFailure } from '../failures.ts';
import { Attempt, type ProxyRoute, type TrafficSettings, targetAuthority } from '../network/attempt.ts';
import { withinDeadline } from '../network/timeouts.ts';
import { type CallPhase, type CallResponse, exchangeCall } from './call-exchange.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import { RoutePool } from './route-pool.ts';

export interface CallOrder {
  /** Names whose connection it is: the project and the proxy, on one line. A newer route of the same name retires the older one. */
  readonly pool: string;
  /** Null: straight to the target. */
  readonly proxy: ProxyRoute | null;
  readonly request: OutgoingRequest;
  /** For the whole call. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** In use in the call: shown as `********` where the answer repeats them. */
  readonly secrets: readonly string[];
}

/** Durations are whole microseconds. */
export type CallResult =
  | { readonly ok: true; readonly response: CallResponse; readonly durationUs: number }
  | { readonly ok: false; readonly failure: TrafficFailure; readonly message: string; readonly durationUs: number };

export type { CallResponse };

/** How many pools are kept; the least recently used one is retired. */
const MOST_POOLS = 500;
/** For how many names their newest route is remembered. */
const MOST_NAMES = 10_000;
/** How long a pool is kept that nothing uses. */
const POOL_IDLE_MS = 60_000;
/** How long the requests under way of a retired pool get to finish. */
const GRACE_MS = 30_000;
/** Shorter texts are in many answers by chance. */
const SHORTEST_MASKED = 6;

/**
 * Sends calls on pooled connections. A pool belongs to one name and to what its route resolved to, and is looked up anew
 * for each call, so that an edited proxy is used by the very next one. What should go through a proxy goes no other way.
 */
export class Calls {
  private readonly pools = new LRUCache<string, RoutePool>({
    max: MOST_POOLS,
    ttl: POOL_IDLE_MS,
    ttlAutopurge: true,
    updateAgeOnGet: true,
    dispose: (pool) => this.retire(pool),
  });
  /** The route that each name's pools are of. */
  private readonly routes = new LRUCache<string, string>({ max: MOST_NAMES });
  private readonly retired = new Map<RoutePool, NodeJS.Timeout>();

  constructor(private readonly settings: TrafficSettings) {}

  /** A call that fails is a result; it rejects only when aborted, with the signal's reason. */
  async send(order: CallOrder): Promise<CallResult> {
    const { proxy, request, timeoutMs, signal } = order;
    const secrets = order.secrets.filter((secret) => [...secret].length >= SHORTEST_MASKED);
    const attempt = new Attempt({
      proxy,
      target: request.url,
      settings: this.settings,
      timeoutMs,
      ...(signal && { signal }),
      secrets,
    });
    try {
      const outcome = await this.within(attempt, order, secrets);
      const durationUs = attempt.trace.durationUs();
      if (outcome.ok) return { ok: true, response: outcome.value, durationUs };
      const { failure, message } = outcome.fault;
      return { ok: false, failure, message: cleanPeerText(message, 500, secrets), durationUs };
    } finally {
      attempt.deadline.stop();
    }
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    this.pools.clear();
    for (const [pool, timer] of this.retired) {
      clearTimeout(timer);
      pool.destroy();
    }
    this.retired.clear();
  }

  private async within(attempt: Attempt, order: CallOrder, secrets: readonly string[]): Promise<Step<CallResponse>> {
    const progress = { phase: 'waiting' as CallPhase };
    const outcome = await withinDeadline(attempt, () =>
      exchangeCall(attempt, this.pool(order), order.request, secrets, (phase) => {
        progress.phase = phase;
      }),
    );
    return outcome.ok || !attempt.deadline.expired ? outcome : timeoutIn(progress.phase, attempt, outcome);
  }

  private pool({ pool: name, proxy, request }: CallOrder): RoutePool {
    const route = proxy ? routeKey(proxy) : '';
    const before = this.routes.get(name);
    if (before !== route) {
      if (before !== undefined) this.retireAll(name);
      this.routes.set(name, route);
    }
    const key = `${name}\n${request.url.origin}\n${route}`;
    let pool = this.pools.get(key);
    if (!pool) {
      pool = new RoutePool();
      this.pools.set(key, pool);
    }
    return pool;
  }

  private retireAll(name: string): void {
    for (const key of [...this.pools.keys()]) if (key.startsWith(`${name}\n`)) this.pools.delete(key);
  }

  private retire(pool: RoutePool): void {
    pool.close();
    if (!pool.busy) return;
    const timer = setTimeout(() => {
      this.retired.delete(pool);
      pool.destroy();
    }, GRACE_MS);
    this.retired.set(pool, timer.unref());
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

/** What a route resolved to. A user has no colon and neither has a line break, so that no two routes have one key. */
function routeKey({ type, host, port, credentials }: ProxyRoute): string {
  return `${type} ${host} ${port}${credentials ? ` ${credentials.user}:${credentials.password}` : ''}`;
}
