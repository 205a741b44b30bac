import type { Logger } from 'pino';
import type { EventStore } from '../event-sourcing/event-store.ts';
import type { Readiness } from '../event-sourcing/readiness.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { SecretSweep } from '../secrets/sweep.ts';
import { SecretLifetimes } from './secret-lifetimes.ts';

export interface RegularSweepParts {
  readonly store: EventStore;
  readonly secrets: SecretStore;
  readonly readiness: Readiness;
  /** Days that a secret is kept when nothing uses it any more. */
  readonly keepDays: number;
  readonly stopped: AbortSignal;
  readonly logger: Logger;
}

const EVERY_MS = 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Deletes secrets that are no use any more, every hour until the timer is cleared; whatever one node leaves, it or
 * another finds later.
 */
export function sweepRegularly(parts: RegularSweepParts): NodeJS.Timeout {
  const { store, secrets, readiness, keepDays, stopped, logger } = parts;
  const lifetimes = new SecretLifetimes(store);
  const sweep = new SecretSweep(secrets, {
    lifetimes: (...asked) => lifetimes.of(...asked),
    keepMs: keepDays * DAY_MS,
    leftAlone: (project, err) => logger.warn({ project, err }, 'the secrets of a project could not be swept'),
    now: () => Date.now(),
    elapsed: () => performance.now(),
  });
  let isRunning = false;
  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    try {
      // How much time has passed is told by the clock, which may be what is amiss.
      await readiness.assertReady();
      const swept = await sweep.run(stopped);
      if (swept > 0) logger.info({ swept }, 'secrets that were no use any more are deleted');
    } catch (err) {
      if (!stopped.aborted) logger.warn({ err }, 'secrets could not be swept');
    } finally {
      isRunning = false;
    }
  };
  return setInterval(() => void run(), EVERY_MS).unref();
}
