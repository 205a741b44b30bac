import { type AppendResult, StoreUnavailableError } from '../../event-sourcing/event-store.ts';
import type { CommitRow } from './commit-rows.ts';

/** Bodies in one transaction, unless those of one append alone are more. */
const LARGEST_GROUP_BYTES = 8 * 1024 * 1024;
/** Commits in one transaction, which nothing else interrupts; as bytes. */
const LARGEST_GROUP = 1_000;

interface WaitingAppend {
  readonly rows: readonly CommitRow[];
  readonly bytes: number;
  answer(result: AppendResult): void;
  fail(error: unknown): void;
}

/**
 * Group commit for all projects of a file: appends that come while a transaction is under way go together with the next
 * one. A conflict is its project's alone.
 */
export class GroupCommit {
  private waiting: WaitingAppend[] = [];
  private isUnderWay = false;

  /** @param commit does one transaction; answers what became of each append, or throws when nothing was stored */
  constructor(
    private readonly commit: (appends: readonly (readonly CommitRow[])[]) => Promise<readonly AppendResult[]>,
  ) {}

  /** See `EventStore.append`. */
  append(rows: readonly CommitRow[]): Promise<AppendResult> {
    return new Promise((answer, fail) => {
      const bytes = rows.reduce((sum, { body }) => sum + body.byteLength, 0);
      this.waiting.push({ rows, bytes, answer, fail });
      if (!this.isUnderWay) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isUnderWay = true;
    while (this.waiting.length > 0) await this.commitGroup(this.nextGroup());
    this.isUnderWay = false;
  }

  private nextGroup(): readonly WaitingAppend[] {
    let [bytes, commits] = [0, 0];
    const tooMany = this.waiting.findIndex((append, index) => {
      bytes += append.bytes;
      commits += append.rows.length;
      return index > 0 && (bytes > LARGEST_GROUP_BYTES || commits > LARGEST_GROUP);
    });
    return this.waiting.splice(0, tooMany === -1 ? this.waiting.length : tooMany);
  }

  private async commitGroup(group: readonly WaitingAppend[]): Promise<void> {
    try {
      const results = await this.commit(group.map(({ rows }) => rows));
      group.forEach(({ answer, fail }, index) => {
        const result = results[index];
        if (result) answer(result);
        else fail(new Error('a transaction left an append unanswered'));
      });
    } catch (error) {
      if (group.length === 1 || error instanceof StoreUnavailableError) {
        for (const { fail } of group) fail(error);
        return;
      }
      // One that no transaction takes must not be the others' fault.
      for (const append of group) await this.commitGroup([append]);
    }
  }
}
