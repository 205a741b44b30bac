import type { Collection, Db, Filter, ObjectId } from 'mongodb';
import type { CatalogueEntry, ProjectRange, TokenUse } from '../../event-sourcing/event-store.ts';
import { isGreater, mergeKeys } from '../catalogue-order.ts';
import { ensureDocuments, orUnavailable } from './commands.ts';
import { COLLECTION_OPTIONS } from './connection-options.ts';
import { INDEXES } from './indexes.ts';

interface EntryDocument extends CatalogueEntry {
  readonly _id: ObjectId;
}

interface UseDocument extends TokenUse {
  readonly _id: ObjectId;
}

const [ENTRY, READERS] = INDEXES.catalogue;

/**
 * So many readers are asked for at once: up to 200 of them, MongoDB merges their ranges of the index, else it sorts what it
 * finds (https://www.mongodb.com/docs/manual/reference/parameters/#mongodb-parameter-param.internalQueryMaxScansToExplode).
 */
const READERS_OF_A_QUERY = 100;

/**
 * Who may read which project, and when tokens were used. Not every server of the protocol changes a document in one step,
 * so an entry is inserted and never changed: the greatest one of its project stands, and whoever meets lesser ones behind
 * their own insert deletes them.
 */
export class CatalogueDocuments {
  readonly #db: Db;
  readonly #entries: Collection<EntryDocument>;
  readonly #uses: Collection<UseDocument>;

  constructor(db: Db) {
    this.#db = db;
    this.#entries = db.collection<EntryDocument>('catalogue', COLLECTION_OPTIONS);
    this.#uses = db.collection<UseDocument>('token_uses', COLLECTION_OPTIONS);
  }

  async find(projects: readonly string[]): Promise<CatalogueEntry[]> {
    const standing = new Map<string, EntryDocument>();
    const lesser: ObjectId[] = [];
    const filter = { project: { $in: [...projects] } };
    for (const found of await orUnavailable(() => this.#entries.find(filter, { hint: ENTRY.key }).toArray())) {
      const there = standing.get(found.project);
      if (there) lesser.push((isGreater(found, there) ? there : found)._id);
      if (!there || isGreater(found, there)) standing.set(found.project, found);
    }
    if (lesser.length > 0) await orUnavailable(() => this.#entries.deleteMany({ _id: { $in: lesser } }));
    return [...standing.values()].map(({ _id, ...entry }) => entry);
  }

  async note(entries: readonly CatalogueEntry[]): Promise<void> {
    const projects = [...new Set(entries.map(({ project }) => project))];
    const before = new Map((await this.find(projects)).map((entry) => [entry.project, entry]));
    const greater = entries.filter((entry) => {
      const there = before.get(entry.project);
      return !there || isGreater(entry, there);
    });
    const documents = greater.map(({ project, position, commitId, readers }) => ({
      ...{ project, position, commitId, readers: [...readers] },
    }));
    await ensureDocuments(this.#db, 'catalogue', documents);
    await this.find(greater.map(({ project }) => project));
  }

  async drop({ project, position, commitId }: Omit<CatalogueEntry, 'readers'>): Promise<void> {
    await orUnavailable(() => this.#entries.deleteMany({ project, position, commitId }));
  }

  /** By the index of readers: of a project that none of them may read no document is looked at. */
  async isReadBy(project: string, readers: readonly string[]): Promise<boolean> {
    const options = { projection: { _id: 0, project: 1 }, hint: READERS.key } as const;
    for (let from = 0; from < readers.length; from += READERS_OF_A_QUERY) {
      const filter = { readers: { $in: readers.slice(from, from + READERS_OF_A_QUERY) }, project };
      if (await orUnavailable(() => this.#entries.findOne(filter, options))) return true;
    }
    return false;
  }

  async list(readers: readonly string[], range: ProjectRange): Promise<string[]> {
    const lists: string[][] = [];
    for (let from = 0; from < readers.length; from += READERS_OF_A_QUERY) {
      lists.push(await this.#firstKeys(readers.slice(from, from + READERS_OF_A_QUERY), range));
    }
    return mergeKeys(lists, range);
  }

  async count(readers: readonly string[]): Promise<number> {
    if (readers.length === 0) return 0;
    const pipeline = [
      { $match: { readers: { $in: [...readers] } } },
      // For a moment a project may have two entries.
      { $group: { _id: '$project' } },
      { $count: 'n' },
    ];
    const [counted] = await orUnavailable(() =>
      this.#entries.aggregate<{ n: number }>(pipeline, { hint: READERS.key }).toArray(),
    );
    return counted?.n ?? 0;
  }

  /** Each is inserted first, and given a later hour then: no hour takes the place of a later one. */
  async noteUses(uses: readonly TokenUse[]): Promise<void> {
    if (uses.length === 0) return;
    await ensureDocuments(
      this.#db,
      'token_uses',
      uses.map(({ project, tokenId, hour }) => ({ project, tokenId, hour })),
    );
    for (const { project, tokenId, hour } of uses) {
      const filter = { project, tokenId, hour: { $lt: hour } };
      await orUnavailable(() => this.#uses.updateOne(filter, { $set: { hour } }));
    }
  }

  async findUses(project: string, tokenIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const filter = { project, tokenId: { $in: [...tokenIds] } };
    const found = await orUnavailable(() => this.#uses.find(filter).toArray());
    return new Map(found.map(({ tokenId, hour }) => [tokenId, hour]));
  }

  /** Of one or two entries of a project the key counts once. */
  async #firstKeys(
    readers: readonly string[],
    { after, before, direction = 'forwards', limit }: ProjectRange,
  ): Promise<string[]> {
    const keys = new Set<string>();
    let bounds = { ...(after !== undefined && { $gt: after }), ...(before !== undefined && { $lt: before }) };
    const sort = { project: direction === 'forwards' ? 1 : -1 } as const;
    const options = { sort, limit, projection: { _id: 0, project: 1 }, hint: READERS.key } as const;
    while (keys.size < limit) {
      const filter: Filter<EntryDocument> = {
        readers: { $in: [...readers] },
        ...(Object.keys(bounds).length > 0 && { project: bounds }),
      };
      const page = await orUnavailable(() => this.#entries.find(filter, options).toArray());
      for (const { project } of page) keys.add(project);
      const last = page.at(-1);
      if (!last || page.length < limit) break;
      bounds = { ...bounds, [direction === 'forwards' ? '$gt' : '$lt']: last.project };
    }
    return [...keys];
  }
}
