import { secretLifetimes } from '../../src/live/secret-lifetimes.ts';
import { type SecretLifetime, sweepSecrets } from '../../src/secrets/sweep.ts';
import { MemoryEventStore, MemorySecretStore } from '../../src/stores/memory.ts';
import { Node, subjectOf } from '../event-sourcing/ledger/node.ts';

const sealed = (secretId: string, createdAt: string) => ({
  project: 'crm',
  secretId,
  resourceId: 'r',
  keyId: 'k',
  sealed: Uint8Array.of(1),
  createdAt,
});

describe('the sweep', () => {
  test('takes what nothing refers to after a day, and what nothing uses after its time', async () => {
    const store = new MemorySecretStore();
    const ids = ['unreferenced', 'under way', 'in use', 'forgotten', 'just forgotten'];
    await store.put(ids.map((id) => sealed(id, id === 'under way' ? '2026-11-25' : '2026-01-01')));
    const lifetimes = new Map<string, SecretLifetime>([
      ['in use', {}],
      ['forgotten', { forgottenAt: '2026-01-02' }],
      ['just forgotten', { forgottenAt: '2026-11-24' }],
    ]);
    const options = {
      unreferencedBefore: '2026-11-24',
      forgottenBefore: '2026-10-25',
      lifetimes: async () => lifetimes,
    };
    expect(await sweepSecrets(store, options)).toBe(2);
    const left: string[] = [];
    for await (const { secretId } of store.all()) left.push(secretId);
    expect(left.sort()).toEqual(['in use', 'just forgotten', 'under way']);
  });

  test('knows from the log what is in use: replaced, deleted and restored passwords', async () => {
    const store = new MemoryEventStore();
    const node = new Node(store);
    await node.createProject('crm');
    const id = subjectOf(await node.createProxy('crm', 'p'));
    const update = (set: object) => node.execute('crm', { type: 'UpdateProxy', id, set });
    const inUse = async () =>
      [...(await secretLifetimes(store, 'crm'))]
        .filter(([, { forgottenAt }]) => forgottenAt === undefined)
        .map(([ref]) => ref);
    await update({ authType: 'BASIC', user: 'u', password: { secretRef: 'first' } });
    expect(await inUse()).toEqual(['first']);
    await update({ password: { secretRef: 'second' } });
    expect(await inUse()).toEqual(['second']);
    await node.execute('crm', { type: 'DeleteProxy', id, failIfInUse: false });
    expect(await inUse()).toEqual([]);
    expect((await secretLifetimes(store, 'crm')).size).toBe(2);
    await node.execute('crm', { type: 'RestoreProxy', id, past: undefined });
    expect(await inUse()).toEqual(['second']);
    const value = { text: 'x', secretRef: 'third' };
    await node.execute('crm', {
      type: 'SetParameter',
      newId: 'k' as never,
      key: 'k',
      secret: true,
      defaultValue: value,
    });
    expect(await inUse()).toEqual(['second', 'third']);
  });
});
