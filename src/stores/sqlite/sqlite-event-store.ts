import { claimOfKey, type SealedCommit } from '../../event-sourcing/event.ts';
import type {
  AppendResult,
  CatalogueEntry,
  CommitRange,
  CountRange,
  EventStore,
  Head,
  ProjectRange,
  TokenUse,
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
import { type CommitPage, commitsAt, openCommits, pageOf, readPages, type StoredCommits } from './commit-pages.ts';
import type { Bounds } from './commit-positions.ts';
import { type CommitRow, insertCommits, rowOf } from './commit-rows.ts';
import { type SqliteConnection, UnsureCommitError } from './connection.ts';
import { countEvents } from './event-counts.ts';
import { GroupCommit } from './group-commit.ts';
import { NAMES_A_KEY } from './schema.ts';

const ALL_OF_NOTHING: AppendResult = { landed: 0, outcome: 'all' };

/** So many projects' heads are known without being looked up. */
const MOST_HEADS = 10_000;

/** Commits in one SQLite file, which belongs to one process. */
export class SqliteEventStore implements EventStore {
  readonly shared = false;
  readonly #connection: SqliteConnection;
  /** The newest positions of projects that were appended to: nobody else appends. */
  readonly #heads = new Map<string, number>();
  readonly #group = new GroupCommit((appends) => this.#commit(appends));

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async append(commits: readonly SealedCommit[]): Promise<AppendResult> {
    assertAppendable(commits);
    return commits.length === 0 ? ALL_OF_NOTHING : this.#group.append(commits.map(rowOf));
  }

  async head(project: string): Promise<Head | undefined> {
    return this.#head(project);
  }

  read(project: string, range: CommitRange = {}): AsyncIterable<SealedCommit> {
    return readPages(project, range, async (left, bounds) => {
      // A long replay must not keep the process from its other work.
      if (bounds) await new Promise(setImmediate);
      return this.page(project, left, bounds);
    });
  }

  /** See `pageOf`. */
  page(project: string, range: CommitRange, bounds?: Bounds): CommitPage | undefined {
    return pageOf(this.#connection, project, range, bounds);
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
    const stored = this.withKey(project, actorId, key);
    if (!stored) return undefined;
    const [sealed] = openCommits(project, stored);
    return sealed;
  }

  /** The commit that carries this idempotency key of this actor, unopened. */
  withKey(project: string, actorId: string, key: string): StoredCommits | undefined {
    const row = this.#connection.get(
      `SELECT position FROM commits WHERE project = ? AND claim = ? AND ${NAMES_A_KEY}`,
      ...[project, claimOfKey(actorId, key)],
    ) as { position: number } | undefined;
    return row && commitsAt(this.#connection, project, [row.position]);
  }

  async registerProjects(keys: readonly string[]): Promise<void> {
    await this.#connection.write(() => registerProjects(this.#connection, keys));
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
    await this.#connection.write(() => {
      for (const entry of entries) noteEntry(this.#connection, entry);
    });
  }

  async dropCatalogueEntry(entry: Omit<CatalogueEntry, 'readers'>): Promise<void> {
    await this.#connection.write(() => dropEntry(this.#connection, entry));
  }

  async noteTokenUses(uses: readonly TokenUse[]): Promise<void> {
    await this.#connection.write(() => {
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

  /** Of each append what became of it. Throws for all of them alike when nothing was stored. */
  async #commit(appends: readonly (readonly CommitRow[])[]): Promise<readonly AppendResult[]> {
    try {
      const results = this.#connection.transaction(() => appends.map((rows) => this.#insert(rows)));
      await this.#connection.durable(appends.length === 1 && appends[0]?.length === 1);
      return results;
    } catch (cause) {
      this.#heads.clear();
      if (cause instanceof UnsureCommitError) return appends.map(() => ({ landed: 0, outcome: 'unknown', cause }));
      throw cause;
    }
  }

  #head(project: string): Head | undefined {
    const row = this.#connection.get(
      'SELECT position, hash FROM commits WHERE project = ? ORDER BY position DESC LIMIT 1',
      project,
    ) as Head | undefined;
    return row && { position: row.position, hash: row.hash };
  }

  #insert(rows: readonly CommitRow[]): AppendResult {
    const [first] = rows;
    if (!first) return ALL_OF_NOTHING;
    const { project } = first;
    const head = this.#heads.get(project) ?? this.#head(project)?.position ?? 0;
    const known = rows.filter(({ position }) => position <= head);
    const foreign = known.findIndex(({ position, hash }) => this.#hashAt(project, position) !== hash);
    if (foreign !== -1) return { landed: foreign, outcome: 'conflict' };
    const fresh = rows.slice(known.length);
    const follows = fresh[0] === undefined || fresh[0].position === head + 1;
    const inserted = follows ? insertCommits(this.#connection, fresh) : 0;
    if (this.#heads.size >= MOST_HEADS) this.#heads.clear();
    this.#heads.set(project, head + inserted);
    const landed = known.length + inserted;
    return { landed, outcome: landed === rows.length ? 'all' : 'conflict' };
  }

  #hashAt(project: string, position: number): string | undefined {
    const row = this.#connection.get('SELECT hash FROM commits WHERE project = ? AND position = ?', project, position);
    return (row as { hash: string } | undefined)?.hash;
  }
}
