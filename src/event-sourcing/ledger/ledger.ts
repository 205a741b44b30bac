import type { SealedCommit } from '../event.ts';
import { BrokenChainError, Image, MEMORY_OF_A_BYTE } from '../images/image.ts';
import type { PastImages } from '../images/past-images.ts';
import type { Model } from '../images/projection.ts';
import type { ProjectStoppedError } from '../project-stopped.ts';
import { SnapshotKeeper } from '../snapshots/snapshot-keeper.ts';
import type { Envelope, Outcome } from './command.ts';
import { BeyondHeadError, PositionNotReachedError } from './ledger-errors.ts';
import { Past } from './past.ts';
import { type Continuation, readOn } from './read-on.ts';
import { RecentCommits } from './recent-commits.ts';
import type { LedgerSurroundings } from './surroundings.ts';
import { Writer } from './writer.ts';

/** How long `atLeast` waits for a position. */
const REACH_WITHIN_MS = 5_000;
/** How often `atLeast` reads the tail where other processes write. */
const REACH_EVERY_MS = 50;
/** How soon a stopped project's log is looked at again, at the earliest. */
const LOOK_AGAIN_AFTER_MS = 30_000;
/** Of memory: one of a project that has only just begun. */
const BYTES_OF_A_LEDGER = 6_000;

/**
 * Answers for one project in this process: holds the image at the head, as far as it is known to be stored, decides
 * commands and appends their commits.
 */
export class Ledger<View, Command, Refusal> {
  private image: Image<View>;
  private stopped: ProjectStoppedError | undefined;
  /** When the log was last read, on a clock that nobody sets. */
  private lookedAt = 0;
  /** Counts the logs that the image stood on: a log that was replaced makes the next one. */
  branch = 0;
  private readonly listeners = new Set<() => void>();
  private recent = new RecentCommits();
  private readonly pastOf: Past<View>;
  private readonly keeper: SnapshotKeeper<View> | undefined;
  private readonly writer: Writer<View, Command, Refusal>;
  private hasBegun = false;
  /** The read under way, or the last one; never rejects. */
  private lastRead: Promise<void> = Promise.resolve();
  private nextRead: Promise<void> | undefined;

  constructor(
    readonly project: string,
    private readonly model: Model<View, Command, Refusal>,
    private readonly surroundings: LedgerSurroundings<View>,
    pastImages: PastImages<View>,
  ) {
    this.pastOf = new Past(project, model, surroundings, pastImages);
    this.image = Image.empty(model);
    const { snapshots } = surroundings;
    this.keeper = snapshots && new SnapshotKeeper(project, model, snapshots, surroundings);
    this.writer = new Writer(project, model, surroundings, this);
  }

  /** True while commands wait or are being appended, or a snapshot is being written. */
  get busy(): boolean {
    return this.writer.busy || this.keeper?.busy === true;
  }

  /** How many commands wait. */
  get waiting(): number {
    return this.writer.waiting;
  }

  /** About how many bytes of memory it takes. */
  get bytes(): number {
    const commits = this.recent.size * MEMORY_OF_A_BYTE;
    return BYTES_OF_A_LEDGER + this.image.bytes + this.pastOf.bytes + commits;
  }

  /** Of the newest commit that is known, also while the project is stopped. */
  get position(): number {
    return this.image.position;
  }

  /** True while `current` throws. */
  get isStopped(): boolean {
    return this.stopped !== undefined;
  }

  /** True when the log is known to have no commit. */
  get isEmpty(): boolean {
    return this.image.position === 0 && !this.stopped;
  }

  /** Whether the commit with this hash is among the newest ones that are known. */
  knows(hash: string): boolean {
    return this.image.hash === hash || this.recent.all.some((sealed) => sealed.hash === hash);
  }

  /** The image at the newest commit known to be stored. Throws `ProjectStoppedError` while the project is stopped. */
  current(): Image<View> {
    if (this.stopped) throw this.stopped;
    return this.image;
  }

  /**
   * Decides a command at the head of the log and appends what it decides.
   * Throws `StoreUnavailableError` (nothing was appended), `OutcomeUnknownError`, `ProjectStoppedError`.
   */
  async execute(envelope: Envelope<Command>): Promise<Outcome<View, Refusal>> {
    if (this.stopped) throw this.stopped;
    return this.writer.execute(envelope);
  }

  /**
   * Reads what others have appended. What it found is in `current()` when it resolves, and it began to read after it was
   * called: callers that come while a read is under way share the next one.
   */
  catchUp(): Promise<void> {
    this.nextRead ??= this.lastRead.then(() => {
      const read = this.readTail();
      this.lastRead = read.catch(() => undefined);
      this.nextRead = undefined;
      return read;
    });
    return this.nextRead;
  }

  /**
   * Takes the image that stands behind newly stored commits, unless it was overtaken. `commits` are the newest of them,
   * without a gap and up to the image's position; `marks` are the images at the marks on the way to it; `branch` is that of
   * the image that they were folded into.
   */
  advance(image: Image<View>, commits: readonly SealedCommit[], marks: readonly Image<View>[], branch: number): void {
    if (branch !== this.branch || image.position <= this.image.position) return;
    const { position } = this.image;
    this.image = image;
    this.recent.add(commits);
    const passed = marks.filter((mark) => mark.position > position);
    this.pastOf.passed(passed);
    this.keeper?.offer(image, passed);
    this.tellReached();
    this.notify();
  }

  /** The commits behind a position up to the head, oldest first, if they are still in memory. */
  recentCommits(behind: number): readonly SealedCommit[] | undefined {
    return this.recent.behind(behind);
  }

  /** Calls back after each advance, and when the project is stopped, until the function it answers is called. */
  onAdvance(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Waits until the log is known up to this position; throws `PositionNotReachedError` after 5 s. */
  async atLeast(position: number): Promise<Image<View>> {
    const deadline = performance.now() + REACH_WITHIN_MS;
    const { shared } = this.surroundings.store;
    while (this.current().position < position) {
      if (shared) await this.catchUp();
      const left = deadline - performance.now();
      if (this.current().position >= position) break;
      if (left <= 0) throw new PositionNotReachedError(position, this.current().position);
      await this.advanceOrTimeout(shared ? Math.min(left, REACH_EVERY_MS) : left);
    }
    return this.current();
  }

  /** The image right after a commit of the past. Throws `BeyondHeadError` when there is none. */
  async past(position: number): Promise<Image<View>> {
    try {
      return await this.pastOf.at(position);
    } catch (error) {
      if (!(error instanceof BrokenChainError)) throw error;
      // Of a log that was replaced meanwhile, or of images that stood on it.
      await this.catchUp();
      const head = this.current();
      if (position > head.position) throw new BeyondHeadError(position, head.position);
      return this.pastOf.at(position);
    }
  }

  /** Ends soon what is done in the background. */
  hurry(): void {
    this.keeper?.hurry();
  }

  private async readTail(): Promise<void> {
    const { store } = this.surroundings;
    if (this.stopped && this.lookedAt + LOOK_AGAIN_AFTER_MS > performance.now()) return;
    if (!this.hasBegun) await this.begin();
    const from = this.image;
    const found = await readOn(store, this.project, from);
    const isBroken = found.stoppedBy instanceof BrokenChainError;
    if (isBroken && from.position > 0) this.startAnew(from, await readOn(store, this.project, Image.empty(this.model)));
    else this.take(found);
  }

  private async begin(): Promise<void> {
    const stored = await this.surroundings.snapshots?.newest(this.project);
    if (stored) {
      this.image = stored.image;
      this.keeper?.found(stored);
    }
    this.hasBegun = true;
  }

  private take({ image, newest, marks, stoppedBy }: Continuation<View>): void {
    this.advance(image, newest.all, marks, this.branch);
    // Of what a snapshot had, nobody has been told by an advance.
    this.tellReached();
    this.lookedAt = performance.now();
    const wasStopped = this.stopped !== undefined;
    this.stopped = stoppedBy;
    if (stoppedBy && !wasStopped) {
      this.surroundings.alarm(stoppedBy.message, { project: this.project, position: stoppedBy.position });
    }
    if (wasStopped || stoppedBy) this.notify();
  }

  /** Takes what was read from the first commit on: what the image stood on is not the log any more. */
  private startAnew({ position, hash }: Image<View>, found: Continuation<View>): void {
    this.image = Image.empty(this.model);
    this.branch += 1;
    this.recent = new RecentCommits();
    this.keeper?.forget();
    this.pastOf.forget();
    this.take(found);
    if (found.stoppedBy) return;
    const now = { position: found.image.position, hash: found.image.hash };
    const details = { project: this.project, position, hash, now };
    this.surroundings.alarm('the log got shorter or was replaced behind the image, which is built anew', details);
    this.notify();
  }

  private tellReached(): void {
    if (this.position > 0) this.surroundings.reached?.(this.project, this.image);
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }

  private advanceOrTimeout(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        off();
        resolve();
      };
      const timer = setTimeout(done, ms);
      const off = this.onAdvance(done);
    });
  }
}
