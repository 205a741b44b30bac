import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { REPOSITORY } from './child.ts';

let checkout: string;

beforeEach(async () => {
  checkout = await mkdtemp(path.join(tmpdir(), 'ci-'));
  await cp(path.join(REPOSITORY, '.ci/run'), path.join(checkout, '.ci/run'));
  await mkdir(path.join(checkout, 'bin'));
  await command('dpkg-query', 'printf installed');
  await command('apt-get', 'echo "apt-get $*"');
  await command('npx', 'exit 1');
});

afterEach(async () => {
  await rm(checkout, { recursive: true, force: true });
});

async function command(name: string, script: string): Promise<void> {
  const file = path.join(checkout, 'bin', name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

/** An npm whose tests leave these results, and end with this code. */
const npm = (results: object | undefined, code: number) =>
  command(
    'npm',
    [
      '[ "$1" = test ] || { echo "npm $*"; exit 0; }',
      results === undefined
        ? ''
        : `for last; do :; done; cat >"\${last#--outputFile=}" <<'END'\n${JSON.stringify(results)}\nEND`,
      `exit ${code}`,
    ].join('\n'),
  );

function runCi() {
  const env = { PATH: `${path.join(checkout, 'bin')}:${process.env.PATH}` };
  const { status, stdout } = spawnSync('bash', ['.ci/run'], { cwd: checkout, env, encoding: 'utf8', stdio: 'pipe' });
  return { status, closing: stdout.trim().split('\n').at(-1), stdout };
}

const counts = (passed: number, failed: number, pending: number, todo = 0, broken = 0) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: todo,
  numRuntimeErrorTestSuites: broken,
});

test.each([
  ['all pass', counts(12, 0, 0), 0, 0, '12 passed, 0 failed, 0 skipped'],
  ['some are skipped', counts(12, 0, 3, 1), 0, 0, '12 passed, 0 failed, 4 skipped'],
  ['some fail', counts(12, 2, 3), 1, 1, '12 passed, 2 failed, 3 skipped'],
  ['a file does not load', counts(12, 0, 0, 0, 1), 1, 1, '12 passed, 1 failed, 0 skipped'],
  ['something beside the tests fails', counts(12, 0, 0), 1, 1, '12 passed, 1 failed, 0 skipped'],
  ['lint or types fail', undefined, 1, 1, '0 passed, 1 failed, 0 skipped'],
  ['all are skipped', counts(0, 0, 5), 0, 1, '0 passed, 1 failed, 5 skipped'],
  ['no test ran', undefined, 0, 1, '0 passed, 1 failed, 0 skipped'],
])('the run tells the truth when %s', async (_case, results, code, status, closing) => {
  await npm(results, code);
  expect(runCi()).toMatchObject({ status, closing });
});

test('the run fails when the packages of npm do not install', async () => {
  await command('npm', 'exit 1');
  expect(runCi()).toMatchObject({ status: 1, closing: '0 passed, 1 failed, 0 skipped' });
});

test('the run installs nothing that is there', async () => {
  await npm(counts(1, 0, 0), 0);
  const { stdout } = runCi();
  expect(stdout).not.toContain('apt-get');
  expect(stdout).toContain('npm ci');
});

test('the limits of all steps together stay below 90 minutes', async () => {
  const script = await readFile(path.join(REPOSITORY, '.ci/run'), 'utf8');
  const limits = [...script.matchAll(/\bwithin (\d+) /g)].map(([, seconds]) => Number(seconds));
  expect(limits.length).toBeGreaterThan(5);
  expect(limits.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(90 * 60);
});
