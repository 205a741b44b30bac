import type { SealedCommit } from '../event.ts';
import type { Image } from '../images/image.ts';
import { PastImages } from '../images/past-images.ts';
import type { Model } from '../images/projection.ts';
import type { Envelope, Outcome } from './command.ts';
import { Follower } from './follower.ts';
import { Ledger } from './ledger.ts';
import { BeyondHeadError } from './ledger-errors.ts';
import type { LedgerSurroundings } from './surroundings.ts';

/** A moment of a project's log: right after a commit, or at an instant (ISO 8601, UTC, milliseconds). */
export type Moment = { readonly position: number } | { readonly time: string };

/** Ledgers that were not used for so long are not followed any more; the next use reads first. */
const FOLLOW_FOR_MS = 60_000;
const LAST_INSTANT = '9999-12-31T23:59:59.999Z';
/** Of the memory budget, for images of past moments. */
const SHARE_OF_PAST = 0.5;

/** What follows the end of a log works with. */
export interface LogTail<View> {
  /** See `Ledger.current`. */
  current(): Image<View>;
  /** See `Ledger.recentCommits`. */
  recent(behind: number): readonly SealedCommit[] | undefined;
  leave(): void;
}

interface Loaded<View, Command, Refusal> {
  readonly ledger: Ledger<View, Command, Refusal>;
  readonly ready: Promise<void>;
  isReady: boolean;
  users: number;
  /** Of memory, as they are in the sum. */
  bytes: number;
  /** On a clock that nobody sets. */
  lastUsed: number;
}

/**
 * The ledgers of this process: loaded when first used, followed while in use (where other processes write too), and
 * dropped, least recently used first, over a memory budget. The one used last stays, however large it is.
 */
export class Ledgers<View, Command, Refusal> {
  private readonly loaded = new Map<string, Loaded<View, Command, Refusal>>();
  /** Of memory, all that is loaded. */
  private bytes = 0;
  private readonly pastImages: PastImages<View>;
  private readonly follower: Follower | undefined;

  constructor(
    private readonly model: Model<View, Command, Refusal>,
    private readonly surroundings: LedgerSurroundings<View>,
    /** In bytes of memory, about. Half as much again is for images of past moments. */
    private readonly memoryBudget: number,
  ) {
    this.pastImages = new PastImages(memoryBudget * SHARE_OF_PAST);
    const { store, alarm } = surroundings;
    if (store.shared) this.follower = new Follower(store, () => this.followed(), alarm);
  }

  /** Throws `NotReadyError` while this process must not append. */
  async assertReady(): Promise<void> {
    await this.surroundings.assertReady?.();
  }

  /**
   * See `Ledger.execute`. A project without a commit has an empty ledger: whether that is refused is for the command.
   * Throws `NotReadyError` while this process must not append.
   */
  async execute(project: string, envelope: Envelope<Command>): Promise<Outcome<View, Refusal>> {
    await this.assertReady();
    return this.use(project, (ledger) => ledger.execute(envelope));
  }

  /**
   * The newest image of the project, or undefined while it has no commit. With `atLeast`, once it has reached that
   * position; throws `PositionNotReachedError`.
   */
  async view(project: string, atLeast = 0): Promise<Image<View> | undefined> {
    if (atLeast <= 0 && !(await this.exists(project))) return undefined;
    const image = await this.use(project, (ledger) => (atLeast > 0 ? ledger.atLeast(atLeast) : ledger.current()));
    return image.position > 0 ? image : undefined;
  }

  /** The image that `view` would answer, if that takes no read. */
  peek(project: string): Image<View> | undefined {
    const entry = this.loaded.get(project);
    if (!entry?.isReady || entry.ledger.isStopped) return undefined;
    const now = performance.now();
    if (this.surroundings.store.shared && entry.lastUsed + FOLLOW_FOR_MS < now) return undefined;
    entry.lastUsed = now;
    // Among those used least recently it is the last.
    this.loaded.delete(project);
    this.loaded.set(project, entry);
    const image = entry.ledger.current();
    return image.position > 0 ? image : undefined;
  }

  /** The image at the head of the log, as a read that began after the call found it; undefined while there is none. */
  async viewAtHead(project: string): Promise<Image<View> | undefined> {
    if (!(await this.exists(project))) return undefined;
    return this.use(project, async (ledger) => {
      if (this.surroundings.store.shared) await ledger.catchUp();
      const image = ledger.current();
      return image.position > 0 ? image : undefined;
    });
  }

  /** The image as of a moment, or undefined before the project's first commit. Throws `BeyondHeadError`. */
  async viewAsOf(project: string, moment: Moment): Promise<Image<View> | undefined> {
    if (!(await this.exists(project))) return undefined;
    return this.use(project, async (ledger) => {
      const position = 'time' in moment ? await this.positionAt(project, moment.time) : moment.position;
      if (position > ledger.current().position) await ledger.catchUp();
      const head = ledger.current();
      if (position > head.position) throw new BeyondHeadError(position, head.position);
      if (position === head.position) return head;
      return position === 0 ? undefined : ledger.past(position);
    });
  }

  /**
   * The live end of a project's log: its ledger stays loaded, and followed, until `leave` is called. Calls back after
   * each advance.
   */
  async tail(project: string, onAdvance: () => void): Promise<LogTail<View>> {
    const entry = this.enter(project);
    const { ledger } = entry;
    const off = ledger.onAdvance(onAdvance);
    const leave = () => {
      off();
      this.leave(entry);
    };
    try {
      await entry.ready;
      if (this.surroundings.store.shared) await ledger.catchUp();
    } catch (error) {
      leave();
      throw error;
    }
    return { current: () => ledger.current(), recent: (behind) => ledger.recentCommits(behind), leave };
  }

  /** What is in memory: ledgers, commands that wait for them, and about how many bytes they take. */
  sizes(): { readonly ledgers: number; readonly waiting: number; readonly bytes: number } {
    const ledgers = [...this.loaded.values()].map(({ ledger }) => ledger);
    return {
      ledgers: ledgers.length,
      waiting: ledgers.reduce((sum, { waiting }) => sum + waiting, 0),
      bytes: this.bytes,
    };
  }

  /** Resolves when no command waits any more, and no snapshot is being written. */
  async drained(): Promise<void> {
    for (const { ledger } of this.loaded.values()) ledger.hurry();
    while ([...this.loaded.values()].some(({ ledger }) => ledger.busy)) await new Promise((r) => setTimeout(r, 10));
  }

  stop(): void {
    this.follower?.stop();
  }

  private async exists(project: string): Promise<boolean> {
    return this.loaded.has(project) || (await this.surroundings.store.head(project)) !== undefined;
  }

  private async use<T>(project: string, work: (ledger: Ledger<View, Command, Refusal>) => T | Promise<T>): Promise<T> {
    const entry = this.enter(project);
    try {
      await entry.ready;
      if (this.surroundings.store.shared && entry.lastUsed + FOLLOW_FOR_MS < performance.now()) {
        await entry.ledger.catchUp();
      }
      entry.lastUsed = performance.now();
      return await work(entry.ledger);
    } finally {
      this.leave(entry);
    }
  }

  private enter(project: string): Loaded<View, Command, Refusal> {
    let entry = this.loaded.get(project);
    if (entry) this.loaded.delete(project);
    else entry = this.load(project);
    this.loaded.set(project, entry);
    entry.users += 1;
    return entry;
  }

  private load(project: string): Loaded<View, Command, Refusal> {
    const ledger = new Ledger(project, this.model, this.surroundings, this.pastImages);
    const ready = ledger.catchUp();
    const lastUsed = performance.now();
    const entry: Loaded<View, Command, Refusal> = { ledger, ready, isReady: false, users: 0, bytes: 0, lastUsed };
    ledger.onAdvance(() => this.count(entry));
    const begun = () => {
      entry.isReady = true;
    };
    // The next use tries anew; whoever waits for this one is told.
    ready.then(begun, () => this.drop(entry));
    return entry;
  }

  private leave(entry: Loaded<View, Command, Refusal>): void {
    entry.users -= 1;
    this.count(entry);
    // Anybody may ask for any key.
    if (entry.ledger.isEmpty && isIdle(entry)) this.drop(entry);
    if (this.bytes > this.memoryBudget) this.shrink();
  }

  private count(entry: Loaded<View, Command, Refusal>): void {
    if (!this.holds(entry)) return;
    this.bytes -= entry.bytes;
    entry.bytes = entry.ledger.bytes;
    this.bytes += entry.bytes;
  }

  /** Drops what is idle and used least recently. */
  private shrink(): void {
    let left = this.loaded.size;
    for (const entry of this.loaded.values()) {
      left -= 1;
      // Else the next request would have to open again what this one did.
      if (left === 0 || this.bytes <= this.memoryBudget) return;
      if (isIdle(entry)) this.drop(entry);
    }
  }

  private drop(entry: Loaded<View, Command, Refusal>): void {
    if (!this.holds(entry)) return;
    this.loaded.delete(entry.ledger.project);
    this.bytes -= entry.bytes;
  }

  private holds(entry: Loaded<View, Command, Refusal>): boolean {
    return this.loaded.get(entry.ledger.project) === entry;
  }

  private *followed(): Iterable<Loaded<View, Command, Refusal>> {
    const now = performance.now();
    for (const entry of this.loaded.values()) {
      if (entry.users > 0 || entry.lastUsed + FOLLOW_FOR_MS >= now) yield entry;
    }
  }

  private async positionAt(project: string, time: string): Promise<number> {
    // Behind the last instant there is none that has a text of this form.
    const where = time < LAST_INSTANT ? { until: new Date(Date.parse(time) + 1).toISOString() } : {};
    const newestFirst = { direction: 'backwards', limit: 1, where } as const;
    for await (const { commit } of this.surroundings.store.read(project, newestFirst)) return commit.position;
    return 0;
  }
}

function isIdle({ ledger, users }: { readonly ledger: { readonly busy: boolean }; readonly users: number }): boolean {
  return users === 0 && !ledger.busy;
}
