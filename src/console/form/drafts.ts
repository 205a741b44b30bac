/** What is typed and not saved, by the form's address, for the life of the page. Secrets are never put here. */
class Drafts {
  private readonly drafts = new Map<string, object>();

  get(key: string): object | undefined {
    return this.drafts.get(key);
  }

  set(key: string, draft: object): void {
    this.drafts.set(key, draft);
  }

  forget(key: string): void {
    this.drafts.delete(key);
  }

  get isEmpty(): boolean {
    return this.drafts.size === 0;
  }

  /** For when the page is left to sign in. */
  toJson(): string {
    return JSON.stringify([...this.drafts]);
  }

  /** When it is back. */
  fromJson(text: string): void {
    for (const [key, draft] of JSON.parse(text) as [string, object][]) this.drafts.set(key, draft);
  }
}

export const drafts = new Drafts();

// A tab that is closed asks first.
addEventListener('beforeunload', (event) => {
  if (!drafts.isEmpty) event.preventDefault();
});
