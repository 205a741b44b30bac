import type { TrafficFailure } from '../failures.ts';

/** What tells that a proxy speaks for itself. */
export interface Mark {
  /** In words of ours alone: fit to be shown even where the answer may be the target's. Undefined: nothing to show. */
  readonly name: string | undefined;
  /** What the mark says more than the status does. */
  readonly failure?: TrafficFailure | undefined;
  /** What that means and what to check, as the end of a sentence; left out: what the failure always means. */
  readonly advice?: string | undefined;
  /** What the proxy wrote, as it came: to be shown, cleaned, where only the proxy can have written it. */
  readonly text?: string | undefined;
}

/** What is known of the request and not in its answer. */
export interface Asked {
  readonly isConnect: boolean;
  /** The target is named by an address. */
  readonly byAddress: boolean;
}
