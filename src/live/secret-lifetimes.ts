import { GENESIS_HASH, type SealedCommit } from '../event-sourcing/event.ts';
import type { EventStore, Head } from '../event-sourcing/event-store.ts';
import { BrokenChainError } from '../event-sourcing/images/image.ts';
import { SecretUses } from '../project/secret-uses.ts';
import type { LifetimeOf } from '../secrets/sweep.ts';
import { isSliceOver, nextSlice } from '../words/slices.ts';

/** How many secrets are remembered of all projects together, some 300 bytes each; over that, what was read longest ago goes. */
const MOST_REMEMBERED = 200_000;

/** A log as far as it was read. */
interface ReadLog {
  position: number;
  hash: string;
  readonly uses: SecretUses;
}

const BEGINNING: Head = { position: 0, hash: GENESIS_HASH };

/**
 * What the logs of projects say of their secrets. Of each log it is remembered how far it was read, so that the next
 * reading begins there. Nothing but the logs is needed to have it anew: after a restart they are read from the beginning.
 */
export class SecretLifetimes {
  readonly #store: EventStore;
  readonly #most: number;
  /** The one read longest ago first. */
  readonly #logs = new Map<string, ReadLog>();

  constructor(store: EventStore, most = MOST_REMEMBERED) {
    this.#store = store;
    this.#most = most;
  }

  /**
   * By the project's log, read to its end. Throws when it can't be: `UndecodableEventError`, `BrokenChainError`,
   * `StoreUnavailableError`; then nothing may be concluded.
   */
  async of(project: string, isStored: (secretId: string) => boolean, signal?: AbortSignal): Promise<LifetimeOf> {
    const end = (await this.#store.head(project)) ?? BEGINNING;
    const log = (await this.#known(project, end)) ?? { ...BEGINNING, uses: new SecretUses() };
    // What was read before something stops the reading counts: the next one goes on from there.
    this.#logs.delete(project);
    this.#logs.set(project, log);
    if (log.hash !== end.hash) await this.#readOn(project, log, end, signal);
    log.uses.dropReplaced(isStored);
    this.#shrink();
    return (secretId) => log.uses.lifetimeOf(secretId);
  }

  /** Undefined also when the log is shorter than it was, or another one: a database was put back. */
  async #known(project: string, end: Head): Promise<ReadLog | undefined> {
    const log = this.#logs.get(project);
    if (!log || log.position === 0 || log.hash === end.hash) return log;
    const last = this.#store.read(project, { after: log.position - 1, upTo: log.position });
    for await (const { hash } of last) if (hash === log.hash) return log;
    return undefined;
  }

  async #readOn(project: string, log: ReadLog, end: Head, signal: AbortSignal | undefined): Promise<void> {
    for await (const sealed of this.#store.read(project, { after: log.position })) {
      takeNext(log, sealed);
      if (isSliceOver()) await nextSlice(signal);
    }
    if (log.position < end.position) throw new BrokenChainError(project, log.position + 1);
  }

  #shrink(): void {
    let size = 0;
    for (const { uses } of this.#logs.values()) size += uses.size;
    for (const [project, { uses }] of this.#logs) {
      if (size <= this.#most) return;
      this.#logs.delete(project);
      size -= uses.size;
    }
  }
}

/** The store has checked each commit against its hash; that they follow each other is for the reader to check. */
function takeNext(log: ReadLog, { commit, hash }: SealedCommit): void {
  const isNext = commit.position === log.position + 1 && commit.previousHash === log.hash;
  if (!isNext) throw new BrokenChainError(commit.project, log.position + 1);
  log.uses.apply(commit);
  log.position = commit.position;
  log.hash = hash;
}
