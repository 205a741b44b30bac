import { randomUUID } from 'node:crypto';
import { mkdir, open, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { StoreUnusableError } from '../event-sourcing/event-store.ts';
import { fileFault } from '../words/file-faults.ts';

/**
 * Makes the data directory (mode 0700) if it is not there.
 *
 * @throws StoreUnusableError when it can't be made, or this user can't make files in it
 */
export async function prepareDataDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(directory);
    await tryToWrite(directory);
  } catch (cause) {
    throw new StoreUnusableError(
      `the data directory ${directory} can't be written: ${fileFault(cause)}; set DATA_DIR to a directory that can`,
      { cause },
    );
  }
}

/** Permissions do not tell: a file system may be read-only or full, and the superuser passes them. */
async function tryToWrite(directory: string): Promise<void> {
  const file = path.join(directory, `.${randomUUID()}.tmp`);
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile('x');
  } finally {
    await handle.close();
    await unlink(file);
  }
}

/** As `mkdir` with `recursive`, which on Node 20 does not end where a parent is there and takes no directory. */
async function makeDirectory(directory: string): Promise<void> {
  const make = () => mkdir(directory, { mode: 0o700 });
  try {
    await make();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = path.dirname(directory);
    if (code === 'ENOENT' && parent !== directory) {
      await makeDirectory(parent);
      await make();
    } else if (code !== 'EEXIST' || !(await stat(directory)).isDirectory()) throw error;
  }
}
