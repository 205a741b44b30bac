import { claimOfKey, type SealedCommit } from '../../event-sourcing/event.ts';
import {
  type AppendResult,
  type CatalogueEntry,
  type CommitRange,
  type CountRange,
  type EventStore,
  type Head,
  type ProjectRange,
  StoreUnavailableError,
  type TokenUse,
} from '../../event-sourcing/event-store.ts';
import { assertAppendable } from '../commit-index.ts';
import {
  countProjects,
  dropEntry,
  findEntry,
  findTokenUses,
  isReadBy,
  listProjects,
  noteEntry,
  noteTokenUse,
  registerProjects,
} from './catalogue-rows.ts';
import { boundsOf, positions } from './commit-positions.ts';
import { commitsAt, insertCommit } from './commit-rows.ts';
import { type SqliteConnection, UnsureCommitError } from './connection.ts';
import { countEvents } from './event-counts.ts';

/** So many positions are looked up at once, and so many commits are read before other work gets its turn. */
const PAGE = 256;

/** Commits in one SQLite file, which belongs to one process. */
export class SqliteEventStore implements EventStore {
  readonly shared = false;
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async append(commits: readonly SealedCommit[]): Promise<AppendResult> {
    assertAppendable(commits);
    const first = commits[0];
    if (!first) return { landed: 0, outcome: 'all' };
    try {
      return this.#connection.transaction(() => this.#insert(first.commit.project, commits));
    } catch (cause) {
      if (cause instanceof UnsureCommitError) return { landed: 0, outcome: 'unknown', cause };
      throw cause;
    }
  }

  async head(project: string): Promise<Head | undefined> {
    return this.#head(project);
  }

  async *read(project: string, range: CommitRange = {}): AsyncIterable<SealedCommit> {
    const { direction = 'forwards', where = {} } = range;
    let bounds = boundsOf(this.#connection, project, range);
    for (let left = range.limit ?? Number.POSITIVE_INFINITY; left > 0; ) {
      const limit = Math.min(left, PAGE);
      const page = positions(this.#connection, project, { bounds, where, direction, limit });
      yield* commitsAt(this.#connection, project, page);
      const last = page.at(-1);
      if (last === undefined || page.length < limit) return;
      bounds = direction === 'forwards' ? { ...bounds, after: last } : { ...bounds, upTo: last - 1 };
      left -= page.length;
      // A long replay must not keep the process from its other work.
      await new Promise(setImmediate);
    }
  }

  async hasCommitAt(project: string, position: number): Promise<boolean> {
    return this.#hashAt(project, position) !== undefined;
  }

  async headHints(projects: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const hints = projects.map((project) => [project, this.#head(project)?.hash ?? ''] as const);
    return new Map(hints.filter(([, hash]) => hash !== ''));
  }

  async clock(): Promise<undefined> {
    return undefined;
  }

  async countEvents(project: string, range: CountRange, signal?: AbortSignal): Promise<number> {
    return countEvents(this.#connection, project, range, signal);
  }

  async findByIdempotencyKey(project: string, actorId: string, key: string): Promise<SealedCommit | undefined> {
    const position = this.#positionOf(project, claimOfKey(actorId, key));
    if (position === undefined) return undefined;
    const [sealed] = commitsAt(this.#connection, project, [position]);
    return sealed;
  }

  async registerProjects(keys: readonly string[]): Promise<void> {
    this.#write(() => registerProjects(this.#connection, keys));
  }

  async projects(range: ProjectRange): Promise<string[]> {
    return listProjects(this.#connection, range);
  }

  async countProjects(readers?: readonly string[]): Promise<number> {
    return countProjects(this.#connection, readers);
  }

  async isReadBy(project: string, readers: readonly string[]): Promise<boolean> {
    return isReadBy(this.#connection, project, readers);
  }

  async catalogueEntries(projects: readonly string[]): Promise<CatalogueEntry[]> {
    return projects.flatMap((project) => findEntry(this.#connection, project) ?? []);
  }

  async noteCatalogueEntries(entries: readonly CatalogueEntry[]): Promise<void> {
    this.#write(() => {
      for (const entry of entries) noteEntry(this.#connection, entry);
    });
  }

  async dropCatalogueEntry(entry: Omit<CatalogueEntry, 'readers'>): Promise<void> {
    this.#write(() => dropEntry(this.#connection, entry));
  }

  async noteTokenUses(uses: readonly TokenUse[]): Promise<void> {
    this.#write(() => {
      for (const use of uses) noteTokenUse(this.#connection, use);
    });
  }

  async tokenUses(project: string, tokenIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return findTokenUses(this.#connection, project, tokenIds);
  }

  async projectsWithCommits(after: string | undefined, limit: number): Promise<string[]> {
    const rows = this.#connection.all(
      `WITH RECURSIVE known (project) AS (
          SELECT min(project) FROM commits WHERE project > ?
          UNION ALL
          SELECT (SELECT min(project) FROM commits WHERE project > known.project) FROM known WHERE project IS NOT NULL
          LIMIT ?
        )
        SELECT project FROM known WHERE project IS NOT NULL`,
      after ?? '',
      limit,
    );
    return (rows as { project: string }[]).map(({ project }) => project);
  }

  async ping(): Promise<void> {
    this.#connection.get('SELECT count(*) AS n FROM sqlite_schema');
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #head(project: string): Head | undefined {
    const row = this.#connection.get(
      'SELECT position, hash FROM commits WHERE project = ? ORDER BY position DESC LIMIT 1',
      project,
    ) as Head | undefined;
    return row && { position: row.position, hash: row.hash };
  }

  #insert(project: string, commits: readonly SealedCommit[]): AppendResult {
    let head = this.#head(project)?.position ?? 0;
    let landed = 0;
    for (const sealed of commits) {
      const { position } = sealed.commit;
      if (position <= head) {
        if (this.#hashAt(project, position) !== sealed.hash) return { landed, outcome: 'conflict' };
      } else {
        if (position !== head + 1 || !insertCommit(this.#connection, sealed)) return { landed, outcome: 'conflict' };
        head = position;
      }
      landed += 1;
    }
    return { landed, outcome: 'all' };
  }

  #hashAt(project: string, position: number): string | undefined {
    const row = this.#connection.get('SELECT hash FROM commits WHERE project = ? AND position = ?', project, position);
    return (row as { hash: string } | undefined)?.hash;
  }

  #positionOf(project: string, claim: string): number | undefined {
    const row = this.#connection.get('SELECT position FROM commits WHERE project = ? AND claim = ?', project, claim);
    return (row as { position: number } | undefined)?.position;
  }

  #write(work: () => void): void {
    try {
      this.#connection.transaction(work);
    } catch (cause) {
      if (cause instanceof UnsureCommitError) throw new StoreUnavailableError(cause.message, { cause });
      throw cause;
    }
  }
}
