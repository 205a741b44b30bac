import type { SealedCommit } from '../event.ts';

const MOST_COMMITS = 1_000;
const MOST_BYTES = 4 * 1024 * 1024;

/** The newest commits of a log, without a gap, so that those who follow it need not read them from the store. */
export class RecentCommits {
  private commits: SealedCommit[] = [];
  private bytes = 0;

  /** @param most how many it holds */
  constructor(private readonly most = MOST_COMMITS) {}

  /** Bytes of the commits' bodies. */
  get size(): number {
    return this.bytes;
  }

  get all(): readonly SealedCommit[] {
    return this.commits;
  }

  /** Commits that do not continue the ones held replace them. */
  add(commits: readonly SealedCommit[]): void {
    for (const sealed of commits) {
      const last = this.commits.at(-1);
      if (last && sealed.commit.position !== last.commit.position + 1) {
        this.commits = [];
        this.bytes = 0;
      }
      this.commits.push(sealed);
      this.bytes += sealed.body.length;
    }
    // Half of them go at once: taking away one by one would cost as much as all of them each time.
    while (this.commits.length > this.most || (this.bytes > MOST_BYTES && this.commits.length > 1)) {
      this.commits = this.commits.slice(Math.ceil(this.commits.length / 2));
      this.bytes = this.commits.reduce((sum, { body }) => sum + body.length, 0);
    }
  }

  /** Those behind a position, oldest first; undefined when some of them are not held. */
  behind(position: number): readonly SealedCommit[] | undefined {
    const first = this.commits[0]?.commit.position;
    if (first === undefined || position + 1 < first) return undefined;
    return this.commits.slice(position + 1 - first);
  }
}
