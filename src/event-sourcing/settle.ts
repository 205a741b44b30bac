import type { SealedCommit } from './event.ts';
import { type EventStore, StoreUnavailableError } from './event-store.ts';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Finds out what became of commits whose append was answered `unknown`, lowest position first, by inserting the
 * identical commit again: an insert that timed out may still land after a read has said "absent", so that only an
 * insert or somebody else's commit at the position settles it. Goes on until the store answers or `stopped` does.
 *
 * Answers how many of the commits landed; the one behind them, if any, lost its position to another writer.
 */
export async function settle(
  store: EventStore,
  commits: readonly SealedCommit[],
  stopped: AbortSignal,
): Promise<number> {
  let landed = 0;
  for (const commit of commits) {
    if (!(await settleOne(store, commit, stopped))) break;
    landed += 1;
  }
  return landed;
}

async function settleOne(store: EventStore, sealed: SealedCommit, stopped: AbortSignal): Promise<boolean> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    stopped.throwIfAborted();
    const fate = await tryAgain(store, sealed);
    if (fate !== 'unknown') return fate === 'landed';
    await sleep(pause);
  }
}

async function tryAgain(store: EventStore, sealed: SealedCommit): Promise<'landed' | 'lost' | 'unknown'> {
  try {
    const { outcome } = await store.append([sealed]);
    if (outcome === 'all') return 'landed';
    if (outcome === 'unknown') return 'unknown';
    return await readFate(store, sealed);
  } catch (error) {
    if (error instanceof StoreUnavailableError) return 'unknown';
    throw error;
  }
}

async function readFate(store: EventStore, { commit }: SealedCommit): Promise<'landed' | 'lost' | 'unknown'> {
  const range = { after: commit.position - 1, upTo: commit.position, limit: 1 };
  for await (const there of store.read(commit.project, range)) {
    return there.commit.commitId === commit.commitId ? 'landed' : 'lost';
  }
  return 'unknown';
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
