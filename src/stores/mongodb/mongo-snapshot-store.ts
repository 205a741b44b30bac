import { Binary, type Collection, type Db } from 'mongodb';
import {
  MANIFEST,
  type SnapshotPart,
  type SnapshotPlace,
  type SnapshotStore,
} from '../../event-sourcing/snapshot-store.ts';
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
    this.#snapshots = db.collection<SnapshotDocument>('snapshots', COLLECTION_OPTIONS);
  }

  async put({ project, position, fold, part, body }: SnapshotPart): Promise<void> {
    const key = { project, position, fold, part };
    await ensureDocuments(this.#db, 'snapshots', [{ _id: key, ...key, body: new Binary(body) }]);
  }

  async get({ project, position, fold }: SnapshotPlace, part: number): Promise<Uint8Array | undefined> {
    const found = await orUnavailable(() => this.#snapshots.findOne({ project, position, fold, part }));
    return found ? new Uint8Array(found.body.value()) : undefined;
  }

  async positions(project: string, fold: number): Promise<number[]> {
    const manifests = this.#snapshots.find({ project, fold, part: MANIFEST }, { projection: { position: 1 } });
    const found = await orUnavailable(() => manifests.toArray());
    return found.map(({ position }) => position).sort((a, b) => a - b);
  }

  async delete({ project, position, fold }: SnapshotPlace): Promise<void> {
    await orUnavailable(() => this.#snapshots.deleteOne({ project, position, fold, part: MANIFEST }));
    await orUnavailable(() => this.#snapshots.deleteMany({ project, position, fold }));
  }
}
