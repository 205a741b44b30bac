import type { CommitRange } from '../../src/event-sourcing/event-store.ts';
import { MemoryEventStore } from '../../src/stores/memory.ts';

/** Counts how often it is read, and how many commits are taken from it. */
export class CountingStore extends MemoryEventStore {
  reads = 0;
  commits = 0;

  override async *read(project: string, range?: CommitRange) {
    this.reads += 1;
    for await (const sealed of super.read(project, range)) {
      this.commits += 1;
      yield sealed;
    }
  }
}
