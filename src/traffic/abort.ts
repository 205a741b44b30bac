/** Settles as the promise does, unless the signal comes first: then it rejects with the signal's reason. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
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

/** One end for a whole operation: its time, or the caller's signal, whichever comes first. */
export class Deadline {
  readonly timeoutMs: number;
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  readonly #onEnd = new Set<() => void>();
  /** Made when it is asked for: most operations on a kept connection never need one. */
  #controller: AbortController | undefined;
  #end: { readonly reason: unknown } | undefined;
  #expired = false;

  constructor(timeoutMs: number, caller?: AbortSignal) {
    this.timeoutMs = timeoutMs;
    this.#caller = caller;
    this.#endsAt = performance.now() + timeoutMs;
    this.#timer = setTimeout(() => {
      this.#expired = this.#end === undefined;
      this.#finish(new DOMException('the time is up', 'TimeoutError'));
    }, timeoutMs);
    if (caller?.aborted) this.#onCaller();
    else caller?.addEventListener('abort', this.#onCaller, { once: true });
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#end) this.#controller.abort(this.#end.reason);
    }
    return this.#controller.signal;
  }

  /** True when the time ran out before the caller aborted. */
  get expired(): boolean {
    return this.#expired;
  }

  remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  throwIfOver(): void {
    if (this.#end) throw this.#end.reason;
  }

  /** Calls back at the end, unless the function that it answers is called before. */
  onEnd(callback: () => void): () => void {
    if (this.#end) callback();
    else this.#onEnd.add(callback);
    return () => this.#onEnd.delete(callback);
  }

  /** To be called when the operation is over: nothing is aborted after it. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onCaller);
  }

  readonly #onCaller = (): void => {
    clearTimeout(this.#timer);
    this.#finish(this.#caller?.reason);
  };

  #finish(reason: unknown): void {
    if (this.#end) return;
    this.#end = { reason };
    this.#controller?.abort(reason);
    for (const callback of this.#onEnd) callback();
  }
}
