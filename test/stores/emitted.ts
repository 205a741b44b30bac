import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { transformFile } from '@swc/core';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDERS = ['src/event-sourcing', 'src/secrets', 'src/stores', 'src/words'];

/** `rewriteRelativeImportExtensions` is missing from the types of @swc/core 1.16. */
const JSC = {
  target: 'es2022' as const,
  parser: { syntax: 'typescript' as const },
  rewriteRelativeImportExtensions: true,
};

/**
 * JavaScript of the stores for child processes, as Node 20 runs no TypeScript. Below `node_modules`, so that packages
 * are found from there. `module` answers a URL to import.
 */
export async function emitStores(): Promise<{ module(path: string): string; remove(): Promise<void> }> {
  const directory = join(ROOT, 'node_modules/.cache/emitted-stores', randomUUID());
  for (const folder of FOLDERS) {
    for (const entry of await readdir(join(ROOT, folder), { recursive: true })) {
      if (!entry.endsWith('.ts')) continue;
      const { code } = await transformFile(join(ROOT, folder, entry), {
        swcrc: false,
        module: { type: 'es6' },
        jsc: JSC,
      });
      const target = join(directory, folder, entry.replace(/\.ts$/, '.js'));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, code);
    }
  }
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  return {
    module: (path) => `file://${join(directory, path).replace(/\.ts$/, '.js')}`,
    remove: () => rm(directory, { recursive: true }),
  };
}
