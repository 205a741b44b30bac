import { claimOfKey, type SealedCommit } from '../event-sourcing/event.ts';
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
} from '../event-sourcing/event-store.ts';
import {
  MANIFEST,
  type SnapshotPart,
  type SnapshotPlace,
  type SnapshotStore,
} from '../event-sourcing/snapshots/snapshot-store.ts';
import type { KeyCheck, KeyMark, SealedSecret, SecretStore } from '../secrets/secret-store.ts';
import { isGreater } from './catalogue-order.ts';
import { assertAppendable, type CommitIndex, countMatching, indexOf, matches, openStored } from './commit-index.ts';

interface StoredCommit {
  readonly index: CommitIndex;
  readonly body: Uint8Array;
  readonly hash: string;
}

/** What memory stores work on. Two of them on one database stand for two processes. */
export class MemoryDatabase {
  /** By project; the commit at position n is at n - 1. */
  readonly commits = new Map<string, StoredCommit[]>();
  /** By project and claim: where the commit that has it was put. */
  readonly claims = new Map<string, number>();
  readonly projects = new Set<string>();
  /** By project. */
  readonly entries = new Map<string, CatalogueEntry>();
  /** By project and token: the hour. */
  readonly tokenUses = new Map<string, string>();
  /** By project, then by secret id and key id. */
  readonly secrets = new Map<string, Map<string, SealedSecret>>();
  readonly keyChecks = new Map<string, KeyCheck>();
  /** By their unique key. */
  readonly keyMarks = new Map<string, KeyMark>();
  /** By their unique key. */
  readonly snapshots = new Map<string, SnapshotPart>();
}

/** Forgets everything when the process ends; else a store like the others. */
export class MemoryEventStore implements EventStore {
  readonly shared: boolean;
  readonly #database: MemoryDatabase;
  #open = true;

  /** `shared` is to be true when there is another store on the same database. */
  constructor(database = new MemoryDatabase(), { shared = false } = {}) {
    this.#database = database;
    this.shared = shared;
  }

  async append(commits: readonly SealedCommit[]): Promise<AppendResult> {
    this.#assertOpen();
    assertAppendable(commits);
    let landed = 0;
    for (const { commit, body, hash } of commits) {
      const log = this.#log(commit.project);
      const there = log[commit.position - 1];
      if (there ? there.hash !== hash : commit.position !== log.length + 1) return { landed, outcome: 'conflict' };
      if (!there) {
        const index = indexOf(commit);
        if (this.#holder(commit.project, index.claim)) return { landed, outcome: 'conflict' };
        this.#database.claims.set(claimKey(commit.project, index.claim), commit.position);
        if (log.length === 0) this.#database.commits.set(commit.project, log);
        log.push({ index, body: Uint8Array.from(body), hash });
      }
      landed += 1;
    }
    return { landed, outcome: 'all' };
  }

  async head(project: string): Promise<Head | undefined> {
    this.#assertOpen();
    const newest = this.#log(project).at(-1);
    return newest && { position: newest.index.position, hash: newest.hash };
  }

  async *read(project: string, range: CommitRange = {}): AsyncIterable<SealedCommit> {
    this.#assertOpen();
    const { after = 0, direction = 'forwards', limit = Number.POSITIVE_INFINITY, where = {} } = range;
    const log = this.#log(project);
    const upTo = Math.min(range.upTo ?? log.length, log.length);
    const step = direction === 'forwards' ? 1 : -1;
    let left = limit;
    for (let at = step === 1 ? after + 1 : upTo; at > after && at <= upTo && left > 0; at += step) {
      const stored = log[at - 1];
      if (!stored || !matches(stored.index, where)) continue;
      this.#assertOpen();
      left -= 1;
      yield open(stored);
    }
  }

  async hasCommitAt(project: string, position: number): Promise<boolean> {
    this.#assertOpen();
    return this.#log(project).some(({ index }) => index.position === position);
  }

  async headHints(projects: readonly string[]): Promise<ReadonlyMap<string, string>> {
    this.#assertOpen();
    const hints = projects.map((project) => [project, this.#log(project).at(-1)?.hash ?? ''] as const);
    return new Map(hints.filter(([, hash]) => hash !== ''));
  }

  async clock(): Promise<undefined> {
    return undefined;
  }

  async countEvents(
    project: string,
    { after = 0, upTo, where = {} }: CountRange,
    signal?: AbortSignal,
  ): Promise<number> {
    this.#assertOpen();
    signal?.throwIfAborted();
    const within = this.#log(project).slice(after, upTo);
    return within.reduce((sum, { index }) => sum + countMatching(index, where), 0);
  }

  async findByIdempotencyKey(project: string, actorId: string, key: string): Promise<SealedCommit | undefined> {
    this.#assertOpen();
    const found = this.#holder(project, claimOfKey(actorId, key));
    return found && open(found);
  }

  async registerProjects(keys: readonly string[]): Promise<void> {
    this.#assertOpen();
    for (const key of keys) this.#database.projects.add(key);
  }

  async projects({ readers, after, before, direction = 'forwards', limit }: ProjectRange): Promise<string[]> {
    this.#assertOpen();
    const keys = this.#listed(readers)
      .filter((key) => (after === undefined || key > after) && (before === undefined || key < before))
      .sort();
    if (direction === 'backwards') keys.reverse();
    return keys.slice(0, limit);
  }

  async countProjects(readers?: readonly string[]): Promise<number> {
    this.#assertOpen();
    return this.#listed(readers).length;
  }

  async isReadBy(project: string, readers: readonly string[]): Promise<boolean> {
    this.#assertOpen();
    return this.#database.entries.get(project)?.readers.some((reader) => readers.includes(reader)) ?? false;
  }

  async catalogueEntries(projects: readonly string[]): Promise<CatalogueEntry[]> {
    this.#assertOpen();
    return projects.flatMap((project) => this.#database.entries.get(project) ?? []);
  }

  async noteCatalogueEntries(entries: readonly CatalogueEntry[]): Promise<void> {
    this.#assertOpen();
    for (const entry of entries) {
      const there = this.#database.entries.get(entry.project);
      if (!there || isGreater(entry, there)) this.#database.entries.set(entry.project, entry);
    }
  }

  async dropCatalogueEntry({ project, position, commitId }: Omit<CatalogueEntry, 'readers'>): Promise<void> {
    this.#assertOpen();
    const there = this.#database.entries.get(project);
    if (there?.position === position && there.commitId === commitId) this.#database.entries.delete(project);
  }

  async noteTokenUses(uses: readonly TokenUse[]): Promise<void> {
    this.#assertOpen();
    for (const { project, tokenId, hour } of uses) {
      const key = JSON.stringify([project, tokenId]);
      if (hour > (this.#database.tokenUses.get(key) ?? '')) this.#database.tokenUses.set(key, hour);
    }
  }

  async tokenUses(project: string, tokenIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    this.#assertOpen();
    const uses = tokenIds.map((id) => [id, this.#database.tokenUses.get(JSON.stringify([project, id])) ?? ''] as const);
    return new Map(uses.filter(([, hour]) => hour !== ''));
  }

  async projectsWithCommits(after: string | undefined, limit: number): Promise<string[]> {
    this.#assertOpen();
    const keys = [...this.#database.commits.keys()].filter((key) => after === undefined || key > after).sort();
    return keys.slice(0, limit);
  }

  async ping(): Promise<void> {
    this.#assertOpen();
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  #listed(readers: readonly string[] | undefined): string[] {
    if (!readers) return [...this.#database.projects];
    const wanted = new Set(readers);
    const entries = [...this.#database.entries.values()];
    return entries.filter((entry) => entry.readers.some((each) => wanted.has(each))).map(({ project }) => project);
  }

  #log(project: string): StoredCommit[] {
    return this.#database.commits.get(project) ?? [];
  }

  #holder(project: string, claim: string): StoredCommit | undefined {
    const position = this.#database.claims.get(claimKey(project, claim));
    const there = position === undefined ? undefined : this.#log(project)[position - 1];
    return there?.index.claim === claim ? there : undefined;
  }

  #assertOpen(): void {
    if (!this.#open) throw new StoreUnavailableError('the store is closed');
  }
}

export class MemorySecretStore implements SecretStore {
  readonly #database: MemoryDatabase;

  constructor(database = new MemoryDatabase()) {
    this.#database = database;
  }

  async put(secrets: readonly SealedSecret[]): Promise<void> {
    for (const secret of secrets) {
      const ofProject = this.#database.secrets.get(secret.project) ?? new Map<string, SealedSecret>();
      this.#database.secrets.set(secret.project, ofProject);
      const key = secretKey(secret.secretId, secret.keyId);
      if (!ofProject.has(key)) ofProject.set(key, copy(secret));
    }
  }

  async get(project: string, secretId: string): Promise<SealedSecret[]> {
    const ofProject = [...(this.#database.secrets.get(project)?.values() ?? [])];
    return ofProject.filter((secret) => secret.secretId === secretId).map(copy);
  }

  async projects(): Promise<string[]> {
    return [...this.#database.secrets].filter(([, { size }]) => size > 0).map(([project]) => project);
  }

  async *all(project: string): AsyncIterable<SealedSecret> {
    yield* [...(this.#database.secrets.get(project)?.values() ?? [])].map(copy);
  }

  async delete(project: string, secretId: string, keyId: string): Promise<void> {
    this.#database.secrets.get(project)?.delete(secretKey(secretId, keyId));
  }

  async keyChecks(): Promise<KeyCheck[]> {
    return [...this.#database.keyChecks.values()];
  }

  async putKeyCheck(check: KeyCheck): Promise<void> {
    if (!this.#database.keyChecks.has(check.keyId)) this.#database.keyChecks.set(check.keyId, { ...check });
  }

  async keyMarks(): Promise<KeyMark[]> {
    return [...this.#database.keyMarks.values()];
  }

  async putKeyMark({ keyId, mark }: KeyMark): Promise<void> {
    this.#database.keyMarks.set(JSON.stringify([keyId, mark]), { keyId, mark });
  }

  async hasKeyMark({ keyId, mark }: KeyMark): Promise<boolean> {
    return this.#database.keyMarks.has(JSON.stringify([keyId, mark]));
  }
}

export class MemorySnapshotStore implements SnapshotStore {
  readonly #database: MemoryDatabase;

  constructor(database = new MemoryDatabase()) {
    this.#database = database;
  }

  async put(part: SnapshotPart): Promise<void> {
    const key = snapshotKey(part, part.part);
    if (!this.#database.snapshots.has(key)) {
      this.#database.snapshots.set(key, { ...part, body: Uint8Array.from(part.body) });
    }
  }

  async get(place: SnapshotPlace, part: number): Promise<Uint8Array | undefined> {
    const found = this.#database.snapshots.get(snapshotKey(place, part));
    return found && Uint8Array.from(found.body);
  }

  async places(project: string, fold: number): Promise<SnapshotPlace[]> {
    return this.#placesWith(project, fold, MANIFEST);
  }

  async unfinished(project: string, fold: number): Promise<SnapshotPlace[]> {
    const begun = this.#placesWith(project, fold, 0);
    return begun.filter((place) => !this.#database.snapshots.has(snapshotKey(place, MANIFEST)));
  }

  async delete(place: SnapshotPlace): Promise<void> {
    const own = snapshotKey(place, 0);
    for (const [key, part] of this.#database.snapshots) {
      if (snapshotKey(part, 0) === own) this.#database.snapshots.delete(key);
    }
  }

  #placesWith(project: string, fold: number, part: number): SnapshotPlace[] {
    const all = [...this.#database.snapshots.values()];
    return all
      .filter((each) => each.project === project && each.fold === fold && each.part === part)
      .map(({ position, base, writer }) => ({ project, fold, position, base, writer }))
      .sort((a, b) => a.position - b.position || a.base - b.base || (a.writer < b.writer ? -1 : 1));
  }
}

function snapshotKey({ project, fold, position, base, writer }: SnapshotPlace, part: number): string {
  return JSON.stringify([project, fold, position, base, writer, part]);
}

function open({ index, body, hash }: StoredCommit): SealedCommit {
  return openStored(Uint8Array.from(body), hash, index);
}

function claimKey(project: string, claim: string): string {
  return JSON.stringify([project, claim]);
}

function copy(secret: SealedSecret): SealedSecret {
  return { ...secret, sealed: Uint8Array.from(secret.sealed) };
}

function secretKey(secretId: string, keyId: string): string {
  return JSON.stringify([secretId, keyId]);
}
