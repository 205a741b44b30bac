import type { SealedCommit } from './event.ts';

/** The newest commit of a project. */
export interface Head {
  readonly position: number;
  readonly hash: string;
}

/**
 * What became of an append. The first `landed` commits are durable.
 * - `all`: every one of them is.
 * - `conflict`: the commit behind the landed ones lost its position, or its idempotency key, to another commit; it and all
 *   behind it did not land.
 * - `unknown`: it is not known whether the commits behind the landed ones will turn out to be stored: the answer was
 *   lost, timed out, or reported a write-concern fault. The ledger settles it.
 */
export interface AppendResult {
  readonly landed: number;
  readonly outcome: 'all' | 'conflict' | 'unknown';
  /** What the driver said, for the log. */
  readonly cause?: unknown;
}

export interface CommitRange {
  /** Only positions greater than this. Default 0. */
  readonly after?: number;
  /** Only positions up to this one, inclusive. Default: the head at the time of reading. */
  readonly upTo?: number;
  /** Default `forwards`, by position. */
  readonly direction?: 'forwards' | 'backwards';
  /** At most so many commits. Default: no limit. */
  readonly limit?: number;
  /** Only commits that match every member given. */
  readonly where?: CommitFilter;
}

export interface CommitFilter {
  /** At one of these positions: at most 100 of them. */
  readonly positions?: readonly number[];
  /** With an event about one of these resources: at most 100 of them. */
  readonly subjects?: readonly string[];
  readonly actorId?: string;
  /** With an event of one of these types. */
  readonly types?: readonly string[];
  /** `at` not before this instant (ISO 8601, UTC, milliseconds). */
  readonly since?: string;
  /** `at` before this instant. */
  readonly until?: string;
}

/** As `CommitRange` and `CommitFilter`. */
export interface CountRange extends Pick<CommitRange, 'after' | 'upTo'> {
  readonly where?: Omit<CommitFilter, 'positions'>;
}

/** Who may read a project, as of the commit of its log that changed that last. */
export interface CatalogueEntry {
  readonly project: string;
  /** Of that commit, */
  readonly position: number;
  /** and its id, which tells it from the commits of a log that was replaced. */
  readonly commitId: string;
  /** As texts, each once: what names a reader is for others to say. */
  readonly readers: readonly string[];
}

export interface TokenUse {
  readonly project: string;
  readonly tokenId: string;
  /** ISO 8601, UTC, milliseconds; the beginning of an hour. */
  readonly hour: string;
}

export interface ProjectRange {
  /** Only projects whose entry has one of these readers. Left out: all that were registered. */
  readonly readers?: readonly string[];
  /** Only keys greater than this. */
  readonly after?: string;
  /** Only keys less than this. */
  readonly before?: string;
  /** Default `forwards`, by key. */
  readonly direction?: 'forwards' | 'backwards';
  readonly limit: number;
}

/**
 * Stores commits. Every adapter passes one contract suite (`test/contracts`).
 *
 * A failure to reach the store is thrown as `StoreUnavailableError`; whoever sees that error from `append` may rely on
 * nothing having been stored, then or later.
 */
export interface EventStore {
  /** True when other processes may append too, so that only a head read tells what is true at the head. */
  readonly shared: boolean;

  /**
   * Appends commits of one project at consecutive positions, in order, so that a prefix lands. The unique keys
   * `{project, position}` and `{project, claim}` are the compare-and-set: a claim is an idempotency key with its actor.
   * Durable when answered.
   */
  append(commits: readonly SealedCommit[]): Promise<AppendResult>;

  /** The newest commit, as a majority has it; undefined while the project has none. */
  head(project: string): Promise<Head | undefined>;

  /** Streams commits, as a majority has them. May be left early. */
  read(project: string, range?: CommitRange): AsyncIterable<SealedCommit>;

  /**
   * Whether there is a commit at this position, as of a moment after the call: none that was acknowledged before the call
   * is missed, whichever server of the store answers. Ends within some seconds.
   */
  hasCommitAt(project: string, position: number): Promise<boolean>;

  /**
   * For each of these projects a text that changes some time after its log grew; one may lack it. It is a hint, which may
   * come late or get lost: it says when to read, never what is there.
   */
  headHints(projects: readonly string[]): Promise<ReadonlyMap<string, string>>;

  /** The store's own wall clock, in milliseconds since 1970; undefined where it has none but this machine's. */
  clock(): Promise<number | undefined>;

  /**
   * How many events there are in the range's commits that match by themselves: about one of the subjects, of one of the
   * types. Counted by an index, and given up with the signal, whose reason is then thrown.
   */
  countEvents(project: string, range: CountRange, signal?: AbortSignal): Promise<number>;

  /** The commit that carries this idempotency key of this actor. */
  findByIdempotencyKey(project: string, actorId: string, key: string): Promise<SealedCommit | undefined>;

  /** Notes projects in the catalogue of keys, at most 500 at once. Repeating it changes nothing. */
  registerProjects(keys: readonly string[]): Promise<void>;
  /** Project keys of the catalogue in the order of their code units, each once. */
  projects(range: ProjectRange): Promise<string[]>;
  /** @param readers as in `ProjectRange` */
  countProjects(readers?: readonly string[]): Promise<number>;
  /**
   * Whether one of these readers may read a project by its entry. Looked up by them alone: who else may read, and whether
   * there is such a project, makes no difference to the time. For a moment it may go by an entry that just gave way.
   */
  isReadBy(project: string, readers: readonly string[]): Promise<boolean>;
  /** The entries of these projects, at most 500, as far as they have one. */
  catalogueEntries(projects: readonly string[]): Promise<CatalogueEntry[]>;
  /**
   * Notes who may read projects, at most 500 at once. Of all entries that were noted of a project, the one with the greatest
   * position stands, and of those the one with the greatest commit id: in whatever order they come, from however many
   * processes at once.
   */
  noteCatalogueEntries(entries: readonly CatalogueEntry[]): Promise<void>;
  /** Forgets what was noted of a project as of one commit, which is not in its log any more. */
  dropCatalogueEntry(entry: Omit<CatalogueEntry, 'readers'>): Promise<void>;
  /** Notes when tokens were used, at most 500 at once; an hour never takes the place of a later one. */
  noteTokenUses(uses: readonly TokenUse[]): Promise<void>;
  /** The last hours that were noted of these tokens of a project, by their ids. */
  tokenUses(project: string, tokenIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Keys of the projects that have a commit at position 1, in the order of their code units, from behind a key on. Goes
   * from key to key by the index of positions: the commits between are not visited.
   */
  projectsWithCommits(after: string | undefined, limit: number): Promise<string[]>;

  /** Resolves when the store answers; throws `StoreUnavailableError` otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The store cannot be reached or refuses to work; nothing was stored by the call that threw it. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The store is there, but not fit to be used: damaged, held by another process, without its unique index. */
export class StoreUnusableError extends Error {
  override readonly name = 'StoreUnusableError';
}

/** What says where the store is makes no sense. */
export class StoreSettingsError extends Error {
  override readonly name = 'StoreSettingsError';
}
