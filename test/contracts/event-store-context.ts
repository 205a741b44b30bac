import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { SealedCommit } from '../../src/event-sourcing/event.ts';
import type { EventStore } from '../../src/event-sourcing/event-store.ts';

/** One set of data, and ways to it. */
export interface EventStoreBench {
  /** Open until `close`. */
  readonly store: EventStore;
  /** Another handle on the same data; absent where one handle is all there can be. */
  another?(): Promise<EventStore>;
  /** Ends the handle that it is given and opens the same data again; absent where nothing outlives a handle. */
  reopen?(store: EventStore): Promise<EventStore>;
  close(): Promise<void>;
}

/** What the contract's tests work with. */
export interface EventStoreContext {
  /** Common to all tests, each of which has projects of its own. */
  readonly store: EventStore;
  another(): Promise<EventStore | undefined>;
  /** Data of a test's own, where there are many of them: not every server has indexes that are worth the name. */
  open(): Promise<EventStoreBench>;
}

export const NASTY_TEXTS = [
  '__proto__',
  'constructor',
  '$where',
  'a.b.c',
  '$',
  'o\'brien"; DROP TABLE commits; --',
  'per%cent_and\\back/slash',
  'Ünïcödé \u{1F600} 名前',
  'e\u0301 decomposed',
  '\u00e9 composed',
  ' spaces around ',
  'case',
  'CASE',
  '?',
  'null',
  '0',
];

export function newProject(): string {
  return `p-${randomUUID()}`;
}

export async function appendAll(store: EventStore, commits: readonly SealedCommit[]): Promise<void> {
  expect(await store.append(commits)).toMatchObject({ landed: commits.length, outcome: 'all' });
}
