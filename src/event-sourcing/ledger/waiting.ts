import type { Envelope, Outcome } from './command.ts';
import { KeyInUse } from './key-in-use.ts';
import { NotTakenError, OutcomeUnknownError } from './ledger-errors.ts';

/** When a command is told, at the latest, that nothing was appended, or that its outcome is not known. */
const ANSWER_WITHIN_MS = 10_000;
/** How long an append that was sent shortly before may take to tell. */
const LAST_WORD_MS = 2_000;

interface Receiver<View, Refusal> {
  answer(outcome: Outcome<View, Refusal>): void;
  fail(error: unknown): void;
}

/** A command that waits for its outcome, until its deadline. */
export class Waiting<View, Command, Refusal> {
  readonly key: KeyInUse;
  private done = false;
  private isOverdue = false;
  private sentAt: number | undefined;
  private timer: NodeJS.Timeout;

  constructor(
    private readonly project: string,
    readonly envelope: Envelope<Command>,
    private readonly receiver: Receiver<View, Refusal>,
  ) {
    this.key = new KeyInUse(project, envelope);
    this.timer = setTimeout(() => this.expire(), ANSWER_WITHIN_MS);
  }

  /** It was answered, be it with an error, and must not be decided any more. */
  get isDone(): boolean {
    return this.done;
  }

  /** Told that a commit of it was sent to the store. */
  sent(): void {
    this.sentAt = performance.now();
  }

  /** Told that the commit that was sent is not stored, and never will be. */
  lost(): void {
    this.sentAt = undefined;
    if (this.isOverdue) this.expire();
  }

  answer(outcome: Outcome<View, Refusal>): void {
    if (this.end()) this.receiver.answer(outcome);
  }

  fail(error: unknown): void {
    if (this.end()) this.receiver.fail(error);
  }

  private end(): boolean {
    clearTimeout(this.timer);
    const isFirst = !this.done;
    this.done = true;
    return isFirst;
  }

  private expire(): void {
    this.isOverdue = true;
    clearTimeout(this.timer);
    if (this.sentAt === undefined) {
      this.fail(new NotTakenError(`a change of project ${this.project} could not be appended in time`));
      return;
    }
    const left = this.sentAt + LAST_WORD_MS - performance.now();
    if (left > 0) this.timer = setTimeout(() => this.expire(), left);
    else this.fail(new OutcomeUnknownError(this.project));
  }
}

/** Those that still wait. */
export function undone<T extends { readonly isDone: boolean }>(commands: readonly T[]): readonly T[] {
  return commands.filter(({ isDone }) => !isDone);
}
