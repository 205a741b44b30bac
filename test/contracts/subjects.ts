import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryDatabase, MemoryEventStore } from '../../src/stores/memory.ts';
import { openMongo } from '../../src/stores/mongodb/open-mongo.ts';
import { openSqlite } from '../../src/stores/sqlite/open-sqlite.ts';
import type { findMongo } from '../support/mongo.ts';
import type { EventStoreSubject } from './event-store.contract.ts';

export const MEMORY: EventStoreSubject = {
  name: 'memory',
  open: async () => {
    const store = new MemoryEventStore();
    return { store, close: () => store.close() };
  },
};

export const SHARED_MEMORY: EventStoreSubject = {
  name: 'memory, shared by two handles',
  open: async () => {
    const database = new MemoryDatabase();
    const open = () => new MemoryEventStore(database, { shared: true });
    const store = open();
    return {
      store,
      another: async () => open(),
      reopen: async (closing) => {
        await closing.close();
        return open();
      },
      close: () => store.close(),
    };
  },
};

export const SQLITE: EventStoreSubject = {
  name: 'SQLite',
  open: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sqlite-contract-'));
    let store = openSqlite(join(directory, 'ledger.db')).events;
    return {
      store,
      reopen: async (closing) => {
        await closing.close();
        store = openSqlite(join(directory, 'ledger.db')).events;
        return store;
      },
      close: async () => {
        await store.close();
        await rm(directory, { recursive: true });
      },
    };
  },
};

export function mongoSubject(mongo: Awaited<ReturnType<typeof findMongo>>): EventStoreSubject {
  const subject =
    'skipped' in mongo ? { name: 'MongoDB', skipped: mongo.skipped } : { name: `MongoDB (${mongo.kind})` };
  return {
    ...subject,
    open: async () => {
      const url = 'skipped' in mongo ? '' : mongo.freshUrl();
      const handles = new Set([(await openMongo(url)).events]);
      const another = async () => {
        const { events } = await openMongo(url);
        handles.add(events);
        return events;
      };
      const [store = await another()] = handles;
      return {
        store,
        another,
        reopen: async (closing) => {
          await closing.close();
          return another();
        },
        close: async () => {
          for (const handle of handles) await handle.close();
        },
      };
    },
  };
}
