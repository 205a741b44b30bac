// Carries out the steps of a Dockerfile one by one, without docker: each stage in a folder that stands for its root. A
// base image counts as empty, and what is run is run by this machine's shell, npm and node.
import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { inContext } from './context.mjs';
import { execForm, parseDockerfile } from './dockerfile.mjs';

/** The ids of the user `node` in the images of that name. */
export const NODE_USER = 1000;

/** Only the superuser can give files away. */
export const MAY_GIVE_AWAY = process.getuid?.() === 0;

/**
 * Makes what an image would hold.
 *
 * @param context the folder that `docker build` is given: its .dockerignore counts
 * @param folder existing; the stages' roots go into it
 * @param told is called with each step before it is carried out
 * @param instead answers true when it did a RUN's work itself: `(command, directory) => boolean`
 * @returns `{ root, env, workdir, user, healthcheck, command }`: the root of the last stage, and how it is run
 */
export function makeImage({ dockerfile, context, folder, told = () => {}, instead = () => false }) {
  const images = new Map();
  let image;
  parseDockerfile(dockerfile).forEach(({ from, name = String(images.size), steps }, index) => {
    image = startFrom(images.get(from), path.join(folder, `stage-${index}`));
    for (const step of steps) {
      told(`${step.instruction} ${step.rest}`);
      carryOut(step, image, { images, context, instead });
    }
    images.set(name, image);
  });
  if (image === undefined) throw new Error('there is no FROM');
  return { ...image, command: [...image.entrypoint, ...image.cmd] };
}

function startFrom(parent, root) {
  mkdirSync(root);
  if (parent === undefined) return { root, env: {}, workdir: '/', user: 'root', entrypoint: [], cmd: [] };
  cpSync(parent.root, root, { recursive: true, verbatimSymlinks: true });
  return { ...parent, env: { ...parent.env }, root };
}

function carryOut({ instruction, flags, rest }, image, { images, context, instead }) {
  switch (instruction) {
    case 'WORKDIR':
      image.workdir = path.posix.resolve(image.workdir, rest);
      return void mkdirSync(inRoot(image), { recursive: true });
    case 'ENV':
      return setVariables(image.env, rest);
    case 'COPY':
      return copy(flags, rest.split(/\s+/), image, { images, context });
    case 'RUN':
      if (Object.keys(flags).length > 0) throw new Error(`not known here: the flags of RUN ${rest}`);
      if (instead(rest, inRoot(image))) return undefined;
      return run(rest, image);
    case 'USER':
      image.user = rest;
      return undefined;
    case 'HEALTHCHECK':
      image.healthcheck = { ...flags, command: execForm(rest.replace(/^CMD\s+/, '')) };
      return undefined;
    case 'ENTRYPOINT':
      image.entrypoint = execForm(rest);
      return undefined;
    case 'CMD':
      image.cmd = execForm(rest);
      return undefined;
  }
}

/** Where a path of an image is here; relative ones are below its WORKDIR. */
export function inRoot(image, file = '.') {
  return path.join(image.root, path.posix.resolve(image.workdir, file));
}

function setVariables(env, rest) {
  for (const [, name, value] of rest.matchAll(/([A-Z_]+)=(\S+)/g)) env[name] = value;
}

function run(command, image) {
  // A path from the root would be one of this machine.
  if (/(^|[\s=])\//.test(command)) throw new Error(`not within WORKDIR: RUN ${command}`);
  const { status, error } = spawnSync('sh', ['-e', '-c', command], { cwd: inRoot(image), stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) throw new Error(`RUN ${command} ended with ${status}`);
}

/** As docker does: a folder's content is copied, not the folder; a target that ends with a slash is a folder. */
function copy({ from, chown, ...others }, words, image, { images, context }) {
  if (Object.keys(others).length > 0) throw new Error(`not known here: COPY --${Object.keys(others)}`);
  const target = words.at(-1);
  const isInto = target.endsWith('/') || existsSync(inRoot(image, target));
  for (const word of words.slice(0, -1)) {
    const source = from === undefined ? inContext(context, word) : path.join(images.get(from).root, word);
    const isFolder = statSync(source).isDirectory();
    const place = isInto && !isFolder ? path.join(inRoot(image, target), path.basename(word)) : inRoot(image, target);
    mkdirSync(path.dirname(place), { recursive: true });
    // Moved, as a stage's files are of no more use. A second COPY of the same ones would not find them.
    if (from !== undefined && !existsSync(place)) renameSync(source, place);
    else cpSync(source, place, { recursive: true, verbatimSymlinks: true });
    if (chown !== undefined) giveAway(place, chown);
  }
}

function giveAway(place, chown) {
  if (chown !== 'node:node') throw new Error(`not known here: --chown=${chown}`);
  if (!MAY_GIVE_AWAY) return;
  const isFolder = statSync(place).isDirectory();
  const below = isFolder ? readdirSync(place, { recursive: true }).map((file) => path.join(place, file)) : [];
  for (const file of [place, ...below]) chownSync(file, NODE_USER, NODE_USER);
}
