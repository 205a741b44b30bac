import { type Commit, openCommit, type SealedCommit } from '../event-sourcing/event.ts';
import { type CommitFilter, StoreUnusableError } from '../event-sourcing/event-store.ts';

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
  readonly idempotencyKey?: string;
  /** Each one once, in the order of the events. */
  readonly subjects: readonly string[];
  /** Each one once, in the order of the events. */
  readonly types: readonly string[];
}

export function indexOf(commit: Commit): CommitIndex {
  const subjects = new Set<string>();
  const types = new Set<string>();
  for (const { type, subject } of commit.events) {
    types.add(type);
    if (subject) subjects.add(subject.id);
  }
  return {
    project: commit.project,
    position: commit.position,
    at: commit.at,
    actorId: commit.actor.id,
    ...(commit.idempotency && { idempotencyKey: commit.idempotency.key }),
    subjects: [...subjects],
    types: [...types],
  };
}

export function matches(index: CommitIndex, where: CommitFilter): boolean {
  const { positions, subjects, actorId, types, since, until } = where;
  return (
    (positions === undefined || positions.includes(index.position)) &&
    (subjects === undefined || index.subjects.some((subject) => subjects.includes(subject))) &&
    (actorId === undefined || index.actorId === actorId) &&
    (types === undefined || index.types.some((type) => types.includes(type))) &&
    (since === undefined || index.at >= since) &&
    (until === undefined || index.at < until)
  );
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
 * A stored commit from its body. Throws `StoreUnusableError` when the body can't be read, or when the copies that the
 * store has beside it do not say what it says.
 */
export function openStored(body: Uint8Array, hash: string, copies: CommitIndex): SealedCommit {
  const place = placeOf(copies);
  let sealed: SealedCommit;
  let index: CommitIndex;
  try {
    sealed = openCommit(body, hash);
    index = indexOf(sealed.commit);
  } catch (cause) {
    throw new StoreUnusableError(`a stored commit can't be read: ${place}`, { cause });
  }
  const differing = (Object.keys({ ...index, ...copies }) as (keyof CommitIndex)[]).filter(
    (member) => !same(index[member], copies[member]),
  );
  if (differing.length > 0) {
    throw new StoreUnusableError(`a stored commit differs from its copy of ${differing.join(', ')}: ${place}`);
  }
  return sealed;
}

type Copied = CommitIndex[keyof CommitIndex];

function same(one: Copied, other: Copied): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  return one.length === other.length && one.every((text) => other.includes(text));
}

export function placeOf({ project, position }: { readonly project: string; readonly position: number }): string {
  return `project ${project}, position ${position}`;
}
