import { UnsoundCommitError } from '../event-sourcing/decoder.ts';
import { type Commit, chainHash, claimOfKey, openCommit, type SealedCommit } from '../event-sourcing/event.ts';
import type { CommitFilter } from '../event-sourcing/event-store.ts';

/**
 * The largest body that an append takes. The copies that a store keeps beside the body can't be larger than the body
 * itself, and a document of MongoDB ends at 16 MiB.
 */
export const LARGEST_BODY_BYTES = 7 * 1024 * 1024;

/** What stores copy out of a commit's body for their indexes. */
export interface CommitIndex {
  readonly project: string;
  readonly position: number;
  readonly at: string;
  readonly actorId: string;
  /** Unique within the project: see `claimOf`. */
  readonly claim: string;
  /** One for each event, in their order. */
  readonly events: readonly EventIndex[];
}

export interface EventIndex {
  readonly type: string;
  readonly subject?: string;
}

export function indexOf(commit: Commit): CommitIndex {
  return {
    project: commit.project,
    position: commit.position,
    at: commit.at,
    actorId: commit.actor.id,
    claim: claimOf(commit),
    events: commit.events.map(({ type, subject }) => ({ type, ...(subject && { subject: subject.id }) })),
  };
}

/**
 * What no two commits of a project may have in common: the actor and the idempotency key, as a JSON array, or the
 * commit's id where there is no key.
 */
export function claimOf({ actor, idempotency, commitId }: Commit): string {
  return idempotency ? claimOfKey(actor.id, idempotency.key) : commitId;
}

/**
 * The copies of commits that were stored before there were claims, given in the order of the log. Of several commits with
 * one key the first has the claim, the others their own id.
 */
export class CopiesInOrder {
  #project: string | undefined;
  #taken = new Set<string>();

  /** Undefined for a body that can't be read: whoever reads that commit is told. */
  next(project: string, body: Uint8Array): CommitIndex | undefined {
    if (project !== this.#project) this.#taken = new Set();
    this.#project = project;
    try {
      const { commit } = openCommit(body, '');
      const index = indexOf(commit);
      if (this.#taken.has(index.claim)) return { ...index, claim: commit.commitId };
      if (commit.idempotency) this.#taken.add(index.claim);
      return index;
    } catch {
      return undefined;
    }
  }
}

/** For a commit whose body can't be read, and so tells no claim. */
export function placeholderClaim(position: number): string {
  return `unreadable ${position}`;
}

/** Each once, in the order of the events. */
export function subjectsOf({ events }: CommitIndex): string[] {
  return [...new Set(events.flatMap(({ subject }) => subject ?? []))];
}

/** Each once, in the order of the events. */
export function typesOf({ events }: CommitIndex): string[] {
  return [...new Set(events.map(({ type }) => type))];
}

export function matches(index: CommitIndex, where: CommitFilter): boolean {
  const { positions, subjects, actorId, types, since, until } = where;
  return (
    (positions === undefined || positions.includes(index.position)) &&
    (subjects === undefined || index.events.some(({ subject }) => isAmong(subjects, subject))) &&
    (actorId === undefined || index.actorId === actorId) &&
    (types === undefined || index.events.some(({ type }) => types.includes(type))) &&
    (since === undefined || index.at >= since) &&
    (until === undefined || index.at < until)
  );
}

/** How many of the commit's events match by themselves, where the commit does. */
export function countMatching(index: CommitIndex, where: CommitFilter): number {
  if (!matches(index, where)) return 0;
  const { subjects, types } = where;
  return index.events.filter(
    ({ type, subject }) =>
      (subjects === undefined || isAmong(subjects, subject)) && (types === undefined || types.includes(type)),
  ).length;
}

function isAmong(texts: readonly string[], text: string | undefined): boolean {
  return text !== undefined && texts.includes(text);
}

/** Throws on what no ledger would send: an append is of one project, at consecutive positions, and its bodies are capped. */
export function assertAppendable(commits: readonly SealedCommit[]): void {
  commits.forEach(({ commit, body }, index) => {
    const previous = commits[index - 1]?.commit;
    if (previous && (commit.project !== previous.project || commit.position !== previous.position + 1)) {
      throw new RangeError(`commits do not follow each other: ${placeOf(previous)}, then ${placeOf(commit)}`);
    }
    if (!Number.isSafeInteger(commit.position) || commit.position < 1) {
      throw new RangeError(`not a position: ${placeOf(commit)}`);
    }
    if (body.byteLength > LARGEST_BODY_BYTES) {
      throw new RangeError(
        `a commit holds at most ${LARGEST_BODY_BYTES} bytes, not ${body.byteLength}: ${placeOf(commit)}`,
      );
    }
  });
}

/**
 * A stored commit from its body. Throws `UnsoundCommitError` when the body can't be read, when it is not what its hash
 * covers, or when the copies that the store has beside it do not say what it says.
 *
 * @param copies what is stored beside the body
 * @param copiesOf what that is to be; left out: the index alone
 */
export function openStored<Copies extends CommitIndex>(
  body: Uint8Array,
  hash: string,
  copies: Copies,
  copiesOf?: (index: CommitIndex) => Copies,
): SealedCommit {
  const fail = (reason: string, cause?: unknown) =>
    new UnsoundCommitError(copies.project, copies.position, reason, { cause });
  let sealed: SealedCommit;
  let differing: readonly string[] = NONE;
  try {
    sealed = openCommit(body, hash);
    if (copiesOf || !isIndexOf(copies, sealed.commit)) {
      const index = indexOf(sealed.commit);
      differing = differingMembers(copiesOf ? copiesOf(index) : index, copies);
    }
  } catch (cause) {
    throw fail("its body can't be read", cause);
  }
  if (chainHash(sealed.commit.previousHash, body) !== hash) throw fail('its body is not what its hash covers');
  if (differing.length === 0) return sealed;
  // A key that an earlier commit has already: see `CopiesInOrder`.
  const isLater = String(differing) === 'claim' && copies.claim === sealed.commit.commitId;
  if (!isLater) throw fail(`it differs from its copy of ${differing.join(', ')}`);
  return sealed;
}

const NONE: readonly string[] = [];

/** Whether the index is that of the commit. Of nearly each commit that is read it is, and nothing is made to find out. */
function isIndexOf(index: CommitIndex, commit: Commit): boolean {
  return (
    index.position === commit.position &&
    index.project === commit.project &&
    index.at === commit.at &&
    index.actorId === commit.actor.id &&
    index.claim === claimOf(commit) &&
    index.events.length === commit.events.length &&
    index.events.every(({ type, subject }, at) => {
      const event = commit.events[at];
      return event?.type === type && event.subject?.id === subject;
    })
  );
}

/** Once for each commit that is read: no lists of members are made. */
function differingMembers<T extends object>(wanted: T, copies: T): string[] {
  const differing: string[] = [];
  for (const member in wanted) if (!same(wanted[member], copies[member])) differing.push(member);
  for (const member in copies) if (!(member in wanted)) differing.push(member);
  return differing;
}

/** JSON values. */
function same(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  return Array.isArray(one) === Array.isArray(other) && differingMembers(one, other).length === 0;
}

export function placeOf({ project, position }: { readonly project: string; readonly position: number }): string {
  return `project ${project}, position ${position}`;
}
