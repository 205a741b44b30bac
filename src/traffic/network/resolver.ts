import { isIP } from 'node:net';
import { LRUCache } from 'lru-cache';
import { type EndSignal, untilAborted } from '../abort.ts';
import { errorCode } from '../error-code.ts';
import { type Lookup, systemLookup } from './name-lookup.ts';

/** The addresses in the order to try them, or the look-up's error code, such as ENOTFOUND or ESERVFAIL. */
export type Resolution =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly code: string };

/** Look-ups of one actor under way. */
const MOST_OF_ACTOR = 50;
const MOST_REMEMBERED = 10_000;
/** However long its answer may be used: an edited name is found anew within this time. */
const REMEMBERED_MS = 300_000;

interface Remembered {
  readonly addresses: readonly string[];
  /** On the clock of `performance.now()`. */
  readonly until: number;
}

interface UnderWay {
  readonly resolution: Promise<Resolution>;
  /** Ends it. */
  readonly ending: AbortController;
  waiting: number;
}

/**
 * Resolves names. Those who ask for the same one meanwhile share a look-up, which ends with the last of them; what was
 * found is remembered for as long as the answer allows. An actor has few look-ups at once: more wait for their turn.
 */
export class Resolver {
  readonly #lookup: Lookup;
  readonly #mostOfActor: number;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #ofActor = new Map<string, number>();
  readonly #remembered = new LRUCache<string, Remembered>({ max: MOST_REMEMBERED });
  readonly #waiting = new Set<() => void>();

  constructor(lookup: Lookup = systemLookup, mostOfActor = MOST_OF_ACTOR) {
    this.#lookup = lookup;
    this.#mostOfActor = mostOfActor;
  }

  /** Rejects with the signal's reason alone. An IP literal is its own address and waits for nothing. */
  async resolve(host: string, signal: EndSignal, actor = ''): Promise<Resolution> {
    signal.throwIfAborted();
    if (isIP(host) !== 0) return { ok: true, addresses: [host] };
    for (;;) {
      const known = this.#remembered.get(host);
      if (known && performance.now() < known.until) return { ok: true, addresses: known.addresses };
      const underWay = this.#underWay.get(host);
      if (underWay) return this.#await(host, underWay, signal);
      if ((this.#ofActor.get(actor) ?? 0) < this.#mostOfActor) {
        return this.#await(host, this.#start(host, actor), signal);
      }
      await this.#turn(signal);
    }
  }

  #start(host: string, actor: string): UnderWay {
    this.#count(actor, 1);
    const ending = new AbortController();
    const resolution = this.#ask(host, ending.signal).finally(() => {
      this.#count(actor, -1);
      this.#drop(host, underWay);
      for (const wake of this.#waiting) wake();
    });
    const underWay: UnderWay = { resolution, ending, waiting: 0 };
    this.#underWay.set(host, underWay);
    return underWay;
  }

  async #await(host: string, underWay: UnderWay, signal: EndSignal): Promise<Resolution> {
    underWay.waiting += 1;
    try {
      return await untilAborted(underWay.resolution, signal);
    } finally {
      underWay.waiting -= 1;
      if (underWay.waiting === 0) {
        // Whoever asks from now on begins anew.
        this.#drop(host, underWay);
        underWay.ending.abort();
      }
    }
  }

  async #ask(host: string, signal: AbortSignal): Promise<Resolution> {
    try {
      const { addresses, seconds } = await this.#lookup(host, signal);
      if (addresses.length === 0) return { ok: false, code: 'ENODATA' };
      const until = performance.now() + Math.min(seconds * 1000, REMEMBERED_MS);
      if (seconds > 0) this.#remembered.set(host, { addresses, until });
      return { ok: true, addresses };
    } catch (error) {
      return { ok: false, code: errorCode(error) ?? 'EFAIL' };
    }
  }

  #drop(host: string, underWay: UnderWay): void {
    if (this.#underWay.get(host) === underWay) this.#underWay.delete(host);
  }

  #count(actor: string, by: number): void {
    const count = (this.#ofActor.get(actor) ?? 0) + by;
    if (count > 0) this.#ofActor.set(actor, count);
    else this.#ofActor.delete(actor);
  }

  async #turn(signal: EndSignal): Promise<void> {
    let wake = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      wake = resolve;
      this.#waiting.add(wake);
    });
    try {
      await untilAborted(turn, signal);
    } finally {
      this.#waiting.delete(wake);
    }
  }
}

/** One for the process: what it remembers serves everybody. */
export const systemResolver = new Resolver();
