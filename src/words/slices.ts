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
export async function nextSlice(signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(wakeFirst);
  });
  signal?.throwIfAborted();
}

function endSlice(): void {
  ends = undefined;
}

/** One in each turn of the event loop. */
function wakeFirst(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(wakeFirst);
}
