import { afterAll } from '@jest/globals';
import { openMongo } from '../../src/stores/mongodb/open-mongo.ts';
import { findMongo } from '../support/mongo.ts';
import { eventStoreContract } from './event-store.contract.ts';
import { secretStoreContract } from './secret-store.contract.ts';

const mongo = await findMongo();
const subject = 'skipped' in mongo ? { name: 'MongoDB', skipped: mongo.skipped } : { name: `MongoDB (${mongo.kind})` };
const freshUrl = () => ('skipped' in mongo ? '' : mongo.freshUrl());

afterAll(async () => {
  if (!('skipped' in mongo)) await mongo.stop();
});

eventStoreContract({
  ...subject,
  open: async () => {
    const url = freshUrl();
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
});

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
