import type { SealedCommit } from '../event.ts';
import { StoreUnavailableError } from '../event-store.ts';
import type { Image } from '../images/image.ts';
import type { Model } from '../images/projection.ts';
import type { Envelope, Outcome } from './command.ts';
import { NotTakenError, OutcomeUnknownError } from './ledger-errors.ts';
import { type Plan, type Planned, Planner } from './plan.ts';
import { appendForSure } from './settle.ts';
import { sleep } from './sleep.ts';
import type { LedgerSurroundings } from './surroundings.ts';
import { Turns } from './turns.ts';
import { UnsettledKeys } from './unsettled-keys.ts';
import { undone, Waiting } from './waiting.ts';

/** How many commands may wait for one project; more are refused. */
const LONGEST_QUEUE = 1_000;
/** Where other processes write too, the last commit is looked for before an append, unless it was stored so lately. */
const KNOWN_FOR_MS = 3;
/** How often an append may lose its position to a commit that no read shows. */
const MOST_LOSSES_TO_NOTHING = 5;
/** Before what was not shown is looked for again. */
const LOOK_AGAIN_MS = 20;

/** The side of the ledger that the writer works on. */
interface Head<View> {
  current(): Image<View>;
  catchUp(): Promise<void>;
  advance(image: Image<View>, commits: readonly SealedCommit[], marks: readonly Image<View>[], branch: number): void;
  readonly branch: number;
  readonly position: number;
}

/**
 * Group commit: while one append is under way, commands queue; the next append takes them all, each decided on the image
 * that the one before leaves. An answer leaves only when everything that it was decided on is stored.
 *
 * Where other processes write too, an append begins with a read that the commit before is there still, unless this
 * process has just appended it; and an answer without an append counts only on a state that was the head after the
 * command came: the append that it was decided beside says so by landing, else the store is asked.
 */
export class Writer<View, Command, Refusal> {
  private queue: Waiting<View, Command, Refusal>[] = [];
  private running = false;
  /** What this process knows of the log may be less than there is, or not be there any more. */
  private mustCatchUp = false;
  /** When all of an append landed, on the clock of `performance.now()`. */
  private appendedAt = Number.NEGATIVE_INFINITY;
  private readonly unsettled = new UnsettledKeys();
  private readonly turns = new Turns();
  private readonly planner: Planner<View, Command, Refusal>;

  constructor(
    private readonly project: string,
    model: Model<View, Command, Refusal>,
    private readonly surroundings: LedgerSurroundings<View>,
    private readonly head: Head<View>,
  ) {
    this.planner = new Planner(project, model, surroundings);
  }

  get busy(): boolean {
    return this.running;
  }

  get waiting(): number {
    return this.queue.length;
  }

  execute(envelope: Envelope<Command>): Promise<Outcome<View, Refusal>> {
    return new Promise((answer, reject) => {
      const fail = (error: unknown) => {
        this.queue = this.queue.filter((waiting) => waiting !== command);
        reject(this.told(envelope, error));
      };
      const command: Waiting<View, Command, Refusal> = new Waiting(this.project, envelope, { answer, fail });
      if (this.queue.length >= LONGEST_QUEUE) {
        const text = `${LONGEST_QUEUE} changes of project ${this.project} are waiting already`;
        command.fail(new NotTakenError(text));
        return;
      }
      this.queue.push(command);
      if (!this.running) void this.run();
    });
  }

  /** Nothing was appended for this command; but one before it may have been, with the same key. */
  private told(envelope: Envelope<Command>, error: unknown): unknown {
    const isUnsettled = error instanceof StoreUnavailableError && this.unsettled.has(envelope);
    return isUnsettled ? new OutcomeUnknownError(this.project) : error;
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      while (this.queue.length > 0) {
        // Commands of one tick of the event loop come together.
        await new Promise(setImmediate);
        await this.giveWay();
        const batch = this.queue;
        this.queue = [];
        await this.runBatch(batch);
      }
    } finally {
      this.running = false;
    }
  }

  private async giveWay(): Promise<void> {
    const pause = this.surroundings.store.shared ? this.turns.pause() : 0;
    if (pause <= 0) return;
    await sleep(pause);
    this.mustCatchUp = true;
  }

  private async runBatch(batch: readonly Waiting<View, Command, Refusal>[]): Promise<void> {
    const { shared } = this.surroundings.store;
    let isConfirmed = !shared;
    let hasRead = false;
    let lossesToNothing = 0;
    let pending = batch;
    if (shared && this.appendedAt + KNOWN_FOR_MS < performance.now()) this.mustCatchUp = true;
    try {
      for (; pending.length > 0; pending = undone(pending)) {
        if (this.mustCatchUp) {
          await this.catchUp();
          hasRead = true;
        }
        await this.lookUpKeys(pending);
        const plan = this.planner.plan(this.head.current(), undone(pending));
        if (!isConfirmed && plan.commits.length === 0) {
          if (hasRead) await this.confirm(pending);
          isConfirmed = hasRead;
          this.mustCatchUp = !hasRead;
          continue;
        }
        if (!(await this.prepare(plan))) continue;
        const landed = await this.append(plan);
        isConfirmed ||= landed > 0;
        for (const { command, outcome, standsOn } of plan.planned) {
          if (isConfirmed && standsOn <= landed) command.answer(outcome);
        }
        if (landed === plan.commits.length) continue;
        isConfirmed = !shared;
        for (const { key } of pending) key.askAnew();
        lossesToNothing = (await this.showsMore()) ? 0 : lossesToNothing + 1;
        if (lossesToNothing === MOST_LOSSES_TO_NOTHING) throw this.lostToNothing();
      }
    } catch (error) {
      for (const command of pending) command.fail(error);
    }
  }

  private async catchUp(): Promise<void> {
    await this.head.catchUp();
    this.mustCatchUp = false;
    this.unsettled.settle(this.head.position);
  }

  /** Whether another read shows another head. */
  private async showsMore(): Promise<boolean> {
    const { hash } = this.head.current();
    await this.catchUp();
    if (this.head.current().hash !== hash) return true;
    await sleep(LOOK_AGAIN_MS);
    return false;
  }

  private lostToNothing(): NotTakenError {
    const { position } = this.head.current();
    const text = 'appends lose their position to commits that no read shows';
    this.surroundings.alarm(text, { project: this.project, position: position + 1 });
    return new NotTakenError(`${text}: project ${this.project}, position ${position + 1}`);
  }

  /** Returns once the image was the head at some time after the commands came, or none of them waits any more. */
  private async confirm(pending: readonly Waiting<View, Command, Refusal>[]): Promise<void> {
    while (undone(pending).length > 0) {
      const { position } = this.head.current();
      if (!(await this.surroundings.store.hasCommitAt(this.project, position + 1))) return;
      await this.showsMore();
    }
  }

  /** Looks whether an old commit has the key of a command. */
  private async lookUpKeys(pending: readonly Waiting<View, Command, Refusal>[]): Promise<void> {
    const image = this.head.current();
    const lookUp = async (command: Waiting<View, Command, Refusal>) => {
      try {
        await command.key.lookUp(this.surroundings.store, image);
      } catch (error) {
        command.fail(error);
      }
    };
    await Promise.all(undone(pending).map(lookUp));
  }

  /**
   * False when a command's preparation failed, or took longer than it waits: that command was told, and what was decided
   * behind it decides again.
   */
  private async prepare({ planned }: Plan<View, Command, Refusal>): Promise<boolean> {
    const results = await Promise.allSettled(planned.map(prepareOne));
    results.forEach((result, index) => {
      if (result.status === 'rejected') planned[index]?.command.fail(result.reason);
    });
    return planned.every(({ command }) => !command.isDone);
  }

  /** Answers how many of the commits landed, however long it takes to know. */
  private async append({ planned, commits }: Plan<View, Command, Refusal>): Promise<number> {
    if (commits.length === 0) return 0;
    const { branch } = this.head;
    const appending = planned.flatMap(({ command, outcome }) =>
      outcome.kind === 'appended' ? [{ command, image: outcome.image }] : [],
    );
    for (const { command, image } of appending) {
      command.sent();
      this.unsettled.add(command.envelope, image.position);
    }
    const begun = performance.now();
    const landed = await this.appendForSure(planned, commits);
    this.turns.appended(landed === commits.length, begun);
    for (const { command } of appending.slice(landed)) command.lost();
    if (landed > 0) this.surroundings.committed?.(landed);
    if (landed < commits.length) this.surroundings.conflicted?.();
    const images = appending.map(({ image }) => image);
    const image = images[landed - 1];
    const marks = images.slice(0, landed).filter(({ isMark }) => isMark);
    if (image) this.head.advance(image, commits.slice(0, landed), marks, branch);
    for (const { command } of appending) this.unsettled.delete(command.envelope);
    if (landed === commits.length) this.appendedAt = performance.now();
    return landed;
  }

  /** Whoever waits for an append that is given up is told so far as it is known. */
  private async appendForSure(
    planned: readonly Planned<View, Command, Refusal>[],
    commits: readonly SealedCommit[],
  ): Promise<number> {
    const { store, stopped, alarm } = this.surroundings;
    let isUnsure = false;
    const tell = (first: SealedCommit | undefined, cause: unknown) => {
      isUnsure = true;
      const position = first?.commit.position;
      alarm('the outcome of an append is unknown and is being settled', { project: this.project, position, cause });
    };
    const prepare = () => Promise.all(planned.map(prepareOne));
    try {
      return await appendForSure(store, commits, stopped, tell, prepare);
    } catch (error) {
      this.mustCatchUp = true;
      const appending = planned.filter(({ outcome }) => outcome.kind === 'appended');
      for (const { command } of appending) {
        if (isUnsure) command.fail(new OutcomeUnknownError(this.project));
        else this.unsettled.delete(command.envelope);
      }
      if (!isUnsure) throw error;
      const text = `the store does not tell what became of a change of project ${this.project}`;
      throw new StoreUnavailableError(text, { cause: error });
    }
  }
}

/** May be done again. */
async function prepareOne<View, Command, Refusal>({ command, outcome }: Planned<View, Command, Refusal>) {
  if (outcome.kind === 'appended') await command.envelope.prepare?.(outcome.sealed.commit.events);
}
