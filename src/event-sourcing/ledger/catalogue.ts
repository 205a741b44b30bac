import { LRUCache } from 'lru-cache';
import { isWellFormed } from '../../words/text.ts';
import type { CatalogueEntry, ProjectRange } from '../event-store.ts';
import { ProjectStoppedError } from '../project-stopped.ts';
import type { CatalogueParts, KnownAccess } from './catalogue-parts.ts';
import { repairCatalogue } from './catalogue-repair.ts';
import { isCommitThere } from './is-commit-there.ts';

/** So many projects are noted at once, */
const PROJECTS_AT_ONCE = 100;
/** and so many readers with them, unless one project alone has more. */
const READERS_AT_ONCE = 2_000;
/** Of what was found without anybody to read it, what is beyond so many is left to the next load of its ledger. */
const MOST_WAITING = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** Answers are kept for so long where other processes may change them, */
const KEPT_MS = 800;
/** and so many, whose questions have so many characters in all. */
const MOST_KEPT = 10_000;
const MOST_CHARACTERS_KEPT = 4_000_000;

/**
 * The keys of all projects, and who may read each. The logs alone say so; what is here is made behind the commit that
 * changes it, and made again whenever it turns out to be missing or wrong: at a start, and when a ledger reads on. It is
 * for finding projects without opening their ledgers, and decides nothing: what is found is judged again.
 */
export class Catalogue {
  /** What is to be noted: what was found last of each project. */
  private readonly waiting = new Map<string, KnownAccess>();
  /** By project, the access commit that is known to be noted. */
  private readonly noted = new LRUCache<string, string>({ max: MOST_KEPT });
  /** Who was found to read what, and who was not, by the question; none of an entry that was noted since. */
  private readonly kept: LRUCache<string, boolean>;
  private readonly lookUps = new Map<string, Promise<boolean>>();
  private pause = FIRST_PAUSE_MS;
  private retry: NodeJS.Timeout | undefined;
  /** The attempt under way, or the last one, with what it failed of; never rejects. */
  private last: Promise<unknown> = Promise.resolve();
  private next: Promise<unknown> | undefined;

  constructor(private readonly parts: CatalogueParts) {
    this.kept = new LRUCache({
      max: MOST_KEPT,
      maxSize: MOST_CHARACTERS_KEPT,
      sizeCalculation: (_, question) => question.length,
      ...(parts.store.shared && { ttl: KEPT_MS }),
    });
  }

  /** Notes who may read a project by a commit that is stored. Whatever this throws, it is tried again until it succeeds. */
  async add(project: string, access: KnownAccess): Promise<void> {
    this.found(project, access);
    if (!this.waiting.has(project)) return;
    const error = await this.settle();
    if (error !== undefined && this.waiting.has(project)) throw error;
  }

  /** Notes, soon, who may read a project by its log, if that is not known to be noted. */
  found(project: string, access: KnownAccess): void {
    if (!this.parts.isProject(project) || this.noted.get(project) === access.commitId) return;
    // It is being tried.
    if (this.waiting.get(project)?.commitId === access.commitId) return;
    if (access.commitId === '' && this.waiting.size >= MOST_WAITING) return;
    this.waiting.set(project, access);
    void this.settle();
  }

  /**
   * Whether one of these may read a project: as of a second ago or later, and by what this process found. One look-up by
   * them and the key, alike for all keys: it takes no longer where there is a project that others may read.
   */
  async isReadBy(project: string, readers: readonly string[]): Promise<boolean> {
    const some = readers.filter(isReader);
    if (await this.lookUp(project, some)) return true;
    return (
      this.waiting
        .get(project)
        ?.readers()
        .some((reader) => some.includes(reader)) ?? false
    );
  }

  /** Keys in the order of their code units, those included that were found before. */
  async projects(range: ProjectRange): Promise<string[]> {
    await this.settle();
    const { readers } = range;
    return this.parts.store.projects({ ...range, ...(readers && { readers: readers.filter(isReader) }) });
  }

  /** @param readers only projects that one of these may read; left out: all */
  async count(readers?: readonly string[]): Promise<number> {
    await this.settle();
    return this.parts.store.countProjects(readers?.filter(isReader));
  }

  /** Corrects the entries of all projects by their logs, however long that takes; ends early when the process does. */
  async repair(): Promise<void> {
    await repairCatalogue(this.parts, {
      correct: async (wrong) => {
        for (const [project, access] of wrong) this.waiting.set(project, access);
        const error = await this.settle();
        if (error !== undefined) throw error;
      },
      tell: (error) => this.tell(error),
    });
  }

  private lookUp(project: string, readers: readonly string[]): boolean | Promise<boolean> {
    const question = JSON.stringify([project, readers]);
    const known = this.kept.get(question) ?? this.lookUps.get(question);
    if (known !== undefined) return known;
    const start = performance.now();
    const isNewest = () => this.lookUps.get(question) === lookUp;
    const keep = (isRead: boolean): boolean => {
      // Else something was noted meanwhile.
      if (isNewest()) this.kept.set(question, isRead, { start });
      return isRead;
    };
    const end = () => {
      if (isNewest()) this.lookUps.delete(question);
    };
    const lookUp: Promise<boolean> = this.parts.store.isReadBy(project, readers).then(keep).finally(end);
    this.lookUps.set(question, lookUp);
    return lookUp;
  }

  /** Tries to note what waits. Callers that come while an attempt is under way share the next one. */
  private settle(): Promise<unknown> {
    if (this.waiting.size === 0) return this.last;
    this.next ??= this.last.then(() => {
      this.next = undefined;
      this.last = this.noteWaiting();
      return this.last;
    });
    return this.next;
  }

  private async noteWaiting(): Promise<unknown> {
    clearTimeout(this.retry);
    try {
      while (this.waiting.size > 0) await this.noteSome(new Map([...this.waiting].slice(0, PROJECTS_AT_ONCE)));
      this.pause = FIRST_PAUSE_MS;
      return undefined;
    } catch (error) {
      if (this.parts.stopped.aborted) return error;
      this.tell(error);
      this.retry = setTimeout(() => void this.settle(), this.pause).unref();
      this.pause = Math.min(this.pause * 4, LONGEST_PAUSE_MS);
      return error;
    }
  }

  private async noteSome(some: ReadonlyMap<string, KnownAccess>): Promise<void> {
    const { store } = this.parts;
    const projects = [...some.keys()];
    await store.registerProjects(projects);
    const there = new Map((await store.catalogueEntries(projects)).map((entry) => [entry.project, entry]));
    const entries: CatalogueEntry[] = [];
    for (const [project, access] of some) {
      const { position, commitId } = access;
      const mayBeNoted = await this.makesRoom(there.get(project), access);
      const readers = () => [...new Set(access.readers())].filter(isReader);
      if (mayBeNoted && commitId !== '') entries.push({ project, position, commitId, readers: readers() });
    }
    for (const part of inParts(entries)) await store.noteCatalogueEntries(part);
    // Of all projects, as it happens seldom.
    this.lookUps.clear();
    this.kept.clear();
    for (const [project, access] of some) {
      this.noted.set(project, access.commitId);
      if (this.waiting.get(project) === access) this.waiting.delete(project);
    }
  }

  /**
   * Whether what was found is to be noted where that entry is: one of a commit behind it stays, as another process was
   * faster, unless that commit is in the log no more.
   */
  private async makesRoom(entry: CatalogueEntry | undefined, { position, commitId }: KnownAccess): Promise<boolean> {
    if (!entry || entry.position < position) return true;
    if (entry.commitId === commitId) return false;
    try {
      if (await isCommitThere(this.parts.store, entry)) return false;
    } catch (error) {
      if (error instanceof ProjectStoppedError) return false;
      throw error;
    }
    await this.parts.store.dropCatalogueEntry(entry);
    return true;
  }

  private tell(error: unknown): void {
    if (!this.parts.stopped.aborted) this.parts.warn('the catalogue of projects is not complete yet', { err: error });
  }
}

/** Nobody can be granted anything under a text of another form, which stores do not take. */
function isReader(text: string): boolean {
  return isWellFormed(text) && !text.includes('\0');
}

function* inParts(entries: readonly CatalogueEntry[]): Iterable<readonly CatalogueEntry[]> {
  let part: CatalogueEntry[] = [];
  let readers = 0;
  for (const entry of entries) {
    readers += entry.readers.length;
    if (part.length > 0 && readers > READERS_AT_ONCE) {
      yield part;
      part = [];
      readers = entry.readers.length;
    }
    part.push(entry);
  }
  if (part.length > 0) yield part;
}
