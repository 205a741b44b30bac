import { LRUCache } from 'lru-cache';
import type { Collection } from 'mongodb';
import { type Commit, openCommit } from '../../event-sourcing/event.ts';
import type { CommitDocument } from './commit-documents.ts';

const MOST = 10_000;
/** Milliseconds: a log may be replaced by a restored one. */
const KEPT_FOR = 60_000;

/** What tells a log from every other one that its project ever had: the id of its first commit. */
export class LogIds {
  readonly #commits: Collection<CommitDocument>;
  readonly #known = new LRUCache<string, string>({ max: MOST, ttl: KEPT_FOR });

  constructor(commits: Collection<CommitDocument>) {
    this.#commits = commits;
  }

  note({ project, commitId }: Commit): void {
    this.#known.set(project, commitId);
  }

  /** By project; one whose log has no first commit that can be read is left out. */
  async of(projects: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const unknown = projects.filter((project) => !this.#known.has(project));
    if (unknown.length > 0) {
      const filter = { project: { $in: unknown }, position: 1 };
      for await (const { body } of this.#commits.find(filter, { projection: { _id: 0, body: 1 } })) {
        const first = readable(body.value());
        if (first) this.note(first);
      }
    }
    return new Map(
      projects.flatMap((project) => {
        const log = this.#known.get(project);
        return log === undefined ? [] : [[project, log]];
      }),
    );
  }
}

/** Undefined for a commit that is damaged: its readers are told. */
function readable(body: Uint8Array): Commit | undefined {
  try {
    return openCommit(body, '').commit;
  } catch {
    return undefined;
  }
}
