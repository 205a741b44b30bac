/** Looks anew at something that must hold for this process to append. Undefined while it does, else one line that says what is amiss. */
export type Condition = () => Promise<string | undefined>;

/** This process must not append as it is: what it would write, others could not read or would have to doubt. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';

  constructor(readonly reasons: readonly string[]) {
    super(reasons.join('; '));
  }
}

/**
 * Whether this process may append, by conditions that others of the same store set too: the same keys, the right time.
 * What was found holds until the next look; whoever is refused for it has caused one.
 */
export class Readiness {
  readonly #conditions: readonly Condition[];
  /** Undefined before the first look. */
  #reasons: readonly string[] | undefined;
  #looking: Promise<readonly string[]> | undefined;

  constructor(conditions: readonly Condition[]) {
    this.#conditions = conditions;
  }

  /** All that is amiss; nothing is when it is empty. When a condition can't be looked at, what was found before holds. */
  look(): Promise<readonly string[]> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Throws `NotReadyError` when the last look found something and one more finds it still. */
  async assertReady(): Promise<void> {
    if (this.#reasons?.length === 0) return;
    const reasons = await this.look();
    if (reasons.length > 0) throw new NotReadyError(reasons);
  }

  async #lookNow(): Promise<readonly string[]> {
    const found = await Promise.all(this.#conditions.map((condition) => condition()));
    this.#reasons = found.filter((reason) => reason !== undefined);
    return this.#reasons;
  }
}
