import { type SealedCommit, sealCommit } from '../event.ts';
import { StoreUnavailableError } from '../event-store.ts';
import type { Image } from '../images/image.ts';
import type { Model } from '../images/projection.ts';
import { type Envelope, nextCommit, type Outcome } from './command.ts';
import { type KeyInUse, usedBy } from './key-in-use.ts';
import { OutcomeUnknownError } from './ledger-errors.ts';
import { appendForSure } from './settle.ts';
import type { LedgerSurroundings } from './surroundings.ts';

/** How many commands may wait for one project; more are refused. */
const LONGEST_QUEUE = 1_000;
/** An append takes no more than this, unless its first commit alone does. */
const LARGEST_APPEND_BYTES = 4 * 1024 * 1024;
/** When a command is told that its outcome is unknown, or that it had to wait too long to be tried at all. */
const ANSWER_WITHIN_MS = 10_000;

/** The side of the ledger that the writer works on. */
interface Head<View> {
  current(): Image<View>;
  catchUp(): Promise<void>;
  advance(image: Image<View>, commits: readonly SealedCommit[], marks: readonly Image<View>[], branch: number): void;
  readonly branch: number;
}

interface Waiting<View, Command, Refusal> {
  readonly envelope: Envelope<Command>;
  readonly key: KeyInUse;
  readonly answer: (outcome: Outcome<View, Refusal>) => void;
  readonly fail: (error: unknown) => void;
  /** It was answered already, and must not be decided any more. */
  gone: boolean;
}

interface Planned<View, Command, Refusal> {
  readonly command: Waiting<View, Command, Refusal>;
  readonly outcome: Outcome<View, Refusal>;
  /** How many commits of the plan the outcome stands on, its own included. */
  readonly standsOn: number;
}

/**
 * Group commit: while one append is under way, commands queue; the next append takes them all, each decided on the image
 * that the one before leaves. An answer leaves only when everything that it was decided on is stored, and, where other
 * processes write too, when a read that began after the command came has confirmed the state it was decided on.
 */
export class Writer<View, Command, Refusal> {
  private queue: Waiting<View, Command, Refusal>[] = [];
  private running = false;
  /** What this process knows of the log may be less than it appended itself. */
  private mustCatchUp = false;

  constructor(
    private readonly project: string,
    private readonly model: Model<View, Command, Refusal>,
    private readonly surroundings: LedgerSurroundings<View>,
    private readonly head: Head<View>,
  ) {}

  get busy(): boolean {
    return this.running;
  }

  get waiting(): number {
    return this.queue.length;
  }

  /** @param key as the store's index was asked for it */
  execute(envelope: Envelope<Command>, key: KeyInUse): Promise<Outcome<View, Refusal>> {
    if (this.queue.length >= LONGEST_QUEUE) {
      const text = `${LONGEST_QUEUE} changes of project ${this.project} are waiting already`;
      return Promise.reject(new StoreUnavailableError(text));
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting<View, Command, Refusal> = {
        envelope,
        key,
        gone: false,
        answer: (outcome) => {
          clearTimeout(timer);
          waiting.gone = true;
          resolve(outcome);
        },
        fail: (error) => {
          clearTimeout(timer);
          waiting.gone = true;
          reject(error);
        },
      };
      // Only what was not yet sent to the store may be called off; `append` takes its own over.
      const timer = setTimeout(() => {
        const at = this.queue.indexOf(waiting);
        if (at < 0) return;
        this.queue.splice(at, 1);
        waiting.fail(
          new StoreUnavailableError(`the store did not get to the change of project ${this.project} in time`),
        );
      }, ANSWER_WITHIN_MS);
      this.queue.push(waiting);
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      while (this.queue.length > 0) {
        // Commands of one tick of the event loop come together.
        await new Promise(setImmediate);
        const batch = this.queue;
        this.queue = [];
        await this.runBatch(batch);
      }
    } finally {
      this.running = false;
    }
  }

  private async runBatch(batch: readonly Waiting<View, Command, Refusal>[]): Promise<void> {
    let pending = batch;
    let confirmed = !this.surroundings.store.shared;
    try {
      if (this.mustCatchUp) {
        await this.head.catchUp();
        this.mustCatchUp = false;
      }
      while (pending.length > 0) {
        await this.answerUsedKeys(pending);
        const { planned, commits } = this.plan(pending.filter(({ gone }) => !gone));
        pending = pending.filter(({ gone }) => !gone);
        if (!confirmed && planned.some(({ outcome }) => outcome.kind !== 'appended')) {
          await this.head.catchUp();
          confirmed = true;
          continue;
        }
        if (!(await this.prepare(planned, commits))) {
          pending = pending.filter(({ gone }) => !gone);
          continue;
        }
        const landed = await this.append(planned, commits);
        for (const { command, outcome, standsOn } of planned)
          if (standsOn <= landed && !command.gone) command.answer(outcome);
        const answered = new Set(planned.filter(({ standsOn }) => standsOn <= landed).map(({ command }) => command));
        pending = pending.filter((command) => !answered.has(command) && !command.gone);
        if (landed < commits.length) {
          await this.head.catchUp();
          confirmed = true;
          // It may have been for the key of a commit that is older than what the image remembers.
          for (const { key } of pending) key.askAnew();
        }
      }
    } catch (error) {
      for (const command of pending) if (!command.gone) command.fail(error);
    }
  }

  /** Answers commands whose key an old commit has. */
  private async answerUsedKeys(pending: readonly Waiting<View, Command, Refusal>[]): Promise<void> {
    const image = this.head.current();
    const look = async (command: Waiting<View, Command, Refusal>) => {
      try {
        const used = await command.key.lookUp(this.surroundings.store, image);
        if (used) command.answer(used);
      } catch (error) {
        command.fail(error);
      }
    };
    await Promise.all(pending.filter(({ gone }) => !gone).map(look));
  }

  /** Decides as many of the commands as one append takes, each on the image that the one before leaves. */
  private plan(pending: readonly Waiting<View, Command, Refusal>[]) {
    const planned: Planned<View, Command, Refusal>[] = [];
    const commits: SealedCommit[] = [];
    let bytes = 0;
    let image = this.head.current();
    for (const command of pending) {
      const outcome = this.tryToDecide(image, command);
      if (!outcome) continue;
      if (outcome.kind === 'appended') {
        bytes += outcome.sealed.body.length;
        if (commits.length > 0 && bytes > LARGEST_APPEND_BYTES) break;
        commits.push(outcome.sealed);
        image = outcome.image;
      }
      planned.push({ command, outcome, standsOn: commits.length });
    }
    return { planned, commits };
  }

  /** A command that cannot be decided for a fault of ours fails alone. */
  private tryToDecide(
    image: Image<View>,
    command: Waiting<View, Command, Refusal>,
  ): Outcome<View, Refusal> | undefined {
    try {
      return this.decide(image, command.envelope);
    } catch (error) {
      command.fail(error);
      return undefined;
    }
  }

  private decide(image: Image<View>, envelope: Envelope<Command>): Outcome<View, Refusal> {
    const claim = envelope.idempotency;
    // What the plan has decided so far may have made its image forget what the stored one still knows.
    const recall = (known: Image<View>) => claim && known.recall(envelope.actor.id, claim.key);
    const remembered = recall(this.head.current()) ?? recall(image);
    if (claim && remembered) return usedBy(claim, remembered);
    const decision = this.model.decide(image.view, envelope.command);
    if ('refusals' in decision) return { kind: 'refused', refusals: decision.refusals, image };
    if (decision.events.length === 0) return { kind: 'unchanged', image };
    const stamp = { commitId: this.surroundings.newCommitId(), now: this.surroundings.now() };
    const sealed = sealCommit(nextCommit(this.project, image, envelope, decision.events, stamp));
    const after = image.fork();
    after.apply(sealed);
    return { kind: 'appended', sealed, image: after };
  }

  /** False when a command's preparation failed: that command was told, and what was decided behind it decides again. */
  private async prepare(
    planned: readonly Planned<View, Command, Refusal>[],
    commits: readonly SealedCommit[],
  ): Promise<boolean> {
    if (commits.length === 0) return true;
    const results = await Promise.allSettled(planned.map(prepareOne));
    let ready = true;
    results.forEach((result, index) => {
      if (result.status === 'fulfilled') return;
      ready = false;
      planned[index]?.command.fail(result.reason);
    });
    return ready;
  }

  /** Answers how many of the commits landed, however long it takes to know. */
  private async append(
    planned: readonly Planned<View, Command, Refusal>[],
    commits: readonly SealedCommit[],
  ): Promise<number> {
    if (commits.length === 0) return 0;
    const { branch } = this.head;
    const giveUp = setTimeout(() => this.giveUp(planned), ANSWER_WITHIN_MS);
    try {
      const { store, stopped, alarm } = this.surroundings;
      let unsure = false;
      const tell = (first: SealedCommit | undefined, cause: unknown) => {
        unsure = true;
        const position = first?.commit.position;
        alarm('the outcome of an append is unknown and is being settled', { project: this.project, position, cause });
      };
      const prepare = () => Promise.all(planned.map(prepareOne));
      const landed = await appendForSure(store, commits, stopped, tell, prepare).catch((error) => {
        if (unsure) {
          this.mustCatchUp = true;
          this.giveUp(planned);
        }
        throw error;
      });
      if (landed > 0) this.surroundings.committed?.(landed);
      if (landed < commits.length) this.surroundings.conflicted?.();
      const images = planned.flatMap(({ outcome }) => (outcome.kind === 'appended' ? [outcome.image] : []));
      const image = images[landed - 1];
      const marks = images.slice(0, landed).filter(({ isMark }) => isMark);
      if (image) this.head.advance(image, commits.slice(0, landed), marks, branch);
      return landed;
    } finally {
      clearTimeout(giveUp);
    }
  }

  private giveUp(planned: readonly Planned<View, Command, Refusal>[]): void {
    for (const { command, outcome } of planned) {
      if (command.gone) continue;
      const error =
        outcome.kind === 'appended'
          ? new OutcomeUnknownError(this.project)
          : new StoreUnavailableError(`the store did not answer for project ${this.project} in time`);
      command.fail(error);
    }
  }
}

/** May be done again. */
async function prepareOne<View, Command, Refusal>({ command, outcome }: Planned<View, Command, Refusal>) {
  if (outcome.kind === 'appended') await command.envelope.prepare?.(outcome.sealed.commit.events);
}
