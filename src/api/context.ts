import type { Actor } from '../event-sourcing/event.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';
import type { Catalogue } from '../event-sourcing/ledger/catalogue.ts';
import type { Ledgers, Moment } from '../event-sourcing/ledger/ledgers.ts';
import { type CommitsAt, commitsAt } from '../history/commits-at.ts';
import { type SubjectCommits, subjectCommits } from '../history/subject-commits.ts';
import type { DataSourceCaller } from '../live/data-source-caller.ts';
import type { ProxyTester } from '../live/proxy-tester.ts';
import { type ParameterUsers, parameterUsers } from '../project/parameter-users.ts';
import type { Command, ProjectView } from '../project/project-model.ts';
import { isProjectKey } from '../projects/project-input.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Refusal } from '../words/refusal.ts';
import { Slices } from '../words/slices.ts';
import { Receipts } from './receipts.ts';
import { AnswerSize } from './toolkit/answer-size.ts';
import { badUserInput } from './toolkit/errors.ts';
import { type SeenImage, seenAsOf } from './toolkit/seen-image.ts';

/** What resolvers work with; the same for every request. */
export interface Services {
  readonly store: EventStore;
  readonly ledgers: Ledgers<ProjectView, Command, Refusal>;
  readonly catalogue: Catalogue;
  readonly secrets: Secrets;
  readonly keyRing: KeyRing;
  readonly proxyTester: ProxyTester;
  readonly dataSourceCaller: DataSourceCaller;
}

/** Past moments that one request may see: each may have to be folded from the log. */
const MOST_MOMENTS = 100;

/** One request: who asks, and the one state that it sees of each project. */
export class RequestContext {
  /** Commits by their positions, read together. */
  readonly commitsAt: CommitsAt;
  /** Histories of resources, read together where a list asks for many. */
  readonly subjectCommits: SubjectCommits;
  /** Its answer is made in these. */
  readonly slices: Slices;
  /** What its mutations stored. */
  readonly receipts = new Receipts();
  private readonly pinned = new Map<string, Promise<SeenImage | undefined>>();
  private readonly users = new Map<ProjectView, Promise<ReadonlyMap<string, ParameterUsers>>>();
  private moments = 0;

  constructor(
    readonly services: Services,
    readonly actor: Actor,
    readonly requestId: string,
    /** Aborted when the client goes away. */
    readonly signal: AbortSignal,
    /** What is answered so far. */
    readonly answer = new AnswerSize(),
  ) {
    this.slices = new Slices(signal);
    this.commitsAt = commitsAt(services.store);
    this.subjectCommits = subjectCommits(services.store);
  }

  /**
   * The project's image that this request sees: the same one however often it asks for the same moment. Undefined when
   * there is no such project, or was none.
   */
  image(project: string, moment?: Moment): Promise<SeenImage | undefined> {
    if (!isProjectKey(project)) return Promise.resolve(undefined);
    const key = JSON.stringify([project, moment]);
    let image = this.pinned.get(key);
    if (!image) {
      image = moment ? this.imageAsOf(project, moment) : this.services.ledgers.view(project);
      this.pinned.set(key, image);
    }
    return image;
  }

  /** What names the parameters of a view in its templates, by the parameters' keys: looked for once for all of them. */
  parameterUsers(view: ProjectView): Promise<ReadonlyMap<string, ParameterUsers>> {
    const users = this.users.get(view) ?? parameterUsers(view, this.signal);
    this.users.set(view, users);
    return users;
  }

  private async imageAsOf(project: string, moment: Moment): Promise<SeenImage | undefined> {
    this.moments += 1;
    if (this.moments > MOST_MOMENTS) throw badUserInput(`one request may ask for at most ${MOST_MOMENTS} moments`);
    const image = await this.services.ledgers.viewAsOf(project, moment);
    return image && seenAsOf(image);
  }

  /** Waits until the project's log is known up to this position; what the request sees of it from then on has it. */
  async reach(project: string, position: number): Promise<void> {
    if (position < 0) throw badUserInput('atLeastPosition must not be negative');
    if (!isProjectKey(project)) return;
    const pinned = await this.pinned.get(JSON.stringify([project, undefined]));
    if (pinned && pinned.position >= position) return;
    const image = await this.services.ledgers.view(project, position);
    this.pinned.set(JSON.stringify([project, undefined]), Promise.resolve(image));
  }
}

/** The contract's `AsOfInput`: exactly one of the two. */
export function readMoment(
  asOf: { readonly position?: number | null; readonly time?: string | null } | null | undefined,
): Moment | undefined {
  if (asOf === null || asOf === undefined) return undefined;
  const { position, time } = asOf;
  if (typeof position === 'number' && typeof time === 'string')
    throw badUserInput('asOf takes a position or a time, not both');
  if (typeof position === 'number') {
    if (position < 0) throw badUserInput('asOf.position must not be negative');
    return { position };
  }
  if (typeof time === 'string') return { time };
  throw badUserInput('asOf needs a position or a time');
}
