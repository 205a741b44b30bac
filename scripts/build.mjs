// Builds src into dist, unless dist is already what src would give. Several at once in one checkout are fine, without a
// lock: each compiles into a folder of its own beside dist, and whoever is done later finds the work done.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const STAMP = '.stamp';

/** Milliseconds after which a folder that another build left behind is rubbish. */
const RUBBISH_AGE = 10 * 60 * 1000;

const wanted = sourceHash();
if (stampOf(dist) !== wanted) {
  const draft = path.join(root, `dist-${randomBytes(6).toString('hex')}`);
  try {
    compile(draft);
    writeFileSync(path.join(draft, STAMP), wanted);
    install(draft);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    removeRubbish();
  }
}

/** Of everything that the outcome depends on. */
function sourceHash() {
  const hash = createHash('sha256');
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
  for (const file of [...sources, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'scripts/build.mjs']) {
    const content = readFileSync(path.join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function stampOf(folder) {
  try {
    return readFileSync(path.join(folder, STAMP), 'utf8');
  } catch {
    return undefined;
  }
}

function compile(draft) {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  if (!existsSync(tsc)) fail('TypeScript is not installed, and dist is missing or old. Run: npm ci');
  const options = [
    '-p',
    'tsconfig.build.json',
    '--outDir',
    draft,
    '--tsBuildInfoFile',
    path.join(draft, '.tsbuildinfo'),
  ];
  // To stderr: stdout belongs to the program that is started next.
  const { status, error } = spawnSync(process.execPath, [tsc, ...options], { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    fail('The build failed.');
  }
}

/** Puts the draft in the place of dist, unless another build has done so meanwhile. */
function install(draft) {
  for (let tries = 0; tries < 100; tries += 1) {
    // The identity before the stamp: then a stale stamp was read from this very folder, or from one before it.
    const identity = statSync(dist, { throwIfNoEntry: false })?.ino;
    if (stampOf(dist) === wanted) return;
    // A folder with files in it is never replaced. So if another build has retired this one and installed its own, the
    // name is taken and this move fails, instead of taking the new one away.
    if (identity !== undefined && !renamed(dist, path.join(root, `dist-retired-${identity}`))) continue;
    if (renamed(draft, dist)) return;
  }
  fail('dist cannot be replaced. Remove it, and every dist-* beside it.');
}

/** False when the place was taken, or what was to be moved is gone. */
function renamed(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(error.code)) return false;
    throw error;
  }
}

function removeRubbish() {
  for (const name of readdirSync(root)) {
    if (!/^dist-(retired-|[0-9a-f]{12}$)/.test(name)) continue;
    const folder = path.join(root, name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.ctimeMs ?? Date.now());
    if (age > RUBBISH_AGE) rmSync(folder, { recursive: true, force: true });
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
