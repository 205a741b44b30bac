import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type EventStore, StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';
import { appendContract } from './append.contract.ts';
import { catalogueContract } from './catalogue.contract.ts';
import { commitOf, logOf, plain, readAll } from './commits.ts';
import { appendAll, type EventStoreBench, type EventStoreContext, newProject } from './event-store-context.ts';
import { readContract } from './read.contract.ts';
import { readersContract } from './readers.contract.ts';

// Some of the servers are slow, and so are some machines.
jest.setTimeout(60_000);

export interface EventStoreSubject {
  readonly name: string;
  /** Why its tests can't be run here. */
  readonly skipped?: string;
  open(): Promise<EventStoreBench>;
}

/** One side of what every event store promises. */
type Part = (context: EventStoreContext) => void;

/** What every event store promises; with `parts`, only those sides of it, and that it can be closed and opened. */
export function eventStoreContract(
  { name, skipped, open }: EventStoreSubject,
  parts: readonly Part[] = [appendContract, readContract, catalogueContract, readersContract],
): void {
  const title = skipped === undefined ? name : `${name} (skipped: ${skipped})`;
  (skipped === undefined ? describe : describe.skip)(`${title} as an event store`, () => {
    let bench: EventStoreBench;
    let store: EventStore;
    beforeAll(async () => {
      bench = await open();
      store = bench.store;
    });
    afterAll(() => bench?.close());

    const context: EventStoreContext = {
      get store() {
        return store;
      },
      another: async () => bench.another?.(),
      open,
    };
    for (const part of parts) part(context);

    test('what was appended is there for another handle and after opening anew', async () => {
      const project = newProject();
      const log = logOf(project, 3);
      await appendAll(store, log);
      await store.registerProjects([project]);
      const other = await bench.another?.();
      if (other) expect((await readAll(other, project)).map(plain)).toEqual(log.map(plain));
      if (!bench.reopen) return;
      store = await bench.reopen(store);
      expect((await readAll(store, project)).map(plain)).toEqual(log.map(plain));
      expect(await store.append([commitOf(project, 3)])).toMatchObject({ landed: 0, outcome: 'conflict' });
      expect(await store.projects({ after: project.slice(0, -1), limit: 1 })).toEqual([project]);
    });

    test('answers a ping until it is closed, and nothing afterwards', async () => {
      const own = await open();
      const project = newProject();
      await own.store.ping();
      await appendAll(own.store, logOf(project, 1));
      await own.store.close();
      await own.store.close();
      await expect(own.store.ping()).rejects.toThrow(StoreUnavailableError);
      await expect(own.store.head(project)).rejects.toThrow(StoreUnavailableError);
      await expect(readAll(own.store, project)).rejects.toThrow(StoreUnavailableError);
      await expect(own.store.append([commitOf(project, 2)])).rejects.toThrow(StoreUnavailableError);
      await own.close();
    });
  });
}
