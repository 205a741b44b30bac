import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StoreUnusableError } from '../../src/event-sourcing/event-store.ts';
import { prepareDataDirectory } from '../../src/stores/data-directory.ts';

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'data-directory-'));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

describe('the data directory', () => {
  test('is made for its owner alone, with all above it, and may be there', async () => {
    const directory = path.join(scratch, 'some', 'where');
    await prepareDataDirectory(directory);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await prepareDataDirectory(directory);
    expect(await readdir(directory)).toEqual([]);
  });

  test.each([
    ['is a file', 'file', 'it is no directory'],
    ['is below a file', 'file/data', 'a part of the path is no directory'],
    ['has too long a name', 'x'.repeat(300), 'the path is too long'],
    ['is a link to itself', 'loop', /circle|it is no directory/],
    ['takes no directory', '/proc/proxy-ledger', /is not there|may not|read-only/],
    ['is a link to nothing', 'nowhere', /is not there|it is no directory/],
  ])('that %s is refused in words, with its setting', async (_, name, reason) => {
    await writeFile(path.join(scratch, 'file'), '');
    await symlink('loop', path.join(scratch, 'loop'));
    await symlink('missing', path.join(scratch, 'nowhere'));
    const directory = path.resolve(scratch, name);
    const prepared = prepareDataDirectory(directory);
    await expect(prepared).rejects.toThrow(StoreUnusableError);
    await expect(prepared).rejects.toThrow(`the data directory ${directory} can't be written: `);
    await expect(prepared).rejects.toThrow(reason);
    await expect(prepared).rejects.toThrow('; set DATA_DIR to');
  });

  const whereModesCount = process.getuid?.() === 0 ? test.skip : test;
  whereModesCount('that this user may not write is refused', async () => {
    await chmod(scratch, 0o500);
    const prepared = prepareDataDirectory(scratch);
    await expect(prepared).rejects.toThrow("can't be written: this user may not; set DATA_DIR");
    await chmod(scratch, 0o700);
  });
});
