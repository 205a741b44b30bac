import { afterAll } from '@jest/globals';
import { openMongo } from '../../src/stores/mongodb/open-mongo.ts';
import { findMongo } from '../support/mongo.ts';
import { eventStoreContract } from './event-store.contract.ts';
import { secretStoreContract } from './secret-store.contract.ts';
import { snapshotStoreContract } from './snapshot-store.contract.ts';
import { mongoSubject } from './subjects.ts';

const mongo = await findMongo();
const subject = 'skipped' in mongo ? { name: 'MongoDB', skipped: mongo.skipped } : { name: `MongoDB (${mongo.kind})` };
const freshUrl = () => ('skipped' in mongo ? '' : mongo.freshUrl());

afterAll(async () => {
  if (!('skipped' in mongo)) await mongo.stop();
});

eventStoreContract(mongoSubject(mongo));

secretStoreContract({
  ...subject,
  open: async () => {
    const url = freshUrl();
    let database = await openMongo(url);
    return {
      store: database.secrets,
      reopen: async () => {
        await database.events.close();
        database = await openMongo(url);
        return database.secrets;
      },
      close: () => database.events.close(),
    };
  },
});

snapshotStoreContract({
  ...subject,
  open: async () => {
    const database = await openMongo(freshUrl());
    return { store: database.snapshots, close: () => database.events.close() };
  },
});
