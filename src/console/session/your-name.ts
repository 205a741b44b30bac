const KEY = 'proxy-ledger.your-name';

/** Goes out as X-Actor, and is kept in the browser. */
export class YourName {
  private readonly listeners = new Set<() => void>();

  constructor(private readonly storage: Storage) {}

  /** Empty: nobody has said. */
  readonly current = (): string => this.storage.getItem(KEY) ?? '';

  change(name: string): void {
    const trimmed = name.trim();
    if (trimmed === '') this.storage.removeItem(KEY);
    else this.storage.setItem(KEY, trimmed);
    for (const listener of this.listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}
