import type { EndSignal } from '../abort.ts';

/** How long an address may leave a try without an outcome until the next one is tried beside it: RFC 8305 §5 has 250 ms. */
export const BESIDE_MS = 300;

export interface FailedAddress {
  readonly address: string;
  /** Such as ECONNREFUSED. */
  readonly code: string;
}

export type RaceOutcome<T> =
  | { readonly winner: T; readonly address: string }
  /** In the order of their outcomes; `open` had none when the signal ended the race. */
  | { readonly winner?: never; readonly failed: readonly FailedAddress[]; readonly open: readonly string[] };

/**
 * Begins to connect; tells once, and not before it has returned, what came of it: a socket, or the code of what went wrong.
 * Answers how to end it, whatever has come of it.
 */
export type Dial<T> = (address: string, tell: (outcome: T | string) => void) => () => void;

/**
 * Tries different addresses in their order, as RFC 8305 §5 has it: the next one when one has failed, or beside those that
 * have no outcome after `BESIDE_MS`. The first to connect wins, and the others are ended at once.
 */
export function raceToConnect<T extends object>(
  addresses: readonly string[],
  dial: Dial<T>,
  signal: EndSignal,
): Promise<RaceOutcome<T>> {
  signal.throwIfAborted();
  return new Promise((resolve) => {
    const underWay = new Map<string, () => void>();
    const failed: FailedAddress[] = [];
    let tried = 0;
    let timer: NodeJS.Timeout | undefined;

    const finish = (outcome: RaceOutcome<T>): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      for (const end of underWay.values()) end();
      underWay.clear();
      resolve(outcome);
    };
    const onAbort = (): void => finish({ failed, open: [...underWay.keys()] });
    const tryNext = (): void => {
      clearTimeout(timer);
      const address = addresses[tried];
      if (address === undefined) return;
      tried += 1;
      if (tried < addresses.length) timer = setTimeout(tryNext, BESIDE_MS);
      const end = dial(address, (outcome) => {
        if (underWay.get(address) !== end) return;
        underWay.delete(address);
        if (typeof outcome !== 'string') {
          finish({ winner: outcome, address });
          return;
        }
        failed.push({ address, code: outcome });
        tryNext();
        if (underWay.size === 0) finish({ failed, open: [] });
      });
      underWay.set(address, end);
    };

    signal.addEventListener('abort', onAbort, { once: true });
    tryNext();
    if (underWay.size === 0) finish({ failed, open: [] });
  });
}
