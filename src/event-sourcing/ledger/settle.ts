import type { SealedCommit } from '../event.ts';
import { type AppendResult, type EventStore, StoreUnavailableError } from '../event-store.ts';
import { sleep } from './sleep.ts';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;
/** A store that goes on throwing what no store promises has a fault that waiting does not mend. */
const MOST_ERRORS = 5;

/**
 * Appends commits, and answers how many of them landed, however long it takes to know. An error that no store promises
 * tells nothing about what was stored before it, so its outcome is as unknown as a lost answer's. `unsure` is told once,
 * when there is something to settle. `prepare` is done again before each insert that may land late, so that what the
 * commits refer to is there whenever they come to be. Throws `StoreUnavailableError` when nothing was stored.
 */
export async function appendForSure(
  store: EventStore,
  commits: readonly SealedCommit[],
  stopped: AbortSignal,
  unsure: (first: SealedCommit | undefined, cause: unknown) => void,
  prepare: () => Promise<unknown>,
): Promise<number> {
  const { landed, outcome, cause } = await appendOnce(store, commits);
  if (outcome !== 'unknown') return landed;
  const open = commits.slice(landed);
  unsure(open[0], cause);
  return landed + (await settle(store, open, stopped, prepare));
}

async function appendOnce(store: EventStore, commits: readonly SealedCommit[]): Promise<AppendResult> {
  try {
    return await store.append(commits);
  } catch (cause) {
    // A RangeError refuses the commits as such.
    if (cause instanceof StoreUnavailableError || cause instanceof RangeError) throw cause;
    return { landed: 0, outcome: 'unknown', cause };
  }
}

/**
 * Finds out what became of commits whose append was answered `unknown`, lowest position first, by inserting the
 * identical commit again: an insert that timed out may still land after a read has said "absent", so that only an
 * insert or somebody else's commit at the position settles it. When the lowest has landed, the others are sent together.
 * Goes on until the store answers or `stopped` does.
 *
 * Answers how many of the commits landed; the one behind them, if any, lost its position to another writer.
 */
async function settle(
  store: EventStore,
  commits: readonly SealedCommit[],
  stopped: AbortSignal,
  prepare: () => Promise<unknown>,
): Promise<number> {
  let landed = 0;
  for (let lowest = commits[0]; lowest; lowest = commits[landed]) {
    if (!(await settleOne(store, lowest, stopped, prepare))) break;
    landed += 1;
    landed += await landedOf(store, commits.slice(landed));
  }
  return landed;
}

/** How many of these land at once, as far as that is told: the one behind them is settled by itself. */
async function landedOf(store: EventStore, commits: readonly SealedCommit[]): Promise<number> {
  try {
    return (await store.append(commits)).landed;
  } catch {
    // The next one meets it again, if it lasts.
    return 0;
  }
}

async function settleOne(
  store: EventStore,
  sealed: SealedCommit,
  stopped: AbortSignal,
  prepare: () => Promise<unknown>,
): Promise<boolean> {
  let errors = 0;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    stopped.throwIfAborted();
    try {
      await prepare();
      const fate = await tryAgain(store, sealed);
      if (fate !== 'unknown') return fate === 'landed';
    } catch (error) {
      errors += error instanceof StoreUnavailableError ? 0 : 1;
      if (errors === MOST_ERRORS) throw error;
    }
    await sleep(pause);
  }
}

async function tryAgain(store: EventStore, sealed: SealedCommit): Promise<'landed' | 'lost' | 'unknown'> {
  const { outcome } = await store.append([sealed]);
  if (outcome === 'all') return 'landed';
  return outcome === 'unknown' ? 'unknown' : readFate(store, sealed);
}

async function readFate(store: EventStore, { commit }: SealedCommit): Promise<'landed' | 'lost' | 'unknown'> {
  const range = { after: commit.position - 1, upTo: commit.position, limit: 1 };
  for await (const there of store.read(commit.project, range)) {
    return there.commit.commitId === commit.commitId ? 'landed' : 'lost';
  }
  const { project, actor, idempotency } = commit;
  const holder = idempotency && (await store.findByIdempotencyKey(project, actor.id, idempotency.key));
  return holder && holder.commit.commitId !== commit.commitId ? 'lost' : 'unknown';
}
