import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStore, type ProjectRange, StoreUnavailableError } from '../event-store.ts';

/** So many keys are looked up, or noted, at once. */
const KEYS_AT_ONCE = 500;
/** What is missing beyond so many is left to the next load of its ledger, or the next start. */
const MOST_MISSING = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * The keys of all projects, for lists. The log alone says that a project is there; its entry here is made behind the
 * first commit, and made again whenever it turns out to be missing: at a start, and when a ledger is loaded.
 */
export class Catalogue {
  private readonly missing = new Set<string>();
  private pause = FIRST_PAUSE_MS;
  private retry: NodeJS.Timeout | undefined;
  /** The attempt under way, or the last one; never rejects. */
  private last: Promise<unknown> = Promise.resolve();
  private next: Promise<unknown> | undefined;

  constructor(
    private readonly store: Pick<EventStore, 'registerProjects' | 'projects' | 'countProjects' | 'projectsWithCommits'>,
    /** Told of what could not be noted yet. */
    private readonly warn: (message: string, details: object) => void,
    /** Aborted when the process wants to end. */
    private readonly stopped: AbortSignal,
  ) {}

  /** Notes a project whose first commit is stored. Whatever this throws, it is tried again until it succeeds. */
  async add(project: string): Promise<void> {
    try {
      await this.store.registerProjects([project]);
    } catch (error) {
      this.found(project);
      throw error;
    }
  }

  /** Notes, soon, a project that was found to have a log. */
  found(project: string): void {
    if (!isOfProject(project)) return;
    if (this.missing.size < MOST_MISSING) this.missing.add(project);
    void this.settle();
  }

  /** Keys in the order of their code units, those included that were found before. */
  async projects(range: ProjectRange): Promise<string[]> {
    await this.settle();
    return this.store.projects(range);
  }

  async count(): Promise<number> {
    await this.settle();
    return this.store.countProjects();
  }

  /** Notes every project of the store, however long that takes; ends early when the process does. */
  async repair(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    for (let after: string | undefined; !this.stopped.aborted; ) {
      try {
        const keys = await this.store.projectsWithCommits(after, KEYS_AT_ONCE);
        const projects = keys.filter(isOfProject);
        if (projects.length > 0) await this.store.registerProjects(projects);
        if (keys.length < KEYS_AT_ONCE) return;
        after = keys.at(-1);
        pause = FIRST_PAUSE_MS;
        await new Promise(setImmediate);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        this.tell(error);
        // An abort ends the pause as well as the walk.
        await sleep(pause, undefined, { signal: this.stopped, ref: false }).catch(() => undefined);
        pause = Math.min(pause * 4, LONGEST_PAUSE_MS);
      }
    }
  }

  /** Tries to note what is missing. Callers that come while an attempt is under way share the next one. */
  private settle(): Promise<unknown> {
    if (this.missing.size === 0) return this.last;
    this.next ??= this.last.then(() => {
      this.next = undefined;
      this.last = this.noteMissing();
      return this.last;
    });
    return this.next;
  }

  private async noteMissing(): Promise<void> {
    clearTimeout(this.retry);
    try {
      while (this.missing.size > 0) {
        const keys = [...this.missing].slice(0, KEYS_AT_ONCE);
        await this.store.registerProjects(keys);
        for (const key of keys) this.missing.delete(key);
      }
      this.pause = FIRST_PAUSE_MS;
    } catch (error) {
      if (this.stopped.aborted) return;
      this.tell(error);
      this.retry = setTimeout(() => void this.settle(), this.pause).unref();
      this.pause = Math.min(this.pause * 4, LONGEST_PAUSE_MS);
    }
  }

  private tell(error: unknown): void {
    if (!this.stopped.aborted) this.warn('the catalogue of projects is not complete yet', { err: error });
  }
}

/** Logs that are of no project have a key that no project can have. */
function isOfProject(log: string): boolean {
  return !log.startsWith('$');
}
