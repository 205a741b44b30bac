import { type Commit, claimOfKey, GENESIS_HASH, type Idempotency, type SealedCommit } from '../event.ts';
import { ProjectStoppedError } from '../project-stopped.ts';
import { jsonCodec, MapSection, type Section } from '../tables/section.ts';
import type { StoredSections } from '../tables/snapshot-parts.ts';
import { SortedMap } from '../tables/sorted-map.ts';
import type { Model } from './projection.ts';

/** About how many bytes of memory each byte of a commit takes, in what was read from it and in the rows that it changed. */
export const MEMORY_OF_A_BYTE = 3;

/** How many of the newest commits' idempotency keys an image holds; older ones are found by the store's index. */
export const REMEMBERED_COMMITS = 10_000;

export interface RememberedKey extends Idempotency {
  readonly position: number;
}

/** A commit that does not continue the image: the log has a gap, or is not the one that the image stands on. */
export class BrokenChainError extends ProjectStoppedError {
  override readonly name = 'BrokenChainError';

  constructor(project: string, position: number) {
    super(project, position, 'the log does not continue the chain of its commits there');
  }
}

/** The fold of one project's log up to a position. An image that was handed out is never changed: its fork is. */
export class Image<View> {
  /** Whether the commit folded last reached a mark: at marks, every process keeps an image and writes a snapshot. */
  isMark = false;

  private constructor(
    readonly model: Model<View, never, unknown>,
    readonly view: View,
    private readonly keys: SortedMap<RememberedKey>,
    private readonly keysByPosition: SortedMap<string>,
    /** The log's identity: the id of the commit at position 1; empty for an empty log. */
    public log: string,
    /** Of the last commit folded; 0 for an empty log. */
    public position: number,
    public hash: string,
    /** When the last commit was made; empty for an empty log. */
    public at: string,
    /** How many events were folded. */
    public events: number,
    /** How many bytes of commits were folded. */
    public weight: number,
    /** About how many bytes of memory what was stored takes when all of it was read. */
    private readonly storedBytes = 0,
  ) {}

  static empty<View>(model: Model<View, never, unknown>): Image<View> {
    const keys = SortedMap.empty<RememberedKey>();
    return new Image(model, model.empty(), keys, SortedMap.empty<string>(), '', 0, GENESIS_HASH, '', 0, 0);
  }

  /** The image whose sections were stored. `size`: how much there is to read in them, the length of keys and JSON. */
  static restore<View>(
    model: Model<View, never, unknown>,
    of: Pick<Image<View>, 'log' | 'position' | 'hash' | 'at' | 'events' | 'weight'> & { readonly size: number },
    stored: StoredSections,
  ): Image<View> {
    const [keys, positions] = [stored.map(KEYS, KEY_CODEC), stored.map(KEY_POSITIONS, POSITION_CODEC)];
    const { log, position, hash, at, events, weight } = of;
    const bytes = of.size * BYTES_OF_A_CHARACTER;
    return new Image(model, model.restore(stored), keys, positions, log, position, hash, at, events, weight, bytes);
  }

  /** Everything in the image that is not a number or text of its own. */
  *sections(): Iterable<Section> {
    yield* this.model.sections(this.view);
    yield new MapSection(KEYS, this.keys, KEY_CODEC);
    yield new MapSection(KEY_POSITIONS, this.keysByPosition, POSITION_CODEC);
  }

  fork(): Image<View> {
    return new Image(
      this.model,
      this.model.fork(this.view),
      this.keys.fork(),
      this.keysByPosition.fork(),
      this.log,
      this.position,
      this.hash,
      this.at,
      this.events,
      this.weight,
      this.storedBytes,
    );
  }

  /** About how many bytes of memory it takes, what it shares with other images included. */
  get bytes(): number {
    return this.storedBytes + this.model.bytes(this.view) + this.keys.size * BYTES_OF_A_KEY;
  }

  /**
   * Folds the next commit into this image. Throws `BrokenChainError` when it is not the next one, and what the model
   * throws; then the image must be thrown away.
   */
  apply(sealed: SealedCommit): void {
    const { commit, hash } = sealed;
    if (commit.position !== this.position + 1 || commit.previousHash !== this.hash) {
      throw new BrokenChainError(commit.project, commit.position);
    }
    this.model.apply(this.view, commit);
    this.remember(commit);
    if (commit.position === 1) this.log = commit.commitId;
    this.position = commit.position;
    this.hash = hash;
    this.at = commit.at;
    this.events += commit.events.length;
    this.weight += sealed.body.length;
    this.isMark = reachesMark(this.weight - sealed.body.length, this.weight);
  }

  /** The commit of the newest `REMEMBERED_COMMITS` that carries this key of this actor. */
  recall(actorId: string, key: string): RememberedKey | undefined {
    return this.keys.get(claimOfKey(actorId, key));
  }

  private remember(commit: Commit): void {
    const forgotten = positionKey(commit.position - REMEMBERED_COMMITS);
    const old = this.keysByPosition.get(forgotten);
    if (old !== undefined) {
      this.keys.delete(old);
      this.keysByPosition.delete(forgotten);
    }
    if (!commit.idempotency) return;
    const scoped = claimOfKey(commit.actor.id, commit.idempotency.key);
    this.keys.set(scoped, { ...commit.idempotency, position: commit.position });
    this.keysByPosition.set(positionKey(commit.position), scoped);
  }
}

/** Of keys and JSON that were read, as rows and as what they were read from. */
const BYTES_OF_A_CHARACTER = 2.5;
/** A remembered idempotency key, found by itself and by its position. */
const BYTES_OF_A_KEY = 700;

/** The sections that hold the idempotency keys; no model has any of these names. */
const KEYS = '#keys';
const KEY_POSITIONS = '#key positions';
const KEY_CODEC = jsonCodec<RememberedKey>();
const POSITION_CODEC = jsonCodec<string>();

export const LEAST_MARK_BYTES = 256 * 1024;
const MARKS_IN_A_LOG = 128;

/**
 * Marks depend on the log alone, so that processes agree on them: so many bytes of commits apart, or (rounded down to a
 * power of two) a hundred-and-twenty-eighth of the log, whichever is more.
 */
function reachesMark(before: number, after: number): boolean {
  // Every step is a multiple of the least.
  if (Math.floor(before / LEAST_MARK_BYTES) === Math.floor(after / LEAST_MARK_BYTES)) return false;
  const step = Math.max(LEAST_MARK_BYTES, 2 ** Math.floor(Math.log2(after / MARKS_IN_A_LOG)));
  return Math.floor(before / step) < Math.floor(after / step);
}

function positionKey(position: number): string {
  return String(position);
}
