import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { StoreUnusableError } from '../event-sourcing/event-store.ts';
import { fileFault } from '../words/file-faults.ts';

/**
 * Makes the data directory (mode 0700) if it is not there.
 *
 * @throws StoreUnusableError when it can't be made, or this user can't make files in it
 */
export async function prepareDataDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new StoreUnusableError(
      `the data directory ${directory} can't be written: ${fileFault(cause)}; set DATA_DIR to a directory that can`,
      { cause },
    );
  }
}
