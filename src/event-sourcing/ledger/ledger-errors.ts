import { StoreUnavailableError } from '../event-store.ts';

/** A command was not taken, or not got to before its deadline; nothing was appended. The message is fit to be told. */
export class NotTakenError extends StoreUnavailableError {}

/** It was not settled in time whether the command's commit is stored. The same idempotency key tells later. */
export class OutcomeUnknownError extends Error {
  override readonly name = 'OutcomeUnknownError';

  constructor(project: string) {
    super(`it is not yet known whether the change to project ${project} was stored`);
  }
}

/** The log did not grow to the position that the caller wanted to see. */
export class PositionNotReachedError extends Error {
  override readonly name = 'PositionNotReachedError';

  constructor(
    readonly wanted: number,
    readonly reached: number,
  ) {
    super(`position ${wanted} was not reached; the log is at ${reached}`);
  }
}

/** A moment was asked for that the log has not come to, or that is not in it any more. */
export class BeyondHeadError extends Error {
  override readonly name = 'BeyondHeadError';

  constructor(
    readonly wanted: number,
    readonly head: number,
    /** What is said of the head. */
    state: 'is at' | 'was replaced and is at' = 'is at',
  ) {
    super(`position ${wanted} is beyond the head of the log, which ${state} ${head}`);
  }
}
