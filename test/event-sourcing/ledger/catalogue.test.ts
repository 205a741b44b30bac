import { randomUUID } from 'node:crypto';
import type { SealedCommit } from '../../../src/event-sourcing/event.ts';
import { StoreUnavailableError } from '../../../src/event-sourcing/event-store.ts';
import { Catalogue } from '../../../src/event-sourcing/ledger/catalogue.ts';
import { Ledgers } from '../../../src/event-sourcing/ledger/ledgers.ts';
import { projectModel } from '../../../src/project/project-model.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { logOf } from '../../contracts/commits.ts';
import { FaultyEventStore } from '../../support/faulty-store.ts';
import { Node } from './node.ts';

const ALL = { limit: 10_000 };

function start(database = new MemoryDatabase()) {
  const store = new FaultyEventStore(new MemoryEventStore(database));
  const stopping = new AbortController();
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  return { database, store, stopping, warnings, catalogue: new Catalogue(store, warn, stopping.signal) };
}

async function appendTo(database: MemoryDatabase, commits: readonly SealedCommit[]): Promise<void> {
  await new MemoryEventStore(database).append(commits);
}

describe('the catalogue of projects', () => {
  test('lists and counts what was added, in order, once each', async () => {
    const { catalogue } = start();
    for (const key of ['b', 'a', 'b']) await catalogue.add(key);
    expect(await catalogue.projects(ALL)).toEqual(['a', 'b']);
    expect(await catalogue.projects({ after: 'a', limit: 1 })).toEqual(['b']);
    expect(await catalogue.count()).toBe(2);
  });

  test('tells that an entry could not be made, and has it as soon as the store takes it', async () => {
    const { store, catalogue, warnings } = start();
    store.goAway(2);
    await expect(catalogue.add('crm')).rejects.toThrow(StoreUnavailableError);
    expect(await catalogue.projects(ALL)).toEqual(['crm']);
    expect(await catalogue.count()).toBe(1);
    expect(warnings).toEqual(['the catalogue of projects is not complete yet']);
  });

  test('goes on trying by itself', async () => {
    const { database, store, catalogue } = start();
    store.goAway(4);
    await expect(catalogue.add('crm')).rejects.toThrow(StoreUnavailableError);
    for (let turn = 0; turn < 200 && database.projects.size === 0; turn += 1)
      await new Promise((r) => setTimeout(r, 20));
    expect([...database.projects]).toEqual(['crm']);
  });

  test('lists what the store has, though what it lacks cannot be written', async () => {
    const { store, catalogue } = start();
    await catalogue.add('crm');
    catalogue.found('erp');
    store.goAway(1);
    expect(await catalogue.projects(ALL)).toEqual(['crm']);
    expect(await catalogue.projects(ALL)).toEqual(['crm', 'erp']);
  });

  test('gets the entry of a project whose ledger is loaded, and none of a key that has no log', async () => {
    const { database, store, stopping, catalogue } = start();
    await new Node(new MemoryEventStore(database)).createProject('crm');
    const surroundings = {
      store,
      now: () => new Date().toISOString(),
      newCommitId: randomUUID,
      alarm: () => {},
      stopped: stopping.signal,
      loaded: (project: string) => catalogue.found(project),
    };
    const ledgers = new Ledgers(projectModel, surroundings, 1024 * 1024);
    expect(await catalogue.projects(ALL)).toEqual([]);
    await ledgers.view('crm', 1);
    await expect(ledgers.view('nothing')).resolves.toBeUndefined();
    expect(await catalogue.projects(ALL)).toEqual(['crm']);
    ledgers.stop();
  });

  test('is completed from the first commits of all logs, however many they are', async () => {
    const { database, catalogue } = start();
    const keys = Array.from({ length: 1_203 }, (_, n) => `p-${n}`);
    for (const key of keys) await appendTo(database, logOf(key, 1));
    await catalogue.add('p-7');
    await catalogue.repair();
    expect(await catalogue.projects(ALL)).toEqual([...keys].sort());
  });

  test('is completed from where it was, once the store is back', async () => {
    const { database, store, catalogue, warnings } = start();
    for (let n = 0; n < 3; n += 1) await appendTo(database, logOf(`p-${n}`, 1));
    store.goAway(2);
    await catalogue.repair();
    expect(await catalogue.count()).toBe(3);
    expect(warnings).toHaveLength(2);
  });

  test('lets the process end while the store is away', async () => {
    const { store, stopping, catalogue } = start();
    store.goAway(1_000_000);
    const repair = catalogue.repair();
    stopping.abort();
    await repair;
    expect(await catalogue.projects(ALL).catch((error: Error) => error.name)).toBe('StoreUnavailableError');
  });
});
