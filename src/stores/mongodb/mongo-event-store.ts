import type { Collection, Db, Filter, MongoClient } from 'mongodb';
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
import { appendCommits } from './append.ts';
import { CatalogueDocuments } from './catalogue-documents.ts';
import { ensureDocuments, orUnavailable } from './commands.ts';
import { type CommitDocument, openDocument } from './commit-documents.ts';
import { COLLECTION_OPTIONS } from './connection-options.ts';
import { countEvents } from './event-counts.ts';
import { HeadHints } from './head-hints.ts';
import { INDEXES } from './indexes.ts';
import { isThere } from './linearizable.ts';
import { withCopies } from './rebuild-copies.ts';

const [, CLAIM] = INDEXES.commits;

/** So many commits are asked for at once; the server sends them in parts of at most 16 MiB. */
const PAGE = 500;

interface ProjectDocument {
  readonly _id: string;
}

/**
 * Commits in a MongoDB database, which other nodes may write to as well. One document is one commit, and is never updated
 * but for copies that it lacks (see `withCopies`); neither transactions nor change streams are used.
 */
export class MongoEventStore implements EventStore {
  readonly shared = true;
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #commits: Collection<CommitDocument>;
  readonly #projects: Collection<ProjectDocument>;
  readonly #catalogue: CatalogueDocuments;
  readonly #hints: HeadHints;
  #open = true;

  constructor(client: MongoClient, db: Db) {
    this.#client = client;
    this.#db = db;
    this.#commits = db.collection<CommitDocument>('commits', COLLECTION_OPTIONS);
    this.#projects = db.collection<ProjectDocument>('projects', COLLECTION_OPTIONS);
    this.#catalogue = new CatalogueDocuments(db);
    this.#hints = new HeadHints(db, this.#commits);
  }

  async append(commits: readonly SealedCommit[]): Promise<AppendResult> {
    this.#assertOpen();
    assertAppendable(commits);
    const result = await appendCommits(this.#db, this.#commits, commits);
    const newest = commits[result.landed - 1];
    if (newest) this.#hints.note(newest);
    return result;
  }

  async head(project: string): Promise<Head | undefined> {
    const projection = { _id: 0, position: 1, hash: 1 };
    const newest = await this.#ask(() => this.#commits.findOne({ project }, { sort: { position: -1 }, projection }));
    return newest ? { position: newest.position, hash: newest.hash } : undefined;
  }

  async *read(project: string, range: CommitRange = {}): AsyncIterable<SealedCommit> {
    const { direction = 'forwards', where = {} } = range;
    let bounds = await this.#bounds(project, range);
    for (let left = range.limit ?? Number.POSITIVE_INFINITY; left > 0; ) {
      const limit = Math.min(left, PAGE);
      let last: number | undefined;
      let count = 0;
      for await (const document of this.#page(filterOf(project, bounds, where), direction, limit)) {
        const sealed = openDocument(await this.#whole(document));
        last = sealed.commit.position;
        count += 1;
        yield sealed;
      }
      if (last === undefined || count < limit) return;
      bounds = direction === 'forwards' ? { ...bounds, after: last } : { ...bounds, upTo: last - 1 };
      left -= count;
    }
  }

  async hasCommitAt(project: string, position: number): Promise<boolean> {
    return this.#ask(() => isThere(this.#commits, { project, position }));
  }

  async headHints(projects: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#ask(() => this.#hints.read(projects));
  }

  async clock(): Promise<number | undefined> {
    const { localTime } = await this.#ask(() => this.#db.command({ hello: 1 }, { readPreference: 'primary' }));
    return localTime instanceof Date ? localTime.getTime() : undefined;
  }

  async countEvents(project: string, range: CountRange, signal?: AbortSignal): Promise<number> {
    this.#assertOpen();
    signal?.throwIfAborted();
    const bounds = await this.#bounds(project, range);
    return countEvents(this.#commits, filterOf(project, bounds, range.where), range.where, signal);
  }

  async findByIdempotencyKey(project: string, actorId: string, key: string): Promise<SealedCommit | undefined> {
    const filter = { project, claim: claimOfKey(actorId, key) };
    const found = await this.#ask(() => this.#commits.findOne(filter, { hint: CLAIM.key }));
    return found ? openDocument(await this.#whole(found)) : undefined;
  }

  async registerProjects(keys: readonly string[]): Promise<void> {
    const known = await this.#ask(() => this.#projects.find({ _id: { $in: [...keys] } }).toArray());
    const present = new Set(known.map(({ _id }) => _id));
    const missing = keys.filter((key) => !present.has(key)).map((_id) => ({ _id }));
    await ensureDocuments(this.#db, 'projects', missing);
  }

  async projects(range: ProjectRange): Promise<string[]> {
    const { readers, after, before, direction = 'forwards', limit } = range;
    if (limit < 1) return [];
    if (readers) return this.#ask(() => this.#catalogue.list(readers, range));
    const bounds = { ...(after !== undefined && { $gt: after }), ...(before !== undefined && { $lt: before }) };
    const filter = Object.keys(bounds).length > 0 ? { _id: bounds } : {};
    const sort = { _id: direction === 'forwards' ? 1 : -1 } as const;
    const found = await this.#ask(() => this.#projects.find(filter, { sort, limit }).toArray());
    return found.map(({ _id }) => _id);
  }

  async countProjects(readers?: readonly string[]): Promise<number> {
    if (readers) return this.#ask(() => this.#catalogue.count(readers));
    return this.#ask(() => this.#projects.countDocuments());
  }

  async isReadBy(project: string, readers: readonly string[]): Promise<boolean> {
    return this.#ask(() => this.#catalogue.isReadBy(project, readers));
  }

  async catalogueEntries(projects: readonly string[]): Promise<CatalogueEntry[]> {
    return this.#ask(() => this.#catalogue.find(projects));
  }

  async noteCatalogueEntries(entries: readonly CatalogueEntry[]): Promise<void> {
    return this.#ask(() => this.#catalogue.note(entries));
  }

  async dropCatalogueEntry(entry: Omit<CatalogueEntry, 'readers'>): Promise<void> {
    return this.#ask(() => this.#catalogue.drop(entry));
  }

  async noteTokenUses(uses: readonly TokenUse[]): Promise<void> {
    return this.#ask(() => this.#catalogue.noteUses(uses));
  }

  async tokenUses(project: string, tokenIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#ask(() => this.#catalogue.findUses(project, tokenIds));
  }

  async projectsWithCommits(after: string | undefined, limit: number): Promise<string[]> {
    if (limit < 1) return [];
    // Covered by the index of positions, which leads from one project's first commit to the next one's; but only where the
    // filter bounds its first field, the project, is the second one bounded too, and what is between passed over.
    const filter = { project: { $gt: after ?? '' }, position: 1 };
    const options = { sort: { project: 1, position: 1 }, projection: { _id: 0, project: 1 }, limit } as const;
    const found = await this.#ask(() => this.#commits.find(filter, options).toArray());
    return found.map(({ project }) => project);
  }

  async ping(): Promise<void> {
    await this.#ask(() => this.#db.command({ ping: 1 }, { readPreference: 'primary' }));
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#hints.close();
    await this.#client.close();
  }

  async *#page(
    filter: Filter<CommitDocument>,
    direction: 'forwards' | 'backwards',
    limit: number,
  ): AsyncIterable<CommitDocument> {
    this.#assertOpen();
    const sort = { position: direction === 'forwards' ? 1 : -1 } as const;
    const cursor = this.#commits.find(filter, { sort, limit, batchSize: limit });
    try {
      for (;;) {
        const document = await this.#ask(() => cursor.next());
        if (document === null) return;
        yield document;
      }
    } finally {
      // Nobody waits for it: what was read is read.
      void cursor.close().catch(() => undefined);
    }
  }

  #whole(document: CommitDocument): CommitDocument | Promise<CommitDocument> {
    return 'claim' in document ? document : withCopies(this.#commits, document);
  }

  /** Times become positions, as `at` never runs backwards within a project: every filter then walks one index. */
  async #bounds(
    project: string,
    { after = 0, upTo = Number.MAX_SAFE_INTEGER, where = {} }: CommitRange,
  ): Promise<Bounds> {
    const { since, until } = where;
    const [first, beyond] = await Promise.all([
      since === undefined ? 1 : this.#firstAt(project, since),
      until === undefined ? undefined : this.#firstAt(project, until),
    ]);
    if (first === undefined) return { after: 0, upTo: 0 };
    return { after: Math.max(after, first - 1), upTo: beyond === undefined ? upTo : Math.min(upTo, beyond - 1) };
  }

  async #firstAt(project: string, time: string): Promise<number | undefined> {
    const options = { sort: { at: 1, position: 1 }, projection: { _id: 0, position: 1 } } as const;
    const found = await this.#ask(() => this.#commits.findOne({ project, at: { $gte: time } }, options));
    return found?.position;
  }

  #ask<T>(work: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    return orUnavailable(work);
  }

  #assertOpen(): void {
    if (!this.#open) throw new StoreUnavailableError('the store is closed');
  }
}

/** Positions greater than `after`, up to `upTo`. */
interface Bounds {
  readonly after: number;
  readonly upTo: number;
}

function filterOf(project: string, { after, upTo }: Bounds, where: CommitRange['where'] = {}): Filter<CommitDocument> {
  const { positions, subjects, actorId, types, until } = where;
  return {
    project,
    position: { $gt: after, $lte: upTo, ...(positions !== undefined && { $in: [...positions] }) },
    ...(subjects !== undefined && { subjects: { $in: [...subjects] } }),
    ...(actorId !== undefined && { actorId }),
    ...(types !== undefined && { types: { $in: [...types] } }),
    // Commits that came after the bounds were looked up.
    ...(until !== undefined && { at: { $lt: until } }),
  };
}
