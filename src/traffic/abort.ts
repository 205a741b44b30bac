/** As much of an AbortSignal as is needed to heed it. */
export interface EndSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Settles as the promise does, unless the signal comes first: then it rejects with the signal's reason. */
export async function untilAborted<T>(promise: Promise<T>, signal: EndSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A signal that costs less to make and to listen to than the platform's. */
export class Ending implements EndSignal {
  readonly #listeners = new Set<() => void>();
  #end: { readonly reason: unknown } | undefined;

  get aborted(): boolean {
    return this.#end !== undefined;
  }

  get reason(): unknown {
    return this.#end?.reason;
  }

  throwIfAborted(): void {
    if (this.#end) throw this.#end.reason;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Calls back at the end, also at one that has come, unless the function that it answers is called before. */
  onEnd(callback: () => void): () => void {
    if (this.#end) callback();
    else this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  /** The first one counts. */
  end(reason: unknown): void {
    if (this.#end) return;
    this.#end = { reason };
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}

/** One end for a whole operation: its time, or the caller's signal, whichever comes first. */
export class Deadline extends Ending {
  readonly timeoutMs: number;
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  readonly #caller: EndSignal | undefined;
  #expired = false;

  constructor(timeoutMs: number, caller?: EndSignal) {
    super();
    this.timeoutMs = timeoutMs;
    this.#caller = caller;
    this.#endsAt = performance.now() + timeoutMs;
    this.#timer = setTimeout(() => {
      this.#expired = !this.aborted;
      this.end(new DOMException('the time is up', 'TimeoutError'));
    }, timeoutMs);
    if (caller?.aborted) this.#onCaller();
    else caller?.addEventListener('abort', this.#onCaller, { once: true });
  }

  /** True when the time ran out before the caller aborted. */
  get expired(): boolean {
    return this.#expired;
  }

  remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** To be called when the operation is over: nothing is aborted after it. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onCaller);
  }

  readonly #onCaller = (): void => {
    clearTimeout(this.#timer);
    this.end(this.#caller?.reason);
  };
}
