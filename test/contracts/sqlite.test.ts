import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../src/stores/sqlite/open-sqlite.ts';
import { eventStoreContract } from './event-store.contract.ts';
import { secretStoreContract } from './secret-store.contract.ts';
import { snapshotStoreContract } from './snapshot-store.contract.ts';
import { SQLITE } from './subjects.ts';

eventStoreContract(SQLITE);

secretStoreContract({
  name: 'SQLite',
  open: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sqlite-contract-'));
    let database = openSqlite(join(directory, 'ledger.db'));
    return {
      store: database.secrets,
      reopen: async () => {
        await database.events.close();
        database = openSqlite(join(directory, 'ledger.db'));
        return database.secrets;
      },
      close: async () => {
        await database.events.close();
        await rm(directory, { recursive: true });
      },
    };
  },
});

snapshotStoreContract({
  name: 'SQLite',
  open: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sqlite-contract-'));
    const database = openSqlite(join(directory, 'ledger.db'));
    return {
      store: database.snapshots,
      close: async () => {
        await database.events.close();
        await rm(directory, { recursive: true });
      },
    };
  },
});
