import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { untilAborted } from '../abort.ts';
import { errorCode } from '../error-code.ts';

export type Lookup = (host: string) => Promise<readonly string[]>;

/** The addresses in the order to try them, or the look-up's error code, such as ENOTFOUND or EAI_AGAIN. */
export type Resolution =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly code: string };

/**
 * Resolves names with few look-ups at once. `dns.lookup` can't be cancelled and holds one of the process's four pool
 * threads until the name server answers or not, so a dead name server must not take them all; what waits for its turn
 * leaves with its signal, and those who ask for the same name meanwhile share one look-up.
 */
export class Resolver {
  readonly #lookup: Lookup;
  readonly #atOnce: number;
  readonly #underWay = new Map<string, Promise<Resolution>>();
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(lookup: Lookup = systemLookup, atOnce = 2) {
    this.#lookup = lookup;
    this.#atOnce = atOnce;
  }

  /** Rejects with the signal's reason alone. An IP literal is its own address and waits for nothing. */
  async resolve(host: string, signal: AbortSignal): Promise<Resolution> {
    signal.throwIfAborted();
    if (isIP(host) !== 0) return { ok: true, addresses: [host] };
    while (!this.#underWay.has(host) && this.#running >= this.#atOnce) await this.#turn(signal);
    return untilAborted(this.#underWay.get(host) ?? this.#start(host), signal);
  }

  #start(host: string): Promise<Resolution> {
    this.#running += 1;
    const resolution = this.#ask(host).finally(() => {
      this.#running -= 1;
      this.#underWay.delete(host);
      for (const wake of this.#waiting) wake();
    });
    this.#underWay.set(host, resolution);
    return resolution;
  }

  async #ask(host: string): Promise<Resolution> {
    try {
      const addresses = await this.#lookup(host);
      return addresses.length > 0 ? { ok: true, addresses } : { ok: false, code: 'ENODATA' };
    } catch (error) {
      return { ok: false, code: errorCode(error) ?? 'EFAIL' };
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
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

/** One for the process, as the threads that it spares are the process's. */
export const systemResolver = new Resolver();

async function systemLookup(host: string): Promise<string[]> {
  return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
}
