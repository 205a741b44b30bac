/** Of what was typed, in this tab alone, while the page is loaded anew or gone to the issuer from. */
const KEY = 'proxy-ledger.drafts';

/** What is typed and not saved, by the form's address. It outlives a reload; secrets are never put here. */
class Drafts {
  private readonly drafts = new Map<string, object>();
  private isLeaving = false;
  private isDropped = false;

  constructor(private readonly storage: Storage) {
    const kept = storage.getItem(KEY);
    storage.removeItem(KEY);
    if (kept !== null) for (const [key, draft] of JSON.parse(kept) as [string, object][]) this.drafts.set(key, draft);
  }

  get(key: string): object | undefined {
    return this.drafts.get(key);
  }

  set(key: string, draft: object): void {
    this.drafts.set(key, draft);
    this.isDropped = false;
  }

  forget(key: string): void {
    this.drafts.delete(key);
  }

  /** The page is left for the issuer, and comes back: nobody has to be asked. */
  leave(): void {
    this.isLeaving = true;
  }

  stay(): void {
    this.isLeaving = false;
  }

  /** Whoever typed it signs out: it is not for whoever comes next. */
  drop(): void {
    this.isDropped = true;
  }

  /** Whether somebody has to be asked before the page goes: not about a request, which nobody saves. */
  get wouldBeLost(): boolean {
    return !this.isLeaving && [...this.drafts.keys()].some((key) => !key.endsWith('/runtime'));
  }

  keep(): void {
    if (this.drafts.size > 0 && !this.isDropped) this.storage.setItem(KEY, JSON.stringify([...this.drafts]));
  }
}

export const drafts = new Drafts(sessionStorage);

// A tab that is closed asks first.
addEventListener('beforeunload', (event) => {
  if (drafts.wouldBeLost) event.preventDefault();
});
addEventListener('pagehide', () => drafts.keep());
