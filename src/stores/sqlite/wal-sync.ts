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
  #isUnderWay = false;
  #isClosing = false;
  /** Whoever asked while a sync was under way, which may have begun before what they wrote. */
  #waiting: Waiter[] = [];
  /** By the last sync, in milliseconds. */
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
  async sync(isAlone: boolean): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (isAlone && !this.#isUnderWay && this.#took <= SHORT_MS) return this.#syncAtOnce();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (!this.#isUnderWay) this.#begin();
    });
  }

  /** Behind what was asked for before. */
  close(): void {
    if (this.#isUnderWay) this.#isClosing = true;
    else closeSync(this.#fd);
  }

  #syncAtOnce(): void {
    const begun = performance.now();
    try {
      fdatasyncSync(this.#fd);
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
    this.#took = performance.now() - begun;
  }

  #begin(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#isUnderWay = true;
    const begun = performance.now();
    fdatasync(this.#fd, (error) => {
      this.#isUnderWay = false;
      this.#took = performance.now() - begun;
      if (error) this.#fail(error, [...waiting, ...this.#waiting]);
      for (const { resolve } of waiting) resolve();
      if (this.#waiting.length > 0) this.#begin();
      else if (this.#isClosing) closeSync(this.#fd);
    });
  }

  #fail(error: Error, waiting: readonly Waiter[]): void {
    this.#failure = error;
    this.#waiting = [];
    for (const { reject } of waiting) reject(error);
  }
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}
