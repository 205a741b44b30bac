import type { Logger } from 'pino';
import type { EventStore } from '../event-sourcing/event-store.ts';
import type { Readiness } from '../event-sourcing/readiness.ts';

/** How often it is looked whether this server may append. */
const LOOK_EVERY_MS = 5_000;

/** Looks now and then, as other nodes may change what this one must have; tells the log when the answer changes. */
export async function watchReadiness(readiness: Readiness, logger: Logger): Promise<NodeJS.Timeout> {
  let known = '';
  const look = async (): Promise<void> => {
    const reason = (await readiness.look()).join('; ');
    if (reason !== known && reason !== '') logger.error({ reason }, 'this server is not ready, and takes no mutations');
    if (reason !== known && reason === '') logger.info('this server is ready');
    known = reason;
  };
  await look();
  const timer = setInterval(() => {
    // That the store does not answer is told by whatever needs it.
    look().catch((err: unknown) => logger.debug({ err }, 'it could not be looked whether this server is ready'));
  }, LOOK_EVERY_MS);
  return timer.unref();
}

/** A server without an authority that it was given records as well as another; it only takes good peers for bad ones. */
export async function health(store: EventStore, readiness: Readiness, authoritiesFault: string | undefined) {
  try {
    await store.ping();
    const reasons = [...(await readiness.look()), ...(authoritiesFault === undefined ? [] : [authoritiesFault])];
    return reasons.length === 0 ? { ready: true as const } : { ready: false as const, reason: reasons.join('; ') };
  } catch {
    return { ready: false as const, reason: 'the event store does not answer' };
  }
}
