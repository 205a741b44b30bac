/** Counts what each of many holds at the same time, up to a limit. */
export class IdentityCounts {
  /** Only those who hold something. */
  private readonly held = new Map<string, number>();

  constructor(readonly most: number) {}

  /** Counts one more, unless that is too many; answers what lets go of it, which may be called again. */
  take(who: string): (() => void) | undefined {
    const held = this.held.get(who) ?? 0;
    if (held >= this.most) return undefined;
    this.held.set(who, held + 1);
    let isHeld = true;
    return () => {
      if (isHeld) this.letGo(who);
      isHeld = false;
    };
  }

  /** How many hold something. */
  get size(): number {
    return this.held.size;
  }

  private letGo(who: string): void {
    const left = (this.held.get(who) ?? 0) - 1;
    if (left > 0) this.held.set(who, left);
    else this.held.delete(who);
  }
}
