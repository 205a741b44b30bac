import { Binary, type Collection, type Db } from 'mongodb';
import {
  MANIFEST,
  type SnapshotPart,
  type SnapshotPlace,
  type SnapshotStore,
} from '../../event-sourcing/snapshots/snapshot-store.ts';
import { withoutManifest } from '../snapshot-places.ts';
import { ensureDocuments, orUnavailable } from './commands.ts';
import { COLLECTION_OPTIONS } from './connection-options.ts';

interface SnapshotDocument extends Omit<SnapshotPart, 'body'> {
  /** With the project, for the same reason as that of a commit. */
  readonly _id: Omit<SnapshotPart, 'body'>;
  readonly body: Binary;
}

export class MongoSnapshotStore implements SnapshotStore {
  readonly #db: Db;
  readonly #snapshots: Collection<SnapshotDocument>;

  constructor(db: Db) {
    this.#db = db;
    this.#snapshots = db.collection<SnapshotDocument>('snapshot_parts', COLLECTION_OPTIONS);
  }

  async put({ project, fold, position, base, writer, part, body }: SnapshotPart): Promise<void> {
    const key = { project, fold, position, base, writer, part };
    await ensureDocuments(this.#db, 'snapshot_parts', [{ _id: key, ...key, body: new Binary(body) }]);
  }

  async get({ project, fold, position, base, writer }: SnapshotPlace, part: number): Promise<Uint8Array | undefined> {
    const key = { project, fold, position, base, writer, part };
    const found = await orUnavailable(() => this.#snapshots.findOne(key));
    return found ? new Uint8Array(found.body.value()) : undefined;
  }

  async places(project: string, fold: number): Promise<SnapshotPlace[]> {
    return this.#placesWith(project, fold, MANIFEST);
  }

  async unfinished(project: string, fold: number): Promise<SnapshotPlace[]> {
    // In this order: one that is finished meanwhile counts as that.
    const begun = await this.#placesWith(project, fold, 0);
    return withoutManifest(begun, await this.places(project, fold));
  }

  async delete({ project, fold, position, base, writer }: SnapshotPlace): Promise<void> {
    const place = { project, fold, position, base, writer };
    await orUnavailable(() => this.#snapshots.deleteOne({ ...place, part: MANIFEST }));
    await orUnavailable(() => this.#snapshots.deleteMany(place));
  }

  async #placesWith(project: string, fold: number, part: number): Promise<SnapshotPlace[]> {
    const options = {
      projection: { position: 1, base: 1, writer: 1 },
      sort: { position: 1, base: 1, writer: 1 },
    } as const;
    const parts = this.#snapshots.find({ project, fold, part }, options);
    const found = await orUnavailable(() => parts.toArray());
    return found.map(({ position, base, writer }) => ({ project, fold, position, base, writer }));
  }
}
