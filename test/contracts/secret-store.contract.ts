import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { SealedSecret, SecretStore } from '../../src/secrets/secret-store.ts';

// Some of the servers are slow, and so are some machines.
jest.setTimeout(60_000);

export interface SecretStoreBench {
  readonly store: SecretStore;
  /** Closes the data and opens it again; absent where nothing outlives a handle. */
  reopen?(): Promise<SecretStore>;
  close(): Promise<void>;
}

/** What every secret store promises. */
export function secretStoreContract({
  name,
  skipped,
  open,
}: {
  readonly name: string;
  readonly skipped?: string;
  open(): Promise<SecretStoreBench>;
}): void {
  const title = skipped === undefined ? name : `${name} (skipped: ${skipped})`;
  (skipped === undefined ? describe : describe.skip)(`${title} as a secret store`, () => {
    let bench: SecretStoreBench;
    let store: SecretStore;
    beforeAll(async () => {
      bench = await open();
      store = bench.store;
    });
    afterAll(() => bench?.close());

    test('gives back what was put, to the byte', async () => {
      const secrets = [secretOf(), secretOf({ sealed: Uint8Array.from({ length: 256 }, (_, byte) => byte) })];
      await store.put(secrets);
      for (const secret of secrets) {
        expect(sorted(await store.get(secret.project, secret.secretId))).toEqual(sorted([secret]));
      }
    });

    test('has nothing for an unknown secret, nor for one of another project', async () => {
      const secret = secretOf();
      await store.put([secret]);
      expect(await store.get(secret.project, 'unknown')).toEqual([]);
      expect(await store.get(`${secret.project}-2`, secret.secretId)).toEqual([]);
    });

    test('changes nothing when one is put again, and still takes the others', async () => {
      const first = secretOf();
      const second = secretOf({ project: first.project });
      await store.put([first]);
      await store.put([{ ...first, sealed: Uint8Array.of(9, 9, 9) }, second]);
      expect(sorted(await store.get(first.project, first.secretId))).toEqual(sorted([first]));
      expect(sorted(await store.get(second.project, second.secretId))).toEqual(sorted([second]));
    });

    test('keeps one for each key, and deletes the named one alone', async () => {
      const old = secretOf({ keyId: 'k1' });
      const rewrapped = { ...old, keyId: 'k2', sealed: Uint8Array.of(2) };
      await store.put([old]);
      await store.put([rewrapped]);
      expect(sorted(await store.get(old.project, old.secretId))).toEqual(sorted([old, rewrapped]));
      await store.delete(old.project, old.secretId, 'k1');
      await store.delete(old.project, old.secretId, 'k1');
      await store.delete(`${old.project}-2`, old.secretId, 'k2');
      expect(sorted(await store.get(old.project, old.secretId))).toEqual(sorted([rewrapped]));
      await store.delete(old.project, old.secretId, 'k2');
      expect(await store.get(old.project, old.secretId)).toEqual([]);
    });

    test('streams those of a project, and names the projects that have any', async () => {
      const project = newProject();
      const mine = Array.from({ length: 600 }, () => secretOf({ project }));
      const others = [secretOf({ project: `${project}-2` }), secretOf({ project: project.toUpperCase() })];
      await store.put([...mine, ...others]);
      expect(sorted(await collect(store.all(project)))).toEqual(sorted(mine));
      expect(await collect(store.all(newProject()))).toEqual([]);
      const projects = await store.projects();
      expect(projects).toEqual(expect.arrayContaining([project, ...others.map((other) => other.project)]));
      expect(new Set(projects).size).toBe(projects.length);
      for (const { secretId, keyId } of mine) await store.delete(project, secretId, keyId);
      expect(await store.projects()).not.toContain(project);
      expect(await store.projects()).toContain(project.toUpperCase());
    });

    test('streams on while what it gave is deleted, and may be left early', async () => {
      const project = newProject();
      const mine = Array.from({ length: 300 }, () => secretOf({ project }));
      await store.put(mine);
      for await (const secret of store.all(project)) {
        expect(secret.project).toBe(project);
        break;
      }
      const seen: SealedSecret[] = [];
      for await (const secret of store.all(project)) {
        seen.push(secret);
        if (seen.length % 10 === 0) await store.delete(secret.project, secret.secretId, secret.keyId);
      }
      expect(sorted(seen)).toEqual(sorted(mine));
      expect(await collect(store.all(project))).toHaveLength(270);
    });

    test('keeps its own copy of the bytes', async () => {
      const secret = secretOf({ sealed: Uint8Array.of(1, 2, 3) });
      await store.put([secret]);
      secret.sealed.fill(0);
      const [stored] = await store.get(secret.project, secret.secretId);
      expect(Buffer.from(stored?.sealed ?? []).toString('hex')).toBe('010203');
      stored?.sealed.fill(0);
      const [again] = await store.get(secret.project, secret.secretId);
      expect(Buffer.from(again?.sealed ?? []).toString('hex')).toBe('010203');
    });

    test('takes ids of any text', async () => {
      const texts = ['__proto__', '$where', 'a.b', "o'brien", '\u{1F600}', 'case', 'CASE', '["a","b"]'];
      const secrets = texts.map((text) => secretOf({ project: `${text}${newProject()}`, secretId: text, keyId: text }));
      await store.put(secrets);
      for (const secret of secrets) {
        expect(sorted(await store.get(secret.project, secret.secretId))).toEqual(sorted([secret]));
      }
    });

    test('keeps the first check of a key', async () => {
      const keyId = randomUUID();
      await store.putKeyCheck({ keyId, check: 'aa' });
      await store.putKeyCheck({ keyId, check: 'bb' });
      await store.putKeyCheck({ keyId: `${keyId}-2`, check: 'cc' });
      const checks = await store.keyChecks();
      expect(checks.filter((check) => check.keyId.startsWith(keyId))).toHaveLength(2);
      expect(checks).toEqual(
        expect.arrayContaining([
          { keyId, check: 'aa' },
          { keyId: `${keyId}-2`, check: 'cc' },
        ]),
      );
    });

    test('keeps marks of keys, each once', async () => {
      const keyId = randomUUID();
      const [closed, retired] = [{ keyId, mark: 'closed' } as const, { keyId, mark: 'retired' } as const];
      expect(await store.hasKeyMark(closed)).toBe(false);
      await store.putKeyMark(closed);
      await store.putKeyMark(closed);
      expect(await store.hasKeyMark(closed)).toBe(true);
      expect(await store.hasKeyMark(retired)).toBe(false);
      expect(await store.hasKeyMark({ ...closed, keyId: `${keyId}-2` })).toBe(false);
      await store.putKeyMark(retired);
      const marks = (await store.keyMarks()).filter((each) => each.keyId === keyId);
      expect(marks.map(({ mark }) => mark).sort()).toEqual(['closed', 'retired']);
    });

    test('has everything still after opening anew', async () => {
      if (!bench.reopen) return;
      const secret = secretOf();
      const check = { keyId: randomUUID(), check: 'dd' };
      await store.put([secret]);
      await store.putKeyCheck(check);
      await store.putKeyMark({ keyId: check.keyId, mark: 'closed' });
      store = await bench.reopen();
      expect(sorted(await store.get(secret.project, secret.secretId))).toEqual(sorted([secret]));
      expect(await store.keyChecks()).toContainEqual(check);
      expect(await store.keyMarks()).toContainEqual({ keyId: check.keyId, mark: 'closed' });
    });
  });
}

function newProject(): string {
  return `p-${randomUUID()}`;
}

function secretOf(members: Partial<SealedSecret> = {}): SealedSecret {
  return {
    project: newProject(),
    secretId: randomUUID(),
    resourceId: `resource-${randomUUID()}`,
    keyId: 'k1',
    sealed: Uint8Array.from(Buffer.from(randomUUID())),
    createdAt: '2026-01-02T03:04:05.678Z',
    ...members,
  };
}

async function collect(secrets: AsyncIterable<SealedSecret>): Promise<SealedSecret[]> {
  const all: SealedSecret[] = [];
  for await (const secret of secrets) all.push(secret);
  return all;
}

/** For comparison: order is not promised, nor which kind of byte array comes back. */
function sorted(secrets: readonly SealedSecret[]): string[] {
  return secrets
    .map(({ project, secretId, resourceId, keyId, sealed, createdAt }) =>
      JSON.stringify([project, secretId, resourceId, keyId, Buffer.from(sealed).toString('hex'), createdAt]),
    )
    .sort();
}
