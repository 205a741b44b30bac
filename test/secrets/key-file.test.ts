import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KEY_FILE_NAME, openKeyFile } from '../../src/secrets/key-file.ts';
import { SecretsKeyError } from '../../src/secrets/key-ring.ts';

let scratch: string;

beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'key-file-'));
});

afterEach(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe('the key file', () => {
  test('is made on the first start, for its owner alone, in a data directory that need not exist', async () => {
    const dataDir = path.join(scratch, 'not', 'yet');
    const ring = await openKeyFile(dataDir);
    expect(ring.keyIds).toHaveLength(1);
    expect((await stat(path.join(dataDir, KEY_FILE_NAME))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    expect(await readdir(dataDir)).toEqual([KEY_FILE_NAME]);
  });

  test('gives the same keys on the next start', async () => {
    const first = await openKeyFile(scratch);
    const second = await openKeyFile(scratch);
    expect(second.keyChecks()).toEqual(first.keyChecks());
  });

  test('is one, though several starts make it at once', async () => {
    const rings = await Promise.all(Array.from({ length: 8 }, () => openKeyFile(scratch)));
    expect(new Set(rings.map((ring) => JSON.stringify(ring.keyChecks()))).size).toBe(1);
    expect(await readdir(scratch)).toEqual([KEY_FILE_NAME]);
  });

  test('differs between data directories', async () => {
    const one = await openKeyFile(path.join(scratch, 'one'));
    const other = await openKeyFile(path.join(scratch, 'other'));
    expect(one.firstKeyId).not.toBe(other.firstKeyId);
  });

  test('is in the form of SECRETS_KEYS, so that it can be handed on', async () => {
    const ring = await openKeyFile(scratch);
    const text = await readFile(path.join(scratch, KEY_FILE_NAME), 'utf8');
    expect(text).toMatch(new RegExp(`^${ring.firstKeyId}:[A-Za-z0-9+/]{43}=\n$`));
  });

  test.each([0o640, 0o604, 0o620])('of mode %o is refused, and the message says how to mend it', async (mode) => {
    await openKeyFile(scratch);
    const file = path.join(scratch, KEY_FILE_NAME);
    await chmod(file, mode);
    const opened = openKeyFile(scratch);
    await expect(opened).rejects.toThrow(SecretsKeyError);
    await expect(opened).rejects.toThrow(`chmod 600 ${file}`);
    await chmod(file, 0o600);
    await expect(openKeyFile(scratch)).resolves.toBeDefined();
  });

  test('that is a directory is refused, with the settings that may be another', async () => {
    await mkdir(path.join(scratch, KEY_FILE_NAME), { mode: 0o700 });
    const opened = openKeyFile(scratch);
    await expect(opened).rejects.toThrow(SecretsKeyError);
    await expect(opened).rejects.toThrow(/secrets\.key can't be used: it is a directory; .* SECRETS_KEYS or DATA_DIR$/);
  });

  test('that is damaged is refused and left as it is, unquoted', async () => {
    const file = path.join(scratch, KEY_FILE_NAME);
    await writeFile(file, 'local:bm90IGEga2V5', { mode: 0o600 });
    const opened = openKeyFile(scratch);
    await expect(opened).rejects.toThrow(`${file} is damaged: entry 1 has a key of 9 bytes`);
    await expect(opened).rejects.not.toThrow('bm90IGEga2V5');
    expect(await readFile(file, 'utf8')).toBe('local:bm90IGEga2V5');
  });
});
