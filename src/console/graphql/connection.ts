/** Whether the server is reached, as far as requests and the socket of an open project have shown. */
export interface Reach {
  /** Whether the last request was answered. */
  readonly requests: boolean;
  /** Whether changes by others come in; true where nobody follows them. */
  readonly changes: boolean;
}

export class Connection {
  private reach: Reach = { requests: true, changes: true };
  private readonly listeners = new Set<() => void>();

  readonly current = (): Reach => this.reach;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  note(seen: Partial<Reach>): void {
    const reach = { ...this.reach, ...seen };
    if (reach.requests === this.reach.requests && reach.changes === this.reach.changes) return;
    this.reach = reach;
    for (const listener of this.listeners) listener();
  }
}
