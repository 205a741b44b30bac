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
  users: number;
  /** On a clock that nobody sets. */
  lastUsed: number;
}

/**
 * The ledgers of this process: loaded when first used, followed while in use (where other processes write too), and
 * dropped, least recently used first, over a memory budget.
 */
export class Ledgers<View, Command, Refusal> {
  private readonly loaded = new Map<string, Loaded<View, Command, Refusal>>();
  private readonly pastImages: PastImages<View>;
  private readonly follower: Follower | undefined;

  constructor(
    private readonly model: Model<View, Command, Refusal>,
    private readonly surroundings: LedgerSurroundings<View>,
    /** In bytes of the commits that the images are folded from. */
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
      entry.users -= 1;
      this.shrink();
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

  /** What is in memory: ledgers, commands that wait for them, and bytes of the commits that they are folded from. */
  sizes(): { readonly ledgers: number; readonly waiting: number; readonly bytes: number } {
    const ledgers = [...this.loaded.values()].map(({ ledger }) => ledger);
    return {
      ledgers: ledgers.length,
      waiting: ledgers.reduce((sum, { waiting }) => sum + waiting, 0),
      bytes: ledgers.reduce((sum, { weight }) => sum + weight, 0),
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
      entry.users -= 1;
      this.shrink();
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
    const entry = { ledger, ready, users: 0, lastUsed: performance.now() };
    const isThere = () => {
      if (ledger.weight > 0) this.surroundings.loaded?.(project);
    };
    // The next use tries anew; whoever waits for this one is told.
    const failed = () => {
      if (this.loaded.get(project) === entry) this.loaded.delete(project);
    };
    ready.then(isThere, failed);
    return entry;
  }

  /** Drops what is idle and used least recently, and empty ledgers first of all: anybody may ask for any key. */
  private shrink(): void {
    let weight = 0;
    for (const { ledger } of this.loaded.values()) weight += ledger.weight;
    for (const [project, { ledger, users }] of this.loaded) {
      if (users > 0 || ledger.busy || (weight <= this.memoryBudget && !ledger.isEmpty)) continue;
      this.loaded.delete(project);
      weight -= ledger.weight;
    }
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
