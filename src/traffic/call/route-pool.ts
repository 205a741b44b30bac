import type { Socket } from 'node:net';
import { type EndSignal, untilAborted } from '../abort.ts';
import type { Step } from '../failures.ts';
import { HttpConnection } from '../http/http-connection.ts';
import type { Attempt } from '../network/attempt.ts';
import { openRoute } from '../proxy/connector.ts';
import { askForLogin } from '../proxy/login-question.ts';
import { KeptMask } from './kept-mask.ts';

/** Sockets of one pool. What exceeds them waits inside its own deadline. */
const MOST_SOCKETS = 20;
/** How long a socket is kept that nothing uses; servers often close theirs after 5 s. */
const IDLE_MS = 4_000;

/** One open route with HTTP spoken on it. It carries one request at a time. */
export interface Lane {
  readonly http: HttpConnection;
  readonly socket: Socket;
  /** Whether it has carried a request before: then the peer may just have closed it. */
  used: boolean;
  /** Whether the pool ended it with a request under way. */
  cut: boolean;
  /** How long the peer says that it keeps the socket when idle; undefined when it does not say. */
  idleMs: number | undefined;
  idleTimer: NodeJS.Timeout | undefined;
}

/**
 * Open routes to one origin by one way. A route is opened by the call that needs it, within that call's own attempt, so
 * that what goes wrong on the way is told to this call and to no other.
 */
export class RoutePool {
  readonly mask = new KeptMask();
  private readonly idle: Lane[] = [];
  private readonly lanes = new Set<Lane>();
  /** Sockets that are open, or being opened. */
  private sockets = 0;
  private readonly waiting: (() => void)[] = [];
  private closing = false;
  /** The latest tunnel held something else than TLS: what it was is looked for in the next one. */
  private metNoTls = false;
  /** Whether a forwarding proxy wants a login; undefined until it has answered that. */
  private wantsLogin: boolean | undefined;
  private asking: Promise<unknown> | undefined;

  get busy(): boolean {
    return this.sockets > this.idle.length;
  }

  /** A lane for one request; `fresh` asks for one that no request has used. Rejects with the attempt's signal's reason. */
  async acquire(attempt: Attempt, fresh = false): Promise<Step<Lane>> {
    for (;;) {
      const lane = fresh ? undefined : this.idle.pop();
      clearTimeout(lane?.idleTimer);
      if (lane?.http.isFree) return { ok: true, value: lane };
      if (lane) continue;
      if (this.sockets < MOST_SOCKETS) return this.open(attempt);
      const stale = fresh ? this.idle.pop() : undefined;
      if (stale) this.discard(stale);
      else await this.turn(attempt.signal);
    }
  }

  /**
   * Finds out, for as long as the pool lives, whether the forwarding proxy wants credentials: whoever comes first asks on
   * their lane, which may be used up by it. Rejects with the attempt's signal's reason.
   */
  async learnLogin(attempt: Attempt, lane: Lane): Promise<void> {
    while (this.wantsLogin === undefined && this.asking) await untilAborted(this.asking, attempt.signal);
    if (this.wantsLogin === undefined) {
      lane.used = true;
      const asking = askForLogin(attempt, lane.http);
      this.asking = asking
        .catch(() => undefined)
        .finally(() => {
          this.asking = undefined;
        });
      const answer = await asking;
      // Without an answer the next call asks again.
      if (answer !== 'unanswered') this.wantsLogin = answer === 'wanted';
    }
    attempt.wantsLogin = this.wantsLogin === true;
  }

  /** Gives a lane back after its request; one that cannot carry another is closed. */
  release(lane: Lane, reusable: boolean): void {
    lane.used = true;
    // The peer closes a moment before the time that it tells is over.
    const idleMs = Math.min(IDLE_MS, (lane.idleMs ?? Number.POSITIVE_INFINITY) - 1_000);
    if (!reusable || this.closing || !lane.http.isFree || idleMs <= 0) {
      this.discard(lane);
      return;
    }
    lane.idleTimer = setTimeout(() => this.discard(lane), idleMs).unref();
    this.idle.push(lane);
    this.wakeOne();
  }

  /** Lets requests under way finish; their lanes close behind them. */
  close(): void {
    this.closing = true;
    for (const lane of this.idle.splice(0)) this.discard(lane);
  }

  /** Ends everything at once. */
  destroy(): void {
    this.closing = true;
    for (const lane of [...this.lanes]) {
      lane.cut = true;
      this.discard(lane);
    }
  }

  private async open(attempt: Attempt): Promise<Step<Lane>> {
    this.sockets += 1;
    let route: Step<Socket> | undefined;
    try {
      attempt.looksIntoTunnel = this.metNoTls;
      route = await openRoute(attempt);
      if (route.ok) this.metNoTls = false;
      else if (route.fault.failure === 'TARGET_NOT_TLS') this.metNoTls = true;
    } finally {
      if (!route?.ok) this.freeSocket();
    }
    if (!route.ok) return route;
    const socket = route.value;
    const http = new HttpConnection(socket);
    const lane: Lane = { http, socket, used: false, cut: false, idleMs: undefined, idleTimer: undefined };
    this.lanes.add(lane);
    socket.once('close', () => this.discard(lane));
    return { ok: true, value: lane };
  }

  private discard(lane: Lane): void {
    const at = this.idle.indexOf(lane);
    if (at >= 0) this.idle.splice(at, 1);
    if (!this.lanes.delete(lane)) return;
    clearTimeout(lane.idleTimer);
    lane.socket.destroy();
    this.freeSocket();
  }

  private freeSocket(): void {
    this.sockets -= 1;
    this.wakeOne();
  }

  private async turn(signal: EndSignal): Promise<void> {
    let wake = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.waiting.push(wake);
    try {
      await untilAborted(turn, signal);
    } catch (error) {
      const at = this.waiting.indexOf(wake);
      if (at >= 0) this.waiting.splice(at, 1);
      // It was this one's turn already: another takes it.
      else this.wakeOne();
      throw error;
    }
  }

  private wakeOne(): void {
    this.waiting.shift()?.();
  }
}
