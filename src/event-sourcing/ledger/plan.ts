import { type SealedCommit, sealCommit } from '../event.ts';
import type { Image } from '../images/image.ts';
import type { Model } from '../images/projection.ts';
import { nextCommit, type Outcome } from './command.ts';
import { usedBy } from './key-in-use.ts';
import type { LedgerSurroundings } from './surroundings.ts';
import type { Waiting } from './waiting.ts';

/** An append takes no more than this, unless its first commit alone does. */
const LARGEST_APPEND_BYTES = 4 * 1024 * 1024;

export interface Planned<View, Command, Refusal> {
  readonly command: Waiting<View, Command, Refusal>;
  readonly outcome: Outcome<View, Refusal>;
  /** How many commits of the plan the outcome stands on, its own included. */
  readonly standsOn: number;
}

/** What one append is to take, and what is answered when it landed. */
export interface Plan<View, Command, Refusal> {
  readonly planned: readonly Planned<View, Command, Refusal>[];
  readonly commits: readonly SealedCommit[];
}

/** Decides the commands of one project. */
export class Planner<View, Command, Refusal> {
  constructor(
    private readonly project: string,
    private readonly model: Model<View, Command, Refusal>,
    private readonly surroundings: Pick<LedgerSurroundings<View>, 'newCommitId' | 'now' | 'clockBehind'>,
  ) {}

  /** Decides as many of the commands as one append takes, each on the image that the one before leaves. */
  plan(head: Image<View>, pending: readonly Waiting<View, Command, Refusal>[]): Plan<View, Command, Refusal> {
    const planned: Planned<View, Command, Refusal>[] = [];
    const commits: SealedCommit[] = [];
    let bytes = 0;
    let image = head;
    for (const command of pending) {
      const outcome = this.tryToDecide(head, image, command);
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
    head: Image<View>,
    image: Image<View>,
    command: Waiting<View, Command, Refusal>,
  ): Outcome<View, Refusal> | undefined {
    try {
      return this.decide(head, image, command);
    } catch (error) {
      command.fail(error);
      return undefined;
    }
  }

  private decide(
    head: Image<View>,
    image: Image<View>,
    command: Waiting<View, Command, Refusal>,
  ): Outcome<View, Refusal> {
    const { envelope } = command;
    const permission = this.model.permit(image.view, envelope);
    if (!permission.allowed) return { kind: 'barred', mayRead: permission.mayRead };
    const used = command.key.used;
    if (used) return used;
    const claim = envelope.idempotency;
    // What is planned so far may have made its image forget what the one at the head still knows.
    const recall = (known: Image<View>) => claim && known.recall(envelope.actor.id, claim.key);
    const remembered = recall(head) ?? recall(image);
    if (claim && remembered) return usedBy(claim, remembered);
    const decision = this.model.decide(image.view, envelope.command, envelope);
    if ('refusals' in decision) return { kind: 'refused', refusals: decision.refusals, image };
    if (decision.events.length === 0) return { kind: 'unchanged', image };
    const now = this.surroundings.now();
    if (now < image.at) this.surroundings.clockBehind?.({ project: this.project, now, newest: image.at });
    const stamp = { commitId: this.surroundings.newCommitId(), now };
    const { events, authority = permission.authority } = decision;
    const sealed = sealCommit(nextCommit(this.project, image, envelope, { events, authority }, stamp));
    const after = image.fork();
    after.apply(sealed);
    return { kind: 'appended', sealed, image: after };
  }
}
