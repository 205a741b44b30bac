/** What tells a snapshot from others of its project. */
export interface SnapshotPlace {
  readonly project: string;
  /** The version of the fold that made it. */
  readonly fold: number;
  /** Of the last commit that is folded into it. */
  readonly position: number;
  /** It holds what has changed since this position; 0 for all that there is. */
  readonly base: number;
  /** The process that wrote it: two that write the same may differ in their bytes. */
  readonly writer: string;
}

/** One piece of a snapshot. Its unique key is its place and its number. */
export interface SnapshotPart extends SnapshotPlace {
  /** From 0; the manifest is `MANIFEST`, and is written last. */
  readonly part: number;
  /** At most 1 MiB. */
  readonly body: Uint8Array;
}

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
  /** A project's snapshots of this fold that have a manifest, by position, base and then writer, ascending. */
  places(project: string, fold: number): Promise<SnapshotPlace[]>;
  /** Those that have a first part, but no manifest: somebody is writing them, or ended while it did. */
  unfinished(project: string, fold: number): Promise<SnapshotPlace[]>;
  /** Deletes a snapshot, the manifest first. */
  delete(place: SnapshotPlace): Promise<void>;
}
