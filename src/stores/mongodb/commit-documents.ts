import { Binary } from 'mongodb';
import type { SealedCommit } from '../../event-sourcing/event.ts';
import { type CommitIndex, indexOf, openStored, subjectsOf, typesOf } from '../commit-index.ts';

/** A commit as it is stored. Everything but `body` and `hash` is copied out of the body, for the indexes. */
export interface CommitDocument extends CommitCopies {
  /** On a sharded cluster `_id` is unique on each shard alone: a project, which is on one shard, has to be in it. */
  readonly _id: { readonly project: string; readonly position: number };
  readonly hash: string;
  readonly body: Binary;
}

export interface CommitCopies extends CommitIndex {
  readonly subjects: readonly string[];
  readonly types: readonly string[];
}

export function copiesOf(index: CommitIndex): CommitCopies {
  return { ...index, subjects: subjectsOf(index), types: typesOf(index) };
}

export function documentOf({ commit, body, hash }: SealedCommit): CommitDocument {
  return {
    _id: { project: commit.project, position: commit.position },
    ...copiesOf(indexOf(commit)),
    hash,
    body: new Binary(Uint8Array.from(body)),
  };
}

/** Compares the copies beside the body with the body. */
export function openDocument({ _id, body, hash, ...copies }: CommitDocument): SealedCommit {
  // A copy of the bytes: the driver's are a part of the whole answer, which they would keep in memory.
  return openStored(Uint8Array.from(body.value()), hash, copies, copiesOf);
}
