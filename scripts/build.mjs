// Builds src into dist, the server and the console each for itself, unless dist is already what src would give. Several at
// once in one checkout are fine, without a lock: each makes a folder of its own beside dist, and whoever is done later
// finds the work done.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');

/** Milliseconds after which a folder that another build left behind is rubbish. */
const RUBBISH_AGE = 10 * 60 * 1000;
/** What every part depends on. */
const COMMON = ['package-lock.json', 'scripts/build.mjs'];

const ofConsole = sources().filter((file) => file.startsWith('src/console/'));
const ofServer = sources().filter((file) => file.endsWith('.ts') && !ofConsole.includes(file));

/** What dist is made of. A stamp is the hash of everything that the outcome of its part depends on. */
const parts = [
  {
    stamp: '.stamp',
    wanted: hashOf([...ofServer, 'tsconfig.json', 'tsconfig.build.json']),
    has: (file) => !file.startsWith('console/'),
    make: compile,
  },
];
if (ofConsole.length > 0) {
  const has = (file) => file.startsWith('console/');
  parts.push({ stamp: 'console/.stamp', wanted: hashOf(ofConsole), has, make: bundle });
}

if (!parts.every((part) => stampOf(dist, part) === part.wanted)) {
  const draft = path.join(root, `dist-${randomBytes(6).toString('hex')}`);
  try {
    mkdirSync(draft);
    const made = await Promise.all(parts.map(async (part) => reused(part, draft) || part.make(draft, part)));
    if (!made.every(Boolean)) fail('The build failed.');
    else install(draft);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    removeRubbish();
  }
}

/** Of `src`, from the root. */
function sources() {
  return filesIn(path.join(root, 'src')).map((file) => path.join('src', file));
}

/** From the folder. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of [...files, ...COMMON]) {
    const content = readFileSync(path.join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function stampOf(folder, { stamp }) {
  try {
    return readFileSync(path.join(folder, stamp), 'utf8');
  } catch {
    return undefined;
  }
}

/** Puts a part that has not changed into the draft, by links to the files of dist. False: it has to be made. */
function reused(part, draft) {
  const identity = identityOf(dist);
  if (stampOf(dist, part) !== part.wanted) return false;
  try {
    for (const file of filesIn(dist).filter(part.has)) {
      mkdirSync(path.dirname(path.join(draft, file)), { recursive: true });
      linkSync(path.join(dist, file), path.join(draft, file));
    }
    if (identityOf(dist) === identity) return true;
  } catch (error) {
    // Gone, while another build put its own in the place of dist; or a file system without links.
    if (!['ENOENT', 'EPERM', 'ENOTSUP'].includes(error.code)) throw error;
  }
  for (const file of filesIn(draft).filter(part.has)) rmSync(path.join(draft, file));
  return false;
}

async function compile(draft, { stamp, wanted }) {
  const tsBuildInfo = ['--tsBuildInfoFile', path.join(draft, '.tsbuildinfo')];
  const args = ['-p', 'tsconfig.build.json', '--outDir', draft, ...tsBuildInfo];
  if (!(await run('typescript/bin/tsc', args))) return false;
  writeFileSync(path.join(draft, stamp), wanted);
  return true;
}

async function bundle(draft, { stamp, wanted }) {
  const settings = ['--config', 'src/console/vite.config.mjs', '--configLoader', 'native', '--logLevel', 'warn'];
  const args = ['build', 'src/console', ...settings, '--outDir', path.join(draft, 'console'), '--emptyOutDir'];
  if (!(await run('vite/bin/vite.js', args))) return false;
  writeFileSync(path.join(draft, stamp), wanted);
  return true;
}

/** Runs a program of a package. False: it failed, and has said why. */
function run(program, args) {
  const file = path.join(root, 'node_modules', program);
  if (!existsSync(file)) return fail(`${program} is not installed, and dist is missing or old. Run: npm ci`);
  return new Promise((resolve, reject) => {
    // What is built does not depend on what it is built from. To stderr: stdout belongs to the program that is started next.
    const options = { cwd: root, env: { ...process.env, NODE_ENV: 'production' }, stdio: ['ignore', 2, 2] };
    const child = spawn(process.execPath, [file, ...args], options);
    child.once('error', reject).once('close', (code) => resolve(code === 0));
  });
}

/** Puts the draft in the place of dist, unless another build has done so meanwhile. */
function install(draft) {
  for (let tries = 0; tries < 100; tries += 1) {
    // The identity before the stamps: then a stale stamp was read from this very folder, or from one before it.
    const identity = identityOf(dist);
    if (parts.every((part) => stampOf(dist, part) === part.wanted)) return;
    // A folder with files in it is never replaced. So if another build has retired this one and installed its own, the
    // name is taken and this move fails, instead of taking the new one away.
    if (identity !== undefined && !renamed(dist, path.join(root, `dist-retired-${identity}`))) continue;
    if (renamed(draft, dist)) return;
  }
  fail('dist cannot be replaced. Remove it, and every dist-* beside it.');
}

function identityOf(folder) {
  return statSync(folder, { throwIfNoEntry: false })?.ino;
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
  process.exitCode = 1;
  return false;
}
