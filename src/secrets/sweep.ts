import { StoreUnavailableError } from '../event-sourcing/event-store.ts';
import { isSliceOver, nextSlice } from '../words/slices.ts';
import type { SecretStore } from './secret-store.ts';

/** What the log says of a secret that it refers to. */
export interface SecretLifetime {
  /** Since when nothing has used it: replaced, forgotten, or of a deleted resource. Absent while it is in use. */
  readonly forgottenAt?: string;
}

/** Undefined for a secret that the log does not refer to. */
export type LifetimeOf = (secretId: string) => SecretLifetime | undefined;

export interface SweepOptions {
  /**
   * By a project's log, read to its end after the call by somebody who knows every event in it. Rejects when it could
   * not be: then nothing of the project goes.
   */
  readonly lifetimes: (
    project: string,
    isStored: (secretId: string) => boolean,
    signal?: AbortSignal,
  ) => Promise<LifetimeOf>;
  /** Secrets that nothing uses any more are kept for so long, by the log's time. */
  readonly keepMs: number;
  /** Told of each project that was left alone. */
  readonly leftAlone: (project: string, error: unknown) => void;
  /** Milliseconds since 1970; comes to be compared with the log's time. */
  readonly now: () => number;
  /** Milliseconds, monotonic. */
  readonly elapsed: () => number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** So many secrets that no log refers to are watched at a time; the others when these have gone. */
const MOST_WATCHED = 10_000;

/**
 * Deletes the ciphertexts that are no use any more.
 *
 * One that no commit refers to may belong to a commit that is under way, and when that lands nobody can say: only what
 * this process has seen without one for a whole day goes. A restart begins the day anew.
 */
export class SecretSweep {
  readonly #store: SecretStore;
  readonly #options: SweepOptions;
  /** By project and secret: when it was first seen that no commit refers to it. */
  readonly #unreferenced = new Map<string, Map<string, number>>();

  constructor(store: SecretStore, options: SweepOptions) {
    this.#store = store;
    this.#options = options;
  }

  /**
   * Goes through all projects once. Answers how many ciphertexts went. Rejects with `StoreUnavailableError`, and with the
   * signal's reason.
   */
  async run(signal?: AbortSignal): Promise<number> {
    let swept = 0;
    for (const project of await this.#store.projects()) {
      signal?.throwIfAborted();
      try {
        swept += await this.#sweepProject(project, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof StoreUnavailableError) throw error;
        this.#options.leftAlone(project, error);
      }
      if (isSliceOver()) await nextSlice(signal);
    }
    return swept;
  }

  async #sweepProject(project: string, signal: AbortSignal | undefined): Promise<number> {
    const stored: { readonly secretId: string; readonly keyId: string }[] = [];
    for await (const { secretId, keyId } of this.#store.all(project)) stored.push({ secretId, keyId });
    const ids = new Set(stored.map(({ secretId }) => secretId));
    // Read behind the list: what is in it and has a commit by then has it in the log.
    const lifetimeOf = await this.#options.lifetimes(project, (secretId) => ids.has(secretId), signal);
    const over = this.#over(project, ids, lifetimeOf);
    let swept = 0;
    for (const { secretId, keyId } of stored) {
      if (!over.has(secretId)) continue;
      await this.#store.delete(project, secretId, keyId);
      swept += 1;
      if (isSliceOver()) await nextSlice(signal);
    }
    return swept;
  }

  /** Those whose time is over. Remembers the ones that no commit refers to, and since when. */
  #over(project: string, ids: ReadonlySet<string>, lifetimeOf: LifetimeOf): ReadonlySet<string> {
    const now = this.#options.elapsed();
    const forgottenBefore = new Date(this.#options.now() - this.#options.keepMs).toISOString();
    const known = this.#unreferenced.get(project);
    this.#unreferenced.delete(project);
    let room = MOST_WATCHED - [...this.#unreferenced.values()].reduce((sum, { size }) => sum + size, 0);
    const watched = new Map<string, number>();
    const over = new Set<string>();
    for (const secretId of ids) {
      const lifetime = lifetimeOf(secretId);
      if (lifetime) {
        if (lifetime.forgottenAt !== undefined && lifetime.forgottenAt < forgottenBefore) over.add(secretId);
        continue;
      }
      const since = known?.get(secretId) ?? now;
      if (now - since >= DAY_MS) over.add(secretId);
      else if (room > 0) {
        watched.set(secretId, since);
        room -= 1;
      }
    }
    if (watched.size > 0) this.#unreferenced.set(project, watched);
    return over;
  }
}
