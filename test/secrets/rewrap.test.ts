import fc from 'fast-check';
import { NotReadyError } from '../../src/event-sourcing/readiness.ts';
import { KeyRing, SecretsKeyError } from '../../src/secrets/key-ring.ts';
import { UnopenedSecretsError } from '../../src/secrets/rewrap.ts';
import type { SealedSecret } from '../../src/secrets/secret-store.ts';
import { Secrets } from '../../src/secrets/secrets.ts';
import { MemoryDatabase, MemorySecretStore } from '../../src/stores/memory.ts';

const [K1, K2, K3] = [1, 2, 3].map((each) => `k${each}:${Buffer.alloc(32, each).toString('base64')}`) as [
  string,
  string,
  string,
];

function nodeOn(store: MemorySecretStore, ...keys: string[]): Secrets {
  const parsed = KeyRing.parse(keys.join(','));
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  return new Secrets(store, parsed.keyRing);
}

const write = (node: Secrets, secretId: string, project = 'crm') =>
  node.write([node.seal({ project, resourceId: 'r', secretId, text: `text of ${secretId}`, at: '2026-01-01' })]);

async function stored(store: MemorySecretStore): Promise<SealedSecret[]> {
  const all: SealedSecret[] = [];
  for (const project of await store.projects()) for await (const each of store.all(project)) all.push(each);
  return all;
}

const keysOf = async (store: MemorySecretStore) =>
  (await stored(store)).map(({ secretId, keyId }) => `${secretId} ${keyId}`).sort();

let store: MemorySecretStore;
beforeEach(() => {
  store = new MemorySecretStore(new MemoryDatabase());
});
const node = (...keys: string[]) => nodeOn(store, ...keys);

describe('encrypting anew', () => {
  test('leaves every secret under the first key, as it was, and needs no other key after it', async () => {
    const old = node(K1);
    await old.verifyKeys();
    for (const project of ['crm', 'erp']) await write(old, `secret of ${project}`, project);
    expect(await node(K2, K1).rewrap()).toEqual({ count: 2, firstKeyId: 'k2', retired: ['k1'] });
    expect(await keysOf(store)).toEqual(['secret of crm k2', 'secret of erp k2']);
    for (const { createdAt } of await stored(store)) expect(createdAt).toBe('2026-01-01');
    const renewed = node(K2);
    await renewed.verifyKeys();
    expect(await renewed.reveal('erp', 'r', 'secret of erp')).toBe('text of secret of erp');
  });

  test('changes nothing when it is done again, or when there is one key', async () => {
    await write(node(K1), 'a');
    await node(K1).verifyKeys();
    expect(await node(K1).rewrap()).toEqual({ count: 0, firstKeyId: 'k1', retired: [] });
    await node(K2, K1).rewrap();
    const before = await stored(store);
    expect(await node(K2, K1).rewrap()).toEqual({ count: 0, firstKeyId: 'k2', retired: ['k1'] });
    expect(await stored(store)).toEqual(before);
  });

  test('needs every key that is recorded, to begin with', async () => {
    await node(K1).verifyKeys();
    await write(node(K1), 'a');
    await expect(node(K2).rewrap()).rejects.toThrow(SecretsKeyError);
    expect(await keysOf(store)).toEqual(['a k1']);
  });

  test('can be done key after key', async () => {
    await node(K1).verifyKeys();
    await write(node(K1), 'a');
    await node(K2, K1).rewrap();
    await write(node(K2), 'b');
    await node(K3, K2).rewrap();
    await node(K3).verifyKeys();
    expect(await keysOf(store)).toEqual(['a k3', 'b k3']);
  });

  test('is one for all who ask at the same time', async () => {
    await node(K1).verifyKeys();
    await write(node(K1), 'a');
    const renewing = node(K2, K1);
    const [one, other] = await Promise.all([renewing.rewrap(), renewing.rewrap()]);
    expect(one).toBe(other);
  });

  test('can be ended and begun again, whatever was done by then', async () => {
    await node(K1).verifyKeys();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 12 }), async (calls) => {
        let left = calls;
        const database = new MemoryDatabase();
        /** After so many calls that write, every further one fails. */
        const ending = new (class extends MemorySecretStore {
          override async put(secrets: readonly SealedSecret[]) {
            if (left-- <= 0) throw new Error('ended');
            return super.put(secrets);
          }
          override async delete(...which: [string, string, string]) {
            if (left-- <= 0) throw new Error('ended');
            return super.delete(...which);
          }
        })(database);
        const whole = new MemorySecretStore(database);
        await nodeOn(whole, K1).verifyKeys();
        for (const id of ['a', 'b', 'c']) await write(nodeOn(whole, K1), id);
        await nodeOn(ending, K2, K1)
          .rewrap()
          .catch((error: unknown) => expect(error).toMatchObject({ message: 'ended' }));
        for (const id of ['a', 'b', 'c'])
          expect(await nodeOn(whole, K2, K1).reveal('crm', 'r', id)).toBe(`text of ${id}`);
        await nodeOn(whole, K2, K1).rewrap();
        expect(await keysOf(whole)).toEqual(['a k2', 'b k2', 'c k2']);
      }),
    );
  });

  test('ends when it is told to', async () => {
    await node(K1).verifyKeys();
    await write(node(K1), 'a');
    await expect(node(K2, K1).rewrap(AbortSignal.abort(new Error('stopping')))).rejects.toThrow('stopping');
    expect(await keysOf(store)).toEqual(['a k1']);
  });

  test('keeps the old ciphertext until the new one opens', async () => {
    await node(K1).verifyKeys();
    await write(node(K1), 'a');
    const [old] = await stored(store);
    await store.put([{ ...(old as SealedSecret), keyId: 'k2', sealed: Uint8Array.of(1, 2, 3) }]);
    await node(K2, K1).rewrap();
    expect(await node(K2).reveal('crm', 'r', 'a')).toBe('text of a');
    expect(await keysOf(store)).toEqual(['a k2']);
  });

  test('says of secrets that no key opens where they are, keeps them and their key, and retires the others', async () => {
    await node(K1).verifyKeys();
    await write(node(K1), 'good');
    const [good] = await stored(store);
    await store.put([{ ...(good as SealedSecret), secretId: 'moved' }]);
    await node(K2, K1).verifyKeys();
    await write(node(K2), 'newer');
    const rewrapped = node(K3, K2, K1).rewrap();
    await expect(rewrapped).rejects.toThrow(UnopenedSecretsError);
    await expect(rewrapped).rejects.toThrow(/^1 stored under "k1" can't be opened .*moved of project crm/);
    expect(await keysOf(store)).toEqual(['good k3', 'moved k1', 'newer k3']);
    await node(K3, K1).verifyKeys();
    await expect(node(K3).verifyKeys()).rejects.toThrow('the key "k1" is missing here');
  });
});

describe('a node that still encrypts with a key that is being retired', () => {
  test('is told so, and writes no secret that a commit could refer to', async () => {
    const late = node(K1, K2);
    await late.verifyKeys();
    await node(K2, K1).rewrap();
    expect(await late.keyFault()).toContain('The key "k1" is being retired');
    await expect(write(late, 'a')).rejects.toThrow(NotReadyError);
  });

  test('and was writing when it was retired is refused, or what it wrote is encrypted anew', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const database = new MemoryDatabase();
        const calm = new MemorySecretStore(database);
        await nodeOn(calm, K1).verifyKeys();
        await write(nodeOn(calm, K1), 'before');
        const when = <T>(work: () => Promise<T>) => scheduler.schedule(Promise.resolve()).then(work);
        const racing = new (class extends MemorySecretStore {
          override put = (secrets: readonly SealedSecret[]) => when(() => super.put(secrets));
          override projects = () => when(() => super.projects());
          override hasKeyMark = (mark: { keyId: string; mark: 'closed' | 'retired' }) =>
            when(() => super.hasKeyMark(mark));
          override putKeyMark = (mark: { keyId: string; mark: 'closed' | 'retired' }) =>
            when(() => super.putKeyMark(mark));
        })(database);
        const written = write(nodeOn(racing, K1, K2), 'racing').then(
          () => true,
          () => false,
        );
        const rewrapped = nodeOn(racing, K2, K1).rewrap();
        await scheduler.waitFor(Promise.all([written, rewrapped]));
        if (await written) expect(await nodeOn(calm, K2).reveal('crm', 'r', 'racing')).toBe('text of racing');
        expect(await nodeOn(calm, K2).reveal('crm', 'r', 'before')).toBe('text of before');
      }),
    );
  });
});

test('a key that was retired is not asked for, nor recorded again by a node that has it still', async () => {
  await node(K1).verifyKeys();
  await node(K2, K1).rewrap();
  await node(K2, K1).verifyKeys();
  await node(K2).verifyKeys();
  await node(K3, K2).verifyKeys();
  await expect(node(K2).verifyKeys()).rejects.toThrow('the key "k3" is missing here');
});

test('a key that was retired can not become the first again', async () => {
  await node(K1).verifyKeys();
  await node(K2, K1).rewrap();
  await expect(node(K1, K2).verifyKeys()).rejects.toThrow('The key "k1" is being retired');
});
