/** One piece of a snapshot. Its unique key is `{project, position, fold, part}`. */
export interface SnapshotPart {
  readonly project: string;
  /** Of the last commit that is folded into it. */
  readonly position: number;
  /** The version of the fold that made it. */
  readonly fold: number;
  /** From 0; the manifest is `MANIFEST`, and is written last. */
  readonly part: number;
  /** At most 1 MiB. */
  readonly body: Uint8Array;
}

export type SnapshotPlace = Pick<SnapshotPart, 'project' | 'position' | 'fold'>;

export const MANIFEST = -1;

/**
 * Keeps snapshots, which are a cache: losing any of them changes no answer, and none of them is believed without being
 * checked. Insert and delete only.
 */
export interface SnapshotStore {
  /** Inserting one that is already there changes nothing. Need not be durable when answered. */
  put(part: SnapshotPart): Promise<void>;
  /** Undefined when there is none. */
  get(place: SnapshotPlace, part: number): Promise<Uint8Array | undefined>;
  /** The positions of a project's snapshots of this fold that have a manifest, ascending. */
  positions(project: string, fold: number): Promise<number[]>;
  /** Deletes a snapshot, the manifest first. */
  delete(place: SnapshotPlace): Promise<void>;
}
