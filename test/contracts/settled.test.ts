import { afterAll, describe } from '@jest/globals';
import type { EventStore } from '../../src/event-sourcing/event-store.ts';
import { FAULTS, type Fault, FaultyEventStore, inTurn } from '../support/faulty-store.ts';
import { findMongo } from '../support/mongo.ts';
import { settling } from '../support/settling-store.ts';
import { appendContract } from './append.contract.ts';
import { type EventStoreSubject, eventStoreContract } from './event-store.contract.ts';
import { MEMORY, mongoSubject, SHARED_MEMORY, SQLITE } from './subjects.ts';

const mongo = await findMongo();
afterAll(async () => {
  if (!('skipped' in mongo)) await mongo.stop();
});

// A store that may lose its answers keeps the contract, when what becomes of its appends is settled. Faults are those of
// appends: what is read and listed besides is looked at where they come in turn, and not once more for each.
describe.each(FAULTS.map((fault) => [Object.values(fault).join(' '), fault] as const))(
  'with faults, %s:',
  (_, fault) => {
    for (const subject of [MEMORY, SHARED_MEMORY, SQLITE])
      eventStoreContract(faulty(subject, [fault]), [appendContract]);
  },
);
describe('with every fault in turn:', () => {
  for (const subject of [SHARED_MEMORY, SQLITE]) eventStoreContract(faulty(subject, FAULTS));
  eventStoreContract(faulty(mongoSubject(mongo), FAULTS), [appendContract]);
});

function faulty(subject: EventStoreSubject, faults: readonly Fault[]): EventStoreSubject {
  const wrap = (store: EventStore) => settling(new FaultyEventStore(store, [], inTurn(faults)));
  const open = async () => {
    const { store, another, reopen, close } = await subject.open();
    return {
      store: wrap(store),
      ...(another && { another: async () => wrap(await another()) }),
      ...(reopen && { reopen: async (closing: EventStore) => wrap(await reopen(closing)) }),
      close,
    };
  };
  return { ...subject, open };
}
