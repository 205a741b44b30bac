import { newParameterId } from '../../../src/parameters/parameter-events.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { CountingStore } from '../../support/counting-store.ts';
import { Node, subjectOf } from './node.ts';

const MIB = 1024 * 1024;

/** A store that holds so many projects, `p0` and on, with so many proxies each. */
async function filled(projects: number, proxies: number): Promise<CountingStore> {
  const database = new MemoryDatabase();
  const writer = new Node(new MemoryEventStore(database));
  for (let at = 0; at < projects; at += 1) {
    await writer.createProject(`p${at}`);
    for (let each = 0; each < proxies; each += 1) await writer.createProxy(`p${at}`, `proxy ${each}`);
  }
  return new CountingStore(database);
}

describe('the memory of ledgers', () => {
  test('holds a project that is larger than it for as long as that is the one in use', async () => {
    const store = await filled(2, 5);
    const node = new Node(store, undefined, 2);
    await node.image('p0');
    const { reads } = store;
    await node.image('p0');
    await node.createProxy('p0', 'one more');
    await node.image('p0');
    expect(store.reads).toBe(reads);
    await node.image('p1');
    expect(node.ledgers.sizes().ledgers).toBe(1);
    await node.image('p0');
    expect(store.reads).toBe(reads + 2);
  });

  test('lets go of what was used least recently', async () => {
    const store = await filled(4, 0);
    const node = new Node(store, undefined, 3.5 * 7_500);
    for (const project of ['p0', 'p1', 'p2', 'p0', 'p3']) await node.image(project);
    const { reads } = store;
    for (const project of ['p0', 'p2', 'p3']) await node.image(project);
    expect(store.reads).toBe(reads);
    await node.image('p1');
    expect(store.reads).toBe(reads + 1);
  });

  test('counts what images take, not what their logs do', async () => {
    const small = new Node(await filled(50, 0));
    for (let at = 0; at < 50; at += 1) await small.image(`p${at}`);
    const { bytes, ledgers } = small.ledgers.sizes();
    // Some hundred bytes of log each, and some thousand of objects.
    expect(bytes / ledgers).toBeGreaterThan(5_000);

    const edited = new Node(new MemoryEventStore());
    await edited.createProject('crm');
    const id = subjectOf(await edited.createProxy('crm', 'proxy'));
    const edit = (description: string) => edited.execute('crm', { type: 'UpdateProxy', id, set: { description } });
    for (let at = 0; at < 3_000; at += 1) await edit(`${at} ${'x'.repeat(1_500)}`);
    expect((await edited.image('crm')).weight).toBeGreaterThan(5 * MIB);
    const counted = edited.ledgers.sizes().bytes;
    for (let at = 0; at < 1_500; at += 1) await edit(`${at} ${'y'.repeat(1_500)}`);
    // An edit replaces what was there; only the newest commits are kept beside the image.
    expect(edited.ledgers.sizes().bytes).toBeLessThan(counted + 2 * MIB);
  });

  test('counts long texts, and what deletes them', async () => {
    const node = new Node(new MemoryEventStore());
    await node.createProject('crm');
    const values = ['dev', 'prod'].map((environment) => {
      return { environment, value: { text: 'x'.repeat(MIB), secretRef: 'none' } };
    });
    const set = { type: 'SetParameter', key: 'k', newId: newParameterId('crm') } as const;
    await node.execute('crm', { ...set, values });
    const { bytes } = (await node.image('crm')).view.parameters;
    expect(bytes).toBeGreaterThan(2 * MIB);
    await node.execute('crm', { ...set, values: [] });
    expect((await node.image('crm')).view.parameters.bytes).toBeLessThan(bytes - 2 * MIB);
  });

  test('is empty when nothing is there', async () => {
    const node = new Node(await filled(1, 0), undefined, 2);
    expect(await node.ledgers.view('nobody')).toBeUndefined();
    expect(node.ledgers.sizes()).toEqual({ ledgers: 0, waiting: 0, bytes: 0 });
    const refused = await node.createProxy('nobody', 'proxy');
    expect(refused.kind).toBe('refused');
    expect(node.ledgers.sizes()).toEqual({ ledgers: 0, waiting: 0, bytes: 0 });
  });
});
