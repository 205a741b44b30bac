import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

test('the benchmark runs, and prints a row with a ratio for each figure', async () => {
  await run(process.execPath, ['scripts/build.mjs'], { timeout: 60_000 });
  const { stdout } = await run(process.execPath, ['scripts/bench/main.mjs', '--quick', '--only', 'lists'], {
    timeout: 60_000,
  });
  const [header, , ...rows] = stdout.trim().split('\n');
  expect(header).toMatch(/figure.*ours.*baseline.*ratio/);
  expect(rows).toHaveLength(13);
  for (const row of rows) expect(row).toMatch(/\| \d+\.\d+ +\| .*\d-\d/);
}, 130_000);
