import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from '../access/identity.ts';
import { INSTANCE } from '../access/instance.ts';
import { judge, rolesOf } from '../access/judge.ts';
import { NotPermittedError } from '../access/not-permitted.ts';
import { principalsOf } from '../access/principals.ts';
import type { Right, Role } from '../access/roles.ts';
import type { Asker } from '../event-sourcing/asker.ts';
import type { Actor } from '../event-sourcing/event.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';
import type { Catalogue } from '../event-sourcing/ledger/catalogue.ts';
import { PositionNotReachedError } from '../event-sourcing/ledger/ledger-errors.ts';
import type { Ledgers, Moment } from '../event-sourcing/ledger/ledgers.ts';
import { type CommitsAt, commitsAt } from '../history/commits-at.ts';
import { type SubjectCommits, subjectCommits } from '../history/subject-commits.ts';
import type { DataSourceCaller } from '../live/data-source-caller.ts';
import type { ProxyTester } from '../live/proxy-tester.ts';
import { type ParameterUsers, parameterUsers } from '../project/parameter-users.ts';
import { accessOf } from '../project/project-access.ts';
import type { Command, ProjectImage, ProjectView } from '../project/project-model.ts';
import { isProjectKey } from '../projects/project-input.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { EndSignal } from '../traffic/abort.ts';
import type { Refusal } from '../words/refusal.ts';
import { Slices } from '../words/slices.ts';
import { type LookUpTokenUses, type TokenUses, tokenUses } from './access/token-uses.ts';
import { Receipts } from './receipts.ts';
import { AnswerSize } from './toolkit/answer-size.ts';
import { badUserInput } from './toolkit/errors.ts';
import { type SeenImage, seenAsOf } from './toolkit/seen-image.ts';

/** What resolvers work with; the same for every request. */
export interface Services {
  readonly store: EventStore;
  readonly ledgers: Ledgers<ProjectView, Command, Refusal>;
  readonly catalogue: Catalogue;
  /** Whether one of these principals may read a project, as the catalogue has it. One look-up, alike for each key. */
  readonly isReadBy: (project: string, principals: readonly string[]) => Promise<boolean>;
  /** Notes in the catalogue who may read a project, by an image of it; tried again, if need be, until it succeeds. */
  readonly noteReaders: (project: string, image: ProjectImage) => Promise<void>;
  readonly lookUpTokenUses: LookUpTokenUses;
  /** Whether tokens may be issued that never expire. */
  readonly tokensWithoutExpiry: boolean;
  readonly secrets: Secrets;
  readonly keyRing: KeyRing;
  readonly proxyTester: ProxyTester;
  readonly dataSourceCaller: DataSourceCaller;
}

/** As long as a position is waited for. */
const LISTED_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

function isLogKey(key: string): boolean {
  return key === INSTANCE || isProjectKey(key);
}

/** Past moments that one request may see: each may have to be folded from the log. */
const MOST_MOMENTS = 100;

/** Who was found to be listed with a project, and to be let in by this very image of it; neither ever changes. */
const knownReaders = new WeakMap<ProjectImage, WeakSet<Identity>>();

/** One request: who asks, and the one state that it sees of each project. */
export class RequestContext {
  /** What its mutations stored. */
  readonly receipts = new Receipts();
  private readonly pinned = new Map<string, Promise<SeenImage | undefined>>();
  private readonly users = new Map<ProjectView, Promise<ReadonlyMap<string, ParameterUsers>>>();
  /** The key of the project that it follows, as a subscription. */
  follows: string | undefined;
  /** The newest images that it read, by project; undefined: it read what no image tells, and what changes by itself. */
  private read: Map<string, ProjectImage> | undefined = new Map();
  private moments = 0;

  constructor(
    readonly services: Services,
    readonly identity: Identity,
    readonly requestId: string,
    private readonly client: { readonly signal: AbortSignal; readonly ending?: EndSignal },
    /** What is answered so far. */
    readonly answer = new AnswerSize(),
  ) {}

  /** Aborted when the client goes away. */
  get signal(): AbortSignal {
    return this.client.signal;
  }

  /** The same, for whom a simpler signal is enough. */
  get ending(): EndSignal {
    return this.client.ending ?? this.client.signal;
  }

  /** Its answer is made in these. */
  get slices(): Slices {
    return this.keep('slices', new Slices(this.signal));
  }

  /** Commits by their positions, read together. */
  get commitsAt(): CommitsAt {
    return this.keep('commitsAt', commitsAt(this.services.store));
  }

  /** Histories of resources, read together where a list asks for many. */
  get subjectCommits(): SubjectCommits {
    return this.keep('subjectCommits', subjectCommits(this.services.store));
  }

  /** When tokens were used last, looked up together. */
  get tokenUses(): TokenUses {
    // They are kept beside the log.
    this.read = undefined;
    return this.keep('tokenUses', tokenUses(this.services.lookUpTokenUses));
  }

  /** Made when it is asked for: most requests need few of these. */
  private keep<T>(name: string, made: T): T {
    Object.defineProperty(this, name, { value: made });
    return made;
  }

  get actor(): Actor {
    return this.identity.actor;
  }

  /** What its answer was read from; undefined: of that not all is known. */
  get readings(): readonly { readonly project: string; readonly image: ProjectImage }[] | undefined {
    return this.read && [...this.read].map(([project, image]) => ({ project, image }));
  }

  private noteRead(project: string, image: ProjectImage | undefined): void {
    const before = this.read?.get(project);
    // That there is none may change without a position that would tell; and of two states neither is what was answered.
    if (!image || (before && before.hash !== image.hash)) this.read = undefined;
    else this.read?.set(project, image);
  }

  /** By what the catalogue lists projects for the asker; undefined: it lists all. */
  get readers(): readonly string[] | undefined {
    const { standing } = this.identity;
    return !standing || standing.isAdministrator ? undefined : principalsOf(this.identity);
  }

  /**
   * The project's image that this request sees: the same one however often it asks for the same moment. Undefined when
   * there is no such project, or was none, or the asker may not read it now. Of the instance's log too.
   */
  image(project: string, moment?: Moment): Promise<SeenImage | undefined> {
    if (!isLogKey(project)) return Promise.resolve(undefined);
    const key = JSON.stringify([project, moment]);
    let image = this.pinned.get(key);
    if (!image) {
      image = moment ? this.imageAsOf(project, moment) : this.newest(project);
      this.pinned.set(key, image);
    }
    return image;
  }

  /**
   * The project, if the asker has the right there by its log as this process knows it; undefined, as if there was none, if
   * they may not read it. Throws `NotPermittedError`.
   */
  async permitted(project: string | undefined, right: Right): Promise<string | undefined> {
    const { standing } = this.identity;
    if (!standing) return project;
    if (right === 'ADMINISTER' && !standing.isAdministrator) throw new NotPermittedError(right);
    if (project === undefined || right === 'ADMINISTER') return project;
    // Its log may not have a commit yet.
    if (project === INSTANCE) return standing.isAdministrator ? project : undefined;
    const view = await this.judged(project);
    if (!view) return undefined;
    if (!judge(accessOf(view), this.identity, right).allowed) throw new NotPermittedError(right);
    return project;
  }

  /**
   * The asker, for a command. An administrator's token is of another log than the command: whether it still is one is
   * looked at there.
   */
  async asker(): Promise<Asker> {
    const { actor, standing } = this.identity;
    const { token, isAdministrator } = standing ?? {};
    if (!standing || !token || token.project !== undefined || !isAdministrator) return this.identity;
    const image = await this.services.ledgers.viewAtHead(INSTANCE);
    const holds = image && judge(accessOf(image.view), this.identity, 'ADMINISTER').allowed;
    return holds ? this.identity : { actor, standing: { ...standing, isAdministrator: false } };
  }

  /** Whether the asker has a right in a project, by its log as this process knows it. */
  async has(project: string, right: Right): Promise<boolean> {
    if (!this.identity.standing) return true;
    const view = await this.judged(project);
    return view !== undefined && judge(accessOf(view), this.identity, right).allowed;
  }

  /** The roles that grants, or their token, give the asker in a project, from the least. */
  async roles(project: string): Promise<readonly Role[]> {
    const view = await this.judged(project);
    return view ? rolesOf(accessOf(view), this.identity) : [];
  }

  /** The project's image at the head of its log; undefined as with `image`. */
  async imageAtHead(project: string): Promise<ProjectImage | undefined> {
    if (!(await this.isListed(project))) return undefined;
    const image = await this.services.ledgers.viewAtHead(project);
    return image && this.mayRead(image.view) ? image : undefined;
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
    // Rights are judged as they are now.
    if (this.identity.standing && !(await this.judged(project))) return undefined;
    const image = await this.services.ledgers.viewAsOf(project, moment);
    // What a moment means may change while the log grows.
    this.noteRead(project, this.services.ledgers.peek(project));
    return image && seenAsOf(image);
  }

  /** Waits until the project's log is known up to this position; what the request sees of it from then on has it. */
  async reach(project: string, position: number): Promise<void> {
    if (position < 0) throw badUserInput('atLeastPosition must not be negative');
    if (!isProjectKey(project)) return;
    const pinned = await this.pinned.get(JSON.stringify([project, undefined]));
    if (pinned && pinned.position >= position) return;
    const image = (await this.reachListing(project, position))
      ? await this.services.ledgers.view(project, position)
      : undefined;
    this.noteRead(project, image);
    this.pin(project, image && this.mayRead(image.view) ? image : undefined);
  }

  /** Says which image of a project's head this request sees: what follows is read from it, and rights are judged on it. */
  pin(project: string, image: SeenImage | undefined): void {
    this.pinned.set(JSON.stringify([project, undefined]), Promise.resolve(image));
  }

  /** The state that the asker's rights in a project are judged on; undefined when they may not read it. */
  private async judged(project: string): Promise<ProjectView | undefined> {
    return (await this.image(project))?.view;
  }

  private async newest(project: string): Promise<ProjectImage | undefined> {
    const known = this.services.ledgers.peek(project);
    if (known && knownReaders.get(known)?.has(this.identity)) {
      this.noteRead(project, known);
      return known;
    }
    if (!(await this.isListed(project))) {
      this.noteRead(project, undefined);
      return undefined;
    }
    const image = await this.services.ledgers.view(project);
    this.noteRead(project, image);
    if (!image || !this.mayRead(image.view)) return undefined;
    this.noteReader(image);
    return image;
  }

  /** Who may not read it leaves no trace here, so that it takes them as long as a project that there is none of. */
  private noteReader(image: ProjectImage): void {
    const readers = knownReaders.get(image) ?? new WeakSet();
    knownReaders.set(image, readers.add(this.identity));
  }

  private mayRead(view: ProjectView): boolean {
    return judge(accessOf(view), this.identity, 'READ').allowed;
  }

  /** Whether the catalogue lists a project for the asker. Without a yes no ledger is opened, so that nothing is told by time. */
  private async isListed(project: string): Promise<boolean> {
    const { standing } = this.identity;
    if (!standing || standing.isAdministrator) return true;
    if (project === INSTANCE) return false;
    return this.services.isReadBy(project, principalsOf(this.identity));
  }

  /** Waits until the catalogue lists a project for the asker, which it may do a moment late. */
  private async reachListing(project: string, position: number): Promise<boolean> {
    const deadline = performance.now() + LISTED_WITHIN_MS;
    while (!(await this.isListed(project))) {
      if (position <= 0) return false;
      if (performance.now() > deadline) throw new PositionNotReachedError(position, 0);
      await sleep(LOOK_EVERY_MS, undefined, { signal: this.signal });
    }
    return true;
  }
}

/** Whether somebody may read a project, by its log as this process knows it. */
export async function mayRead({ ledgers }: Services, identity: Identity, project: string): Promise<boolean> {
  if (!identity.standing) return true;
  const image = await ledgers.view(project);
  return image !== undefined && judge(accessOf(image.view), identity, 'READ').allowed;
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
