import type { SealedCommit } from '../../src/event-sourcing/event.ts';
import {
  type AppendResult,
  type CatalogueEntry,
  type CommitRange,
  type CountRange,
  type EventStore,
  type Head,
  type ProjectRange,
  StoreUnavailableError,
  type TokenUse,
} from '../../src/event-sourcing/event-store.ts';
import { assertAppendable } from '../../src/stores/commit-index.ts';

/** What goes wrong with one append, or, where it says so, with every call. */
export type Fault =
  /** Everything is stored, but the answer is `unknown`. */
  | { readonly kind: 'lost-acknowledgement' }
  /** The answer is `unknown`; it is stored only after so many reads of the project have ended without it. */
  | { readonly kind: 'late-landing'; readonly reads: number }
  /** The answer is `unknown`, and it is never stored. */
  | { readonly kind: 'lost-request' }
  /** Only so many of the commits are stored, and the answer is `unknown`; `told` says whether it counts those. */
  | { readonly kind: 'prefix'; readonly stored: number; readonly told: boolean }
  /** It is sent so many times at once, as by a driver that repeats itself. */
  | { readonly kind: 'duplicate-storm'; readonly times: number }
  /** Another writer appends first. */
  | { readonly kind: 'rival'; readonly commits: (first: SealedCommit) => readonly SealedCommit[] }
  /** The answer comes so many turns of the event loop later; so long does it take to be sent, too. */
  | { readonly kind: 'slow'; readonly turns: number }
  /** Everything is stored, and then an error is thrown that no store promises. */
  | { readonly kind: 'error-after-success' }
  /** From this append on, so many calls of any kind throw `StoreUnavailableError` and do nothing. */
  | { readonly kind: 'away'; readonly calls: number };

/** Says what goes wrong with an append that the script has nothing for. */
type Otherwise = (commits: readonly SealedCommit[]) => Fault | undefined;

interface Late {
  readonly commits: readonly SealedCommit[];
  reads: number;
}

/**
 * Puts faults between a ledger and a store. Each append takes the next fault of the script; when the script is at its
 * end, what `otherwise` answers, by default none.
 */
export class FaultyEventStore implements EventStore {
  /** What is yet to go wrong. Tests may add to it. */
  readonly script: Fault[];
  /** The faults that appends met, for a test to look at. */
  readonly met: Fault['kind'][] = [];
  readonly #inner: EventStore;
  readonly #otherwise: Otherwise;
  readonly #late = new Map<string, Late[]>();
  #away = 0;
  #open = true;

  constructor(inner: EventStore, script: readonly Fault[] = [], otherwise: Otherwise = () => undefined) {
    this.#inner = inner;
    this.script = [...script];
    this.#otherwise = otherwise;
  }

  get shared(): boolean {
    return this.#inner.shared;
  }

  async append(commits: readonly SealedCommit[]): Promise<AppendResult> {
    this.#mayBeAway();
    const first = commits[0];
    const fault = first && (this.script.shift() ?? this.#otherwise(commits));
    // A store that is closed, and commits that do not follow each other, are refused before anything is sent.
    if (!fault || !this.#open) return this.#inner.append(commits);
    assertAppendable(commits);
    this.met.push(fault.kind);
    switch (fault.kind) {
      case 'lost-acknowledgement':
        await this.#inner.append(commits);
        return unknown(0, fault);
      case 'late-landing':
        this.#landLater(first.commit.project, { commits, reads: fault.reads });
        return unknown(0, fault);
      case 'lost-request':
        return unknown(0, fault);
      case 'prefix': {
        const { landed } = await this.#inner.append(commits.slice(0, fault.stored));
        return unknown(fault.told ? landed : 0, fault);
      }
      case 'duplicate-storm':
        return this.#storm(commits, fault.times);
      case 'rival':
        await this.#inner.append(fault.commits(first));
        return this.#inner.append(commits);
      case 'slow': {
        await turns(fault.turns);
        const result = await this.#inner.append(commits);
        await turns(fault.turns);
        return result;
      }
      case 'error-after-success':
        await this.#inner.append(commits);
        throw new Error('a fault of the driver');
      case 'away':
        this.#away = fault.calls;
        return this.append(commits);
    }
  }

  async head(project: string): Promise<Head | undefined> {
    this.#mayBeAway();
    const head = await this.#inner.head(project);
    await this.#afterRead(project);
    return head;
  }

  async *read(project: string, range?: CommitRange): AsyncIterable<SealedCommit> {
    this.#mayBeAway();
    yield* this.#inner.read(project, range);
    await this.#afterRead(project);
  }

  async hasCommitAt(project: string, position: number): Promise<boolean> {
    this.#mayBeAway();
    const isThere = await this.#inner.hasCommitAt(project, position);
    await this.#afterRead(project);
    return isThere;
  }

  async headHints(projects: readonly string[]): Promise<ReadonlyMap<string, string>> {
    this.#mayBeAway();
    return this.#inner.headHints(projects);
  }

  async clock(): Promise<number | undefined> {
    this.#mayBeAway();
    return this.#inner.clock();
  }

  async countEvents(project: string, range: CountRange, signal?: AbortSignal): Promise<number> {
    this.#mayBeAway();
    return this.#inner.countEvents(project, range, signal);
  }

  async findByIdempotencyKey(project: string, actorId: string, key: string): Promise<SealedCommit | undefined> {
    this.#mayBeAway();
    return this.#inner.findByIdempotencyKey(project, actorId, key);
  }

  async registerProjects(keys: readonly string[]): Promise<void> {
    this.#mayBeAway();
    return this.#inner.registerProjects(keys);
  }

  async projects(range: ProjectRange): Promise<string[]> {
    this.#mayBeAway();
    return this.#inner.projects(range);
  }

  async countProjects(readers?: readonly string[]): Promise<number> {
    this.#mayBeAway();
    return this.#inner.countProjects(readers);
  }

  async isReadBy(project: string, readers: readonly string[]): Promise<boolean> {
    this.#mayBeAway();
    return this.#inner.isReadBy(project, readers);
  }

  async catalogueEntries(projects: readonly string[]): Promise<CatalogueEntry[]> {
    this.#mayBeAway();
    return this.#inner.catalogueEntries(projects);
  }

  async noteCatalogueEntries(entries: readonly CatalogueEntry[]): Promise<void> {
    this.#mayBeAway();
    return this.#inner.noteCatalogueEntries(entries);
  }

  async dropCatalogueEntry(entry: Omit<CatalogueEntry, 'readers'>): Promise<void> {
    this.#mayBeAway();
    return this.#inner.dropCatalogueEntry(entry);
  }

  async noteTokenUses(uses: readonly TokenUse[]): Promise<void> {
    this.#mayBeAway();
    return this.#inner.noteTokenUses(uses);
  }

  async tokenUses(project: string, tokenIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    this.#mayBeAway();
    return this.#inner.tokenUses(project, tokenIds);
  }

  async projectsWithCommits(after: string | undefined, limit: number): Promise<string[]> {
    this.#mayBeAway();
    return this.#inner.projectsWithCommits(after, limit);
  }

  async ping(): Promise<void> {
    this.#mayBeAway();
    return this.#inner.ping();
  }

  async close(): Promise<void> {
    this.#open = false;
    return this.#inner.close();
  }

  /** Takes the store away for so many calls. */
  goAway(calls: number): void {
    this.#away = calls;
  }

  /** Lets everything land now that was to land later, in the order of its appends. */
  async landAll(): Promise<void> {
    for (const project of this.#late.keys()) await this.#land(project, () => true);
  }

  #landLater(project: string, late: Late): void {
    this.#late.set(project, [...(this.#late.get(project) ?? []), late]);
  }

  async #afterRead(project: string): Promise<void> {
    await this.#land(project, (late) => {
      late.reads -= 1;
      return late.reads <= 0;
    });
  }

  /** What another commit has overtaken ends as a conflict that nobody hears of. */
  async #land(project: string, isDue: (late: Late) => boolean): Promise<void> {
    const waiting = this.#late.get(project) ?? [];
    const due = new Set(waiting.filter(isDue));
    this.#late.set(
      project,
      waiting.filter((late) => !due.has(late)),
    );
    for (const { commits } of due) await this.#inner.append(commits);
  }

  async #storm(commits: readonly SealedCommit[], times: number): Promise<AppendResult> {
    const results = await Promise.all(Array.from({ length: Math.max(1, times) }, () => this.#inner.append(commits)));
    return results.reduce((best, result) => (result.landed > best.landed ? result : best));
  }

  #mayBeAway(): void {
    if (this.#away <= 0) return;
    this.#away -= 1;
    throw new StoreUnavailableError('the store is away');
  }
}

/** What an append may meet without an answer that tells a caller what became of it, or with one that comes late. */
export const FAULTS: readonly Fault[] = [
  { kind: 'lost-acknowledgement' },
  { kind: 'late-landing', reads: 2 },
  { kind: 'lost-request' },
  { kind: 'prefix', stored: 1, told: false },
  { kind: 'prefix', stored: 1, told: true },
  { kind: 'duplicate-storm', times: 3 },
  { kind: 'slow', turns: 2 },
  { kind: 'error-after-success' },
];

/**
 * Each of the faults in turn, for `otherwise`: every commit's first append meets one, and of those that are sent again
 * every twenty-fifth one does.
 */
export function inTurn(faults: readonly Fault[]): Otherwise {
  const sent = new Set<string>();
  let met = 0;
  let again = 0;
  return (commits) => {
    const isNew = commits.some(({ commit }) => !sent.has(commit.commitId));
    for (const { commit } of commits) sent.add(commit.commitId);
    if (!isNew) again += 1;
    if (!isNew && again % 25 !== 0) return undefined;
    met += 1;
    return faults[(met - 1) % faults.length];
  };
}

/**
 * Faults for `otherwise`, the same ones for the same seed. About every second append meets one. None throws anything
 * but what stores promise, and none lets others write.
 */
export function randomFaults(seed: number): () => Fault | undefined {
  const random = randomNumbers(seed);
  const upTo = (n: number) => Math.floor(random() * n);
  const faults: readonly (() => Fault | undefined)[] = [
    () => ({ kind: 'lost-acknowledgement' }),
    () => ({ kind: 'late-landing', reads: 1 + upTo(3) }),
    () => ({ kind: 'lost-request' }),
    () => ({ kind: 'prefix', stored: upTo(3), told: random() < 0.5 }),
    () => ({ kind: 'duplicate-storm', times: 2 + upTo(3) }),
    () => ({ kind: 'slow', turns: 1 + upTo(5) }),
    () => ({ kind: 'away', calls: 1 + upTo(3) }),
  ];
  return () => (random() < 0.5 ? faults[upTo(faults.length)]?.() : undefined);
}

/** Mulberry32: numbers from 0 to below 1. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function unknown(landed: number, { kind }: Fault): AppendResult {
  return { landed, outcome: 'unknown', cause: new Error(`injected: ${kind}`) };
}

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await new Promise(setImmediate);
}
