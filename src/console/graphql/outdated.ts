/** How much of what is shown is of another moment than the one that is asked about. */
export class Outdated {
  private count = 0;
  private readonly listeners = new Set<() => void>();

  readonly isAny = (): boolean => this.count > 0;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** @returns takes it back */
  add(): () => void {
    this.change(1);
    return () => this.change(-1);
  }

  private change(by: 1 | -1): void {
    const before = this.isAny();
    this.count += by;
    if (this.isAny() === before) return;
    for (const listener of this.listeners) listener();
  }
}
