import { KeyRing, SecretsKeyError } from '../../src/secrets/key-ring.ts';
import type { SealedSecret } from '../../src/secrets/secret-store.ts';
import { Secrets } from '../../src/secrets/secrets.ts';
import { MemoryDatabase, MemorySecretStore } from '../../src/stores/memory.ts';

const K1 = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const K2 = `k2:${Buffer.alloc(32, 2).toString('base64')}`;
const OTHER_K1 = `k1:${Buffer.alloc(32, 9).toString('base64')}`;

const password = {
  project: 'crm',
  resourceId: 'proxy-1',
  secretId: 'secret-1',
  text: 'p@ss:w%rd $!ü',
  at: '2026-11-25T08:00:00.000Z',
};

let store: MemorySecretStore;

beforeEach(() => {
  store = new MemorySecretStore(new MemoryDatabase());
});

function nodeWith(...keys: string[]): Secrets {
  const parsed = KeyRing.parse(keys.join(','));
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  return new Secrets(store, parsed.keyRing);
}

async function stored(): Promise<SealedSecret[]> {
  const all: SealedSecret[] = [];
  for (const project of await store.projects()) for await (const sealed of store.all(project)) all.push(sealed);
  return all;
}

describe('a secret', () => {
  test('comes back as it was written', async () => {
    const secrets = nodeWith(K1);
    await secrets.write([secrets.seal(password)]);
    expect(await secrets.reveal('crm', 'proxy-1', 'secret-1')).toBe(password.text);
  });

  test('is stored under the first key, unreadable, with its time', async () => {
    const secrets = nodeWith(K2, K1);
    await secrets.write([secrets.seal(password)]);
    const [sealed] = await stored();
    expect(sealed).toMatchObject({
      project: 'crm',
      resourceId: 'proxy-1',
      secretId: 'secret-1',
      keyId: 'k2',
      createdAt: password.at,
    });
    expect(Buffer.from(sealed?.sealed ?? []).includes('p@ss')).toBe(false);
  });

  test('is not written by sealing alone, nor by an empty list', async () => {
    const secrets = nodeWith(K1);
    secrets.seal(password);
    await secrets.write([]);
    expect(await stored()).toEqual([]);
  });

  test('of an old key opens as long as that key is configured', async () => {
    const before = nodeWith(K1);
    await before.write([before.seal(password)]);
    expect(await nodeWith(K2, K1).reveal('crm', 'proxy-1', 'secret-1')).toBe(password.text);
    expect(await nodeWith(K2).reveal('crm', 'proxy-1', 'secret-1')).toBeUndefined();
    expect(await nodeWith(OTHER_K1).reveal('crm', 'proxy-1', 'secret-1')).toBeUndefined();
  });

  test('under two keys opens with either, also when one of its ciphertexts is spoilt', async () => {
    const old = nodeWith(K1);
    const current = nodeWith(K2, K1);
    const spoilt = { ...old.seal(password), sealed: Buffer.alloc(40) };
    await store.put([spoilt, current.seal(password)]);
    expect(await current.reveal('crm', 'proxy-1', 'secret-1')).toBe(password.text);
    expect(await nodeWith(K2).reveal('crm', 'proxy-1', 'secret-1')).toBe(password.text);
    expect(await old.reveal('crm', 'proxy-1', 'secret-1')).toBeUndefined();
  });

  test('that is gone is undefined', async () => {
    expect(await nodeWith(K1).reveal('crm', 'proxy-1', 'secret-1')).toBeUndefined();
  });

  test.each([
    ['project', { project: 'other' }],
    ['resource', { resourceId: 'proxy-2' }],
    ['secret id', { secretId: 'secret-2' }],
  ])('copied to another %s does not open there', async (_name, elsewhere) => {
    const secrets = nodeWith(K1);
    const moved = { ...secrets.seal(password), ...elsewhere };
    await secrets.write([moved]);
    expect(await secrets.reveal(moved.project, moved.resourceId, moved.secretId)).toBeUndefined();
  });

  test("is not handed to a resource that is not its own, whatever the record's copy of the resource says", async () => {
    const secrets = nodeWith(K1);
    await secrets.write([secrets.seal(password)]);
    expect(await secrets.reveal('crm', 'proxy-2', 'secret-1')).toBeUndefined();
  });
});

describe('the keys of several nodes', () => {
  test('are recorded by the first, all of them', async () => {
    await nodeWith(K1, K2).verifyKeys();
    expect((await store.keyChecks()).map(({ keyId }) => keyId).sort()).toEqual(['k1', 'k2']);
  });

  test('may be the same, again and again', async () => {
    await nodeWith(K1, K2).verifyKeys();
    await nodeWith(K1, K2).verifyKeys();
    await nodeWith(K2, K1).verifyKeys();
    expect(await store.keyChecks()).toHaveLength(2);
  });

  test('may not lack one: the error names it', async () => {
    await nodeWith(K1, K2).verifyKeys();
    const verified = nodeWith(K2).verifyKeys();
    await expect(verified).rejects.toThrow(SecretsKeyError);
    await expect(verified).rejects.toThrow('the key "k1" is missing here');
    await expect(verified).rejects.not.toThrow('"k2"');
  });

  test('may not differ under one id: the error names it and shows no key', async () => {
    await nodeWith(K1).verifyKeys();
    const verified = nodeWith(OTHER_K1).verifyKeys();
    await expect(verified).rejects.toThrow('the key "k1" is another one here');
    await expect(verified).rejects.not.toThrow(OTHER_K1.slice(3, 20));
  });

  test('are all named that are wrong', async () => {
    await nodeWith(K1, K2).verifyKeys();
    await expect(nodeWith(OTHER_K1).verifyKeys()).rejects.toThrow(/"k1" is another one here; the key "k2" is missing/);
  });

  test('can be renewed one node after the other, without one that is refused meanwhile', async () => {
    await nodeWith(K1).verifyKeys();
    await nodeWith(K1, K2).verifyKeys();
    await nodeWith(K1).verifyKeys();
    await nodeWith(K2, K1).verifyKeys();
    await nodeWith(K1, K2).verifyKeys();
    await expect(nodeWith(K1).verifyKeys()).rejects.toThrow('the key "k2" is missing here');
  });

  test('of a node that another one overtook between looking and recording are refused', async () => {
    const overtaken = new (class extends MemorySecretStore {
      override async putKeyCheck(check: { keyId: string; check: string }): Promise<void> {
        await super.putKeyCheck({ ...check, check: 'f'.repeat(64) });
      }
    })(new MemoryDatabase());
    const parsed = KeyRing.parse(K1);
    if (!parsed.ok) throw new Error(parsed.faults.join('; '));
    await expect(new Secrets(overtaken, parsed.keyRing).verifyKeys()).rejects.toThrow('"k1" is another one here');
  });
});
