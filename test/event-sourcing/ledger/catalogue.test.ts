import { jest } from '@jest/globals';
import { StoreUnavailableError } from '../../../src/event-sourcing/event-store.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { FaultyEventStore } from '../../support/faulty-store.ts';
import { ALL, CatalogueNode, entriesIn, KNOWN_TO_NOBODY } from './catalogue-node.ts';
import { Node } from './node.ts';

function start(database = new MemoryDatabase(), { shared = false } = {}) {
  const store = new FaultyEventStore(new MemoryEventStore(database, { shared }));
  const node = new CatalogueNode(store);
  return { database, store, node, catalogue: node.catalogue };
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the catalogue of projects', () => {
  test('lists and counts what was added, in order, once each', async () => {
    const { catalogue } = start();
    for (const key of ['b2', 'a2', 'b2']) await catalogue.add(key, KNOWN_TO_NOBODY);
    expect(await catalogue.projects(ALL)).toEqual(['a2', 'b2']);
    expect(await catalogue.projects({ after: 'a2', limit: 1 })).toEqual(['b2']);
    expect(await catalogue.count()).toBe(2);
  });

  test('tells that an entry could not be made, and has it as soon as the store takes it', async () => {
    const { store, catalogue, node } = start();
    store.goAway(1);
    await expect(catalogue.add('crm', KNOWN_TO_NOBODY)).rejects.toThrow(StoreUnavailableError);
    expect(await catalogue.projects(ALL)).toEqual(['crm']);
    expect(await catalogue.count()).toBe(1);
    expect(node.warnings).toEqual(['the catalogue of projects is not complete yet']);
  });

  test('goes on trying by itself', async () => {
    const { database, store, catalogue } = start();
    store.goAway(2);
    await expect(catalogue.add('crm', KNOWN_TO_NOBODY)).rejects.toThrow(StoreUnavailableError);
    for (let turn = 0; turn < 200 && database.projects.size === 0; turn += 1)
      await new Promise((r) => setTimeout(r, 20));
    expect([...database.projects]).toEqual(['crm']);
  });

  test('lists what the store has, though what it lacks cannot be written', async () => {
    const { store, catalogue } = start();
    await catalogue.add('crm', KNOWN_TO_NOBODY);
    store.goAway(1);
    catalogue.found('erp', KNOWN_TO_NOBODY);
    expect(await catalogue.projects(ALL)).toEqual(['crm']);
    expect(await catalogue.projects(ALL)).toEqual(['crm', 'erp']);
  });

  test('gets the entry of a project whose ledger is loaded, and none of a key that has no log', async () => {
    const { database, node, catalogue } = start();
    await new Node(new MemoryEventStore(database)).createProject('crm');
    expect(await catalogue.projects(ALL)).toEqual([]);
    await node.ledgers.view('crm', 1);
    await expect(node.ledgers.view('nothing')).resolves.toBeUndefined();
    expect(await catalogue.projects(ALL)).toEqual(['crm']);
  });

  test('has nothing of logs that are no projects', async () => {
    const { database, node, catalogue } = start();
    await node.execute('$instance', { type: 'SetAdministrators', administrators: ['group:ops'] });
    await node.settled();
    await catalogue.repair();
    expect(await new MemoryEventStore(database).projectsWithCommits(undefined, 9)).toEqual(['$instance']);
    expect(await catalogue.projects(ALL)).toEqual([]);
    expect(await catalogue.count()).toBe(0);
    expect(database.entries.size).toBe(0);
  });
});

describe('who may read a project', () => {
  test('is noted with each commit that changes it, and found by whom it was given to', async () => {
    const { database, node, catalogue } = start();
    for (const project of ['crm', 'erp']) await node.createProject(project);
    expect(await node.readers('crm')).toEqual([]);
    await node.grant('crm', 'ada');
    await node.grant('crm', 'grace');
    await node.createProxy('crm', 'a proxy');
    expect(await node.readers('crm')).toEqual(['ada', 'grace']);
    expect(await node.listed('ada')).toEqual(['crm']);
    await node.grant('erp', 'ada');
    await node.revoke('crm', 'ada');
    await node.settled();
    expect(await node.readers('crm')).toEqual(['grace']);
    expect(await node.listed('ada')).toEqual(['erp']);
    const groups = ['ada', 'grace', 'nobody'].map((sub) => `user:https://id#${sub}`);
    expect(await catalogue.isReadBy('crm', groups)).toBe(true);
    expect(await catalogue.isReadBy('crm', groups.slice(2))).toBe(false);
    expect(await catalogue.count(groups)).toBe(2);
    expect(await catalogue.count(groups.slice(2))).toBe(0);
    expect(await catalogue.count()).toBe(2);
    expect(await entriesIn(database)).toEqual({ crm: ['grace'], erp: ['ada'] });
  });

  test('is known while the store does not take it, and noted once it does', async () => {
    const { database, store, node } = start();
    await node.createProject('crm');
    await node.settled();
    const note = jest.spyOn(store, 'noteCatalogueEntries').mockRejectedValue(new StoreUnavailableError('full'));
    await node.grant('crm', 'ada');
    await node.grant('crm', 'grace');
    expect(await node.readers('crm')).toEqual(['ada', 'grace']);
    expect(await node.listed('ada')).toEqual([]);
    note.mockRestore();
    expect(await node.listed('ada')).toEqual(['crm']);
    expect(await entriesIn(database)).toEqual({ crm: ['ada', 'grace'] });
  });

  test('is looked up by who asks alone, once for each key, known or not, where nobody else writes', async () => {
    const { store, node, catalogue } = start();
    await node.createProject('crm');
    await node.grant('crm', 'ada');
    await node.settled();
    const ofProject = jest.spyOn(store, 'catalogueEntries');
    const lookUp = jest.spyOn(store, 'isReadBy');
    const eve = ['user:https://id#eve', 'group:e'];
    for (let times = 0; times < 3; times += 1) {
      const asked = ['crm', 'unknown', 'unknown'].map((project) => catalogue.isReadBy(project, eve));
      expect(await Promise.all(asked)).toEqual([false, false, false]);
    }
    expect(lookUp.mock.calls).toEqual(['crm', 'unknown'].map((project) => [project, eve]));
    expect(ofProject).not.toHaveBeenCalled();
  });

  test('is asked anew when the look-up failed', async () => {
    const { store, node, catalogue } = start();
    await node.createProject('crm');
    await node.grant('crm', 'ada');
    await node.settled();
    store.goAway(1);
    await expect(catalogue.isReadBy('crm', ['user:https://id#ada'])).rejects.toThrow(StoreUnavailableError);
    expect(await node.readers('crm')).toEqual(['ada']);
  });

  test('shows on another node within a second, and at once when its ledger reads on', async () => {
    const { database, node } = start(new MemoryDatabase(), { shared: true });
    const { node: other } = start(database, { shared: true });
    await node.createProject('crm');
    expect(await other.readers('crm')).toEqual([]);
    await node.grant('crm', 'ada');
    await node.settled();
    for (let turn = 0; turn < 200 && (await other.readers('crm')).length === 0; turn += 1)
      await new Promise((r) => setTimeout(r, 20));
    expect(await other.readers('crm')).toEqual(['ada']);
    await node.grant('crm', 'grace');
    await other.ledgers.viewAtHead('crm');
    expect(await other.readers('crm')).toEqual(['ada', 'grace']);
  });

  test('is noted by whichever node sees it, when the one that changed it did not come to it', async () => {
    const { database, store, node } = start(new MemoryDatabase(), { shared: true });
    const { node: other } = start(database, { shared: true });
    await node.createProject('crm');
    await other.ledgers.viewAtHead('crm');
    jest.spyOn(store, 'noteCatalogueEntries').mockRejectedValue(new StoreUnavailableError('full'));
    await node.grant('crm', 'ada');
    await node.settled();
    expect(await entriesIn(database)).toEqual({});
    await other.ledgers.viewAtHead('crm');
    expect(await other.listed('ada')).toEqual(['crm']);
  });

  test('is not asked of the store under texts that it does not take', async () => {
    const { node, catalogue } = start();
    await node.createProject('crm');
    await node.grant('crm', '\ufffd');
    const readers = ['user:https://id#\ud800', 'group:a\0b'];
    expect(await catalogue.projects({ ...ALL, readers })).toEqual([]);
    expect(await catalogue.count(readers)).toBe(0);
    expect(await catalogue.isReadBy('crm', readers)).toBe(false);
  });
});
