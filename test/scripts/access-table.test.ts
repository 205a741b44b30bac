import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runNode } from '../cli/child.ts';

test('docs/access.md says of each field which role may use it, as the code has it', async () => {
  const scratch = await mkdtemp(path.join(tmpdir(), 'access-table-'));
  try {
    const page = path.join(scratch, 'access.md');
    await cp('docs/access.md', page);
    for (const args of [['scripts/build.mjs'], ['scripts/access-table.mjs', page]]) {
      const { code, err } = await runNode(args).ended;
      if (code !== 0) throw new Error(err);
    }
    expect(await readFile('docs/access.md', 'utf8')).toBe(await readFile(page, 'utf8'));
    expect(await readFile(page, 'utf8')).toMatch(
      /\| \*\*Mutation\*\*: `testProxy`.* \| - \| - \| yes \| yes \| yes \| yes \|/,
    );
  } finally {
    await rm(scratch, { recursive: true });
  }
}, 60_000);
