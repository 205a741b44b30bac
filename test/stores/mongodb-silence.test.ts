import { jest } from '@jest/globals';
import type { Db } from 'mongodb';
import { StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';
import { insertDocuments, orUnavailable } from '../../src/stores/mongodb/commands.ts';

test('a command that is never answered ends, whatever the driver does', async () => {
  jest.useFakeTimers();
  const never = () => new Promise<never>(() => {});
  const read = orUnavailable(never);
  const write = insertDocuments({ command: never } as unknown as Db, 'commits', [{}], { ordered: true });
  const fates = Promise.allSettled([read, write]);
  await jest.advanceTimersByTimeAsync(15_000);
  jest.useRealTimers();
  for (const fate of await fates) {
    expect(fate).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
  }
});
