import type { Collection, Db } from 'mongodb';
import type { SealedCommit } from '../../event-sourcing/event.ts';
import type { CommitDocument } from './commit-documents.ts';
import { LogIds } from './log-ids.ts';

interface HeadDocument {
  /** The project. */
  readonly _id: string;
  /** The log's identity: the id of the commit at position 1. */
  readonly log: string;
  /** Of a commit that was the newest one when it was appended, or nearly so. */
  readonly hash: string;
}

/** What is appended within this time is told in one command, */
const GATHER_MS = 10;
/** and the next one comes so much later at the earliest: whoever appends all the time need not say so each time. */
const WRITE_EVERY_MS = 200;
/** So many projects are asked for at once. */
const PAGE = 1_000;

/**
 * Tells other nodes, in the collection `heads`, which logs have grown, so that following many of them takes one question.
 * Nothing is decided by it: nobody waits for a hint to be written, and one that gets lost only makes those who follow
 * late.
 */
export class HeadHints {
  readonly #db: Db;
  readonly #heads: Collection<HeadDocument>;
  readonly #logs: LogIds;
  readonly #waiting = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  /** On the clock of `performance.now()`. */
  #writtenAt = Number.NEGATIVE_INFINITY;
  #open = true;

  constructor(db: Db, commits: Collection<CommitDocument>) {
    this.#db = db;
    this.#logs = new LogIds(commits);
    // A hint stands for an append that a majority has; it need not be with a majority itself.
    this.#heads = db.collection('heads', { readPreference: 'primary', readConcern: { level: 'local' } });
  }

  /** Takes the newest commit of an append that landed. */
  note({ commit, hash }: SealedCommit): void {
    if (!this.#open) return;
    if (commit.position === 1) this.#logs.note(commit);
    this.#waiting.set(commit.project, hash);
    const wait = Math.max(GATHER_MS, this.#writtenAt + WRITE_EVERY_MS - performance.now());
    this.#timer ??= setTimeout(() => void this.#write(), wait).unref();
  }

  async read(projects: readonly string[]): Promise<Map<string, string>> {
    const hints = new Map<string, string>();
    for (let from = 0; from < projects.length; from += PAGE) {
      const filter = { _id: { $in: projects.slice(from, from + PAGE) } };
      for (const { _id, hash } of await this.#heads.find(filter, { batchSize: PAGE }).toArray()) hints.set(_id, hash);
    }
    return hints;
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    this.#open = false;
    await this.#write();
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    this.#writtenAt = performance.now();
    const heads = [...this.#waiting];
    this.#waiting.clear();
    try {
      const logs = await this.#logs.of(heads.map(([project]) => project));
      const updates = heads.flatMap(([_id, hash]) => {
        const log = logs.get(_id);
        return log === undefined ? [] : [{ q: { _id }, u: { $set: { log, hash } }, upsert: true }];
      });
      const command = { update: 'heads', updates, ordered: false, writeConcern: { w: 1 } };
      if (updates.length > 0) await this.#db.command(command, { readPreference: 'primary' });
    } catch {
      // What is lost, each follower makes up for by a read of its own some time later.
    }
  }
}
