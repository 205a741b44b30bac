import { Binary } from 'mongodb';
import type { SealedCommit } from '../../event-sourcing/event.ts';
import { indexOf, openStored } from '../commit-index.ts';

/** A commit as it is stored. Everything but `body` and `hash` is copied out of the body, for the indexes. */
export interface CommitDocument {
  /** On a sharded cluster `_id` is unique on each shard alone: a project, which is on one shard, has to be in it. */
  readonly _id: { readonly project: string; readonly position: number };
  readonly project: string;
  readonly position: number;
  readonly at: string;
  readonly actorId: string;
  readonly idempotencyKey?: string;
  readonly subjects: readonly string[];
  readonly types: readonly string[];
  readonly hash: string;
  readonly body: Binary;
}

export function documentOf({ commit, body, hash }: SealedCommit): CommitDocument {
  const index = indexOf(commit);
  return {
    _id: { project: commit.project, position: commit.position },
    ...index,
    hash,
    body: new Binary(Uint8Array.from(body)),
  };
}

/** Compares the copies beside the body with the body. */
export function openDocument({ _id, body, hash, ...copies }: CommitDocument): SealedCommit {
  // A copy of the bytes: the driver's are a part of the whole answer, which they would keep in memory.
  return openStored(Uint8Array.from(body.value()), hash, copies);
}
