import { UndecodableEventError } from '../decoder.ts';
import type { SealedCommit } from '../event.ts';
import { BrokenChainError, Image, REMEMBERED_COMMITS } from '../images/image.ts';
import { Milestones } from '../images/milestones.ts';
import type { PastImage, PastImages } from '../images/past-images.ts';
import type { Model } from '../images/projection.ts';
import { SnapshotKeeper } from '../snapshots/snapshot-keeper.ts';
import type { Envelope, Outcome } from './command.ts';
import { PositionNotReachedError } from './ledger-errors.ts';
import { RecentCommits } from './recent-commits.ts';
import type { LedgerSurroundings } from './surroundings.ts';
import { Writer } from './writer.ts';

/** How long `atLeast` waits for a position. */
const REACH_WITHIN_MS = 5_000;
/** How often `atLeast` reads the tail where other processes write. */
const REACH_EVERY_MS = 50;
/** How many commits are folded before other work gets a turn. */
const FOLD_IN_ONE_GO = 500;
/** A snapshot is read rather than so many commits folded. */
const WORTH_A_SNAPSHOT = 1_000;

/**
 * Answers for one project in this process: holds the image at the head, as far as it is known to be stored, decides
 * commands and appends their commits.
 */
export class Ledger<View, Command, Refusal> {
  private image: Image<View>;
  private poison: UndecodableEventError | undefined;
  private readonly listeners = new Set<() => void>();
  private recent = new RecentCommits();
  private readonly milestones = new Milestones<View>();
  private readonly keeper: SnapshotKeeper<View> | undefined;
  private readonly writer: Writer<View, Command, Refusal>;
  private hasBegun = false;
  /** The read under way, or the last one; never rejects. */
  private lastRead: Promise<void> = Promise.resolve();
  private nextRead: Promise<void> | undefined;
  /** The look under way that is far from every image in memory, or the last one; never rejects. */
  private farLook: Promise<void> = Promise.resolve();

  constructor(
    readonly project: string,
    private readonly model: Model<View, Command, Refusal>,
    private readonly surroundings: LedgerSurroundings<View>,
    private readonly pastImages: PastImages<View>,
  ) {
    pastImages.forget(project);
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

  /** In bytes of the commits that the image is folded from. */
  get weight(): number {
    return this.image.weight;
  }

  /** Of the newest commit that is known, also while the project is stopped. */
  get position(): number {
    return this.image.position;
  }

  /** Whether the commit with this hash is among the newest ones that are known. */
  knows(hash: string): boolean {
    return this.image.hash === hash || this.recent.all.some((sealed) => sealed.hash === hash);
  }

  /** The image at the newest commit known to be stored. Throws `UndecodableEventError` while the project is stopped. */
  current(): Image<View> {
    if (this.poison) throw this.poison;
    return this.image;
  }

  /**
   * Decides a command at the head of the log and appends what it decides.
   * Throws `StoreUnavailableError` (nothing was appended), `OutcomeUnknownError`, `UndecodableEventError`.
   */
  async execute(envelope: Envelope<Command>): Promise<Outcome<View, Refusal>> {
    if (this.poison) throw this.poison;
    const claim = envelope.idempotency;
    if (claim && this.image.position > REMEMBERED_COMMITS && !this.image.recall(envelope.actor.id, claim.key)) {
      const old = await this.surroundings.store.findByIdempotencyKey(this.project, envelope.actor.id, claim.key);
      if (old?.commit.idempotency) {
        if (!claim.matches(old.commit.idempotency)) return { kind: 'key-reused' };
        return { kind: 'replayed', position: old.commit.position };
      }
    }
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
   * without a gap and up to the image's position; `marks` are the images at the marks on the way to it.
   */
  advance(image: Image<View>, commits: readonly SealedCommit[], marks: readonly Image<View>[]): void {
    if (image.position <= this.image.position) return;
    const { position } = this.image;
    this.image = image;
    this.recent.add(commits);
    const passed = marks.filter((mark) => mark.position > position);
    this.milestones.keep(passed);
    this.keeper?.offer(image, passed);
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

  /** The image right after a commit of the past, folded from the nearest image before it that there is. */
  past(position: number): Promise<Image<View>> {
    const nearest = this.nearest(position);
    if (position - nearest.image.position <= WORTH_A_SNAPSHOT) return this.foldFrom(nearest, position);
    // One after the other: each begins at what the one before it has found.
    const look = this.farLook.then(() => this.lookFar(position));
    this.farLook = look.then(
      () => undefined,
      () => undefined,
    );
    return look;
  }

  /** Ends soon what is done in the background. */
  hurry(): void {
    this.keeper?.hurry();
  }

  private async lookFar(position: number): Promise<Image<View>> {
    const nearest = this.nearest(position);
    const from = nearest.image.position;
    const isFar = position - from > WORTH_A_SNAPSHOT;
    const stored = isFar ? await this.surroundings.snapshots?.newest(this.project, position, from) : undefined;
    if (!stored) return this.foldFrom(nearest, position);
    const opened = { image: stored.image, size: stored.size };
    this.pastImages.keep(this.project, opened);
    return this.foldFrom(opened, position);
  }

  /** Of the images in memory. */
  private nearest(position: number): PastImage<View> {
    const looked = this.pastImages.before(this.project, position);
    const passed = this.milestones.before(position);
    if (looked && looked.image.position >= (passed?.position ?? 0)) return looked;
    return { image: passed ?? Image.empty<View>(this.model), size: 0 };
  }

  private async foldFrom({ image: from, size }: PastImage<View>, position: number): Promise<Image<View>> {
    if (from.position === position) return from;
    const image = from.fork();
    await this.fold(image, { upTo: position });
    this.pastImages.keep(this.project, { image, size: size + image.weight - from.weight });
    return image;
  }

  private async readTail(): Promise<void> {
    if (!this.hasBegun) {
      const stored = await this.surroundings.snapshots?.newest(this.project);
      if (stored) {
        this.image = stored.image;
        this.keeper?.found(stored);
      }
      this.hasBegun = true;
    }
    try {
      await this.readBehind(this.image);
    } catch (error) {
      if (!(error instanceof BrokenChainError)) throw error;
      const { project, position } = error;
      this.surroundings.alarm('the log was changed behind the image, which is built anew', { project, position });
      this.image = Image.empty(this.model);
      this.recent = new RecentCommits();
      this.milestones.clear();
      this.keeper?.forget();
      this.pastImages.forget(this.project);
      await this.readBehind(this.image);
    }
  }

  private async readBehind(base: Image<View>): Promise<void> {
    const image = base.fork();
    const newest = new RecentCommits();
    const marks: Image<View>[] = [];
    try {
      await this.fold(image, {
        passed: (sealed) => {
          newest.add([sealed]);
          if (image.isMark) marks.push(image.fork());
        },
      });
      this.poison = undefined;
    } catch (error) {
      if (!(error instanceof UndecodableEventError)) throw error;
      if (!this.poison) this.surroundings.alarm(error.message, { project: this.project, position: error.position });
      this.poison = error;
      this.notify();
    }
    this.advance(image, newest.all, marks);
  }

  /** Changes the image in place. */
  private async fold(
    image: Image<View>,
    { upTo, passed }: { readonly upTo?: number; readonly passed?: (sealed: SealedCommit) => void },
  ): Promise<void> {
    const range = { after: image.position, ...(upTo !== undefined && { upTo }) };
    for await (const sealed of this.surroundings.store.read(this.project, range)) {
      image.apply(sealed);
      passed?.(sealed);
      if (image.position % FOLD_IN_ONE_GO === 0) await new Promise(setImmediate);
    }
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
