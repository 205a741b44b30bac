import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { fileFault } from '../words/file-faults.ts';
import { KEY_BYTES, KeyRing, SecretsKeyError } from './key-ring.ts';

export const KEY_FILE_NAME = 'secrets.key';

/**
 * The keys of the data directory's key file, in the form of SECRETS_KEYS. The first start makes it, with one random key
 * and mode 0600. Of two starts at once one makes it, and both use it.
 *
 * A file that others than its owner can read or write is refused, as ssh does with its keys: it may have been copied.
 *
 * @throws SecretsKeyError when it can't be read, made, or used
 */
export async function openKeyFile(dataDir: string): Promise<KeyRing> {
  const file = path.join(dataDir, KEY_FILE_NAME);
  try {
    if (!(await exists(file))) await createKeyFile(file);
    return await readKeyFile(file);
  } catch (cause) {
    if (cause instanceof SecretsKeyError) throw cause;
    throw new SecretsKeyError(
      `the key file ${file} can't be used: ${fileFault(cause)}; make it readable, or set SECRETS_KEYS or DATA_DIR`,
      { cause },
    );
  }
}

/**
 * The keys of the data directory's key file; undefined when there is none.
 *
 * @throws SecretsKeyError
 */
export async function findKeyFile(dataDir: string): Promise<KeyRing | undefined> {
  const file = path.join(dataDir, KEY_FILE_NAME);
  return (await exists(file)) ? readKeyFile(file) : undefined;
}

async function readKeyFile(file: string): Promise<KeyRing> {
  const { mode } = await stat(file);
  // Windows has no such bits: there Node makes them up.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    const found = (mode & 0o777).toString(8).padStart(4, '0');
    throw new SecretsKeyError(`${file} has mode ${found}, open to others than its owner; run: chmod 600 ${file}`);
  }
  const parsed = KeyRing.parse((await readFile(file, 'utf8')).trim());
  if (!parsed.ok) throw new SecretsKeyError(`${file} is damaged: ${parsed.faults.join('; ')}`);
  return parsed.keyRing;
}

async function createKeyFile(file: string): Promise<void> {
  const directory = path.dirname(file);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const id = `local-${randomBytes(4).toString('hex')}`;
  await writeDurably(draft, `${id}:${randomBytes(KEY_BYTES).toString('base64')}\n`);
  try {
    // A link, unlike a rename, never replaces: the file appears whole, and once.
    await link(draft, file);
    await syncDirectory(directory);
  } catch (error) {
    if (!isFsError(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Secrets are useless without this key, so its name must not be lost to a power failure after the first was written. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isFsError(error, 'ENOENT')) return false;
    throw error;
  }
}

function isFsError(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
