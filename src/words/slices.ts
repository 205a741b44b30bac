/**
 * Milliseconds for which work that is done in slices holds the event loop at a time; all such work of the process
 * together, however many requests have some.
 */
export const SLICE_MS = 10;

/** When the slice that is under way must end (`performance.now`); undefined while there is none. */
let ends: number | undefined;
/** Who wants the next slices, in the order of coming. */
const waiting: (() => void)[] = [];

/** Whether the slice is used up; if it is, work goes on behind `nextSlice`. To be asked at least every millisecond of it. */
export function isSliceOver(): boolean {
  const now = performance.now();
  if (ends === undefined) {
    ends = now + SLICE_MS;
    setImmediate(endSlice);
  }
  return now >= ends;
}

/**
 * Resolves when it is the caller's turn again: everything else that the process has to do, and what waited before, comes
 * first. Throws the signal's reason when that was aborted meanwhile, for then nobody waits for the work any more.
 */
export async function nextSlice(signal?: Pick<AbortSignal, 'throwIfAborted'>): Promise<void> {
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(wakeFirst);
  });
  signal?.throwIfAborted();
}

interface Small {
  readonly begin: () => void;
  readonly fail: (reason: unknown) => void;
}

/** So many microtasks behind its beginning, what is small has been done, or waits for something else. */
const HOPS = 5;

/** The slices of one piece of work that goes on in many places at once. */
export class Slices {
  private small: Small[] = [];
  private isServing = false;

  /** @param signal aborted when nobody waits for the work any more */
  constructor(private readonly signal: AbortSignal) {}

  /** The next slice, for something large. Throws the signal's reason. */
  next(): Promise<void> {
    return nextSlice(this.signal);
  }

  /** A part of the next slices, for something small: one after the other, as far as they last. Throws the signal's reason. */
  some(): Promise<void> {
    return new Promise((begin, fail) => {
      this.small.push({ begin, fail });
      if (!this.isServing) void this.serve();
    });
  }

  private async serve(): Promise<void> {
    this.isServing = true;
    while (this.small.length > 0) {
      const served = this.small;
      this.small = [];
      for (const { begin, fail } of served) {
        if (isSliceOver() && !this.signal.aborted) await nextSlice();
        if (this.signal.aborted) fail(this.signal.reason);
        else begin();
        for (let hop = 0; hop < HOPS; hop += 1) await undefined;
      }
    }
    this.isServing = false;
  }
}

function endSlice(): void {
  ends = undefined;
}

/** One in each turn of the event loop. */
function wakeFirst(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(wakeFirst);
}
