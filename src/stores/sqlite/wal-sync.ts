import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';

/** A sync that the last time took no longer than this is waited for at once: to have it done beside takes about as long. */
const SHORT_MS = 0.3;

/**
 * Makes what SQLite wrote to its write-ahead log durable. With `synchronous = NORMAL` SQLite writes the log at each
 * commit, and syncs it before it moves anything from there into the database (https://www.sqlite.org/pragma.html#pragma_synchronous):
 * a commit survives a loss of power once the log was synced behind it. Syncing it here, in a thread of libuv, keeps nothing
 * else from its turn, and one sync does for all that was committed until it begins.
 */
export class WalSync {
  readonly #fd: number;
  #underWay: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** Of the last sync that was waited for at once. */
  #took = 0;
  #failure: Error | undefined;

  /** @param log the file of the write-ahead log, which SQLite keeps for as long as the database is open */
  constructor(log: string) {
    this.#fd = openSync(log, 'r+');
  }

  /** Why nothing can be made durable any more: after a sync failed, a later one may succeed over what was lost. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Resolves when everything that was written before the call is durable.
   *
   * @param isAlone nothing else is waiting to be written
   */
  sync(isAlone: boolean): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#underWay) {
      this.#next ??= this.#underWay.then(() => {
        this.#next = undefined;
        return this.#begin();
      });
      return this.#next;
    }
    return isAlone && this.#took <= SHORT_MS ? this.#syncAtOnce() : this.#begin();
  }

  close(): void {
    const close = () => closeSync(this.#fd);
    if (this.#underWay) void this.#underWay.then(close, close);
    else close();
  }

  async #syncAtOnce(): Promise<void> {
    const begun = performance.now();
    try {
      fdatasyncSync(this.#fd);
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
    this.#took = performance.now() - begun;
  }

  #begin(): Promise<void> {
    const begun = performance.now();
    this.#underWay = new Promise((resolve, reject) => {
      fdatasync(this.#fd, (error) => {
        this.#underWay = undefined;
        this.#took = performance.now() - begun;
        if (error) this.#failure = error;
        if (error) reject(error);
        else resolve();
      });
    });
    return this.#underWay;
  }
}
