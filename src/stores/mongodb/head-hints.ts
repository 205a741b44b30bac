import type { Collection, Db } from 'mongodb';
import type { SealedCommit } from '../../event-sourcing/event.ts';

interface HeadDocument {
  /** The project. */
  readonly _id: string;
  /** Of a commit that was the newest one when it was appended, or nearly so. */
  readonly hash: string;
}

/** What is appended within this time is told in one command. */
const GATHER_MS = 50;
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
  readonly #waiting = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #open = true;

  constructor(db: Db) {
    this.#db = db;
    // A hint stands for an append that a majority has; it need not be with a majority itself.
    this.#heads = db.collection('heads', { readPreference: 'primary', readConcern: { level: 'local' } });
  }

  /** Takes the newest commit of an append that landed. */
  note({ commit, hash }: SealedCommit): void {
    if (!this.#open) return;
    this.#waiting.set(commit.project, hash);
    this.#timer ??= setTimeout(() => void this.#write(), GATHER_MS).unref();
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
    const updates = [...this.#waiting].map(([_id, hash]) => ({ q: { _id }, u: { $set: { hash } }, upsert: true }));
    this.#waiting.clear();
    const command = { update: 'heads', updates, ordered: false, writeConcern: { w: 1 } };
    // What is lost, each follower makes up for by a read of its own some time later.
    await this.#db.command(command, { readPreference: 'primary' }).catch(() => undefined);
  }
}
