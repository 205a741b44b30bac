// Runs a program from the files of an image, as compose.yaml would: with the image's variables and nothing else, and, where
// the superuser runs this, as another user than the files' owner, who can write to nothing but the volume.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { inRoot, MAY_GIVE_AWAY, NODE_USER } from './image.mjs';

/**
 * Starts a command of an image. Paths from its root lead into the folder that stands for it.
 *
 * @param env what is set beside the image's own variables
 */
export function startIn(image, words, env = {}) {
  const variables = Object.fromEntries(
    Object.entries({ ...image.env, ...env }).map(([name, value]) => [name, mapped(image, name, value)]),
  );
  const child = spawn(words[0], words.slice(1), {
    cwd: inRoot(image),
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(MAY_GIVE_AWAY && { uid: NODE_USER, gid: NODE_USER }),
  });
  let said = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, out: said, err }));
  return { ended, signal: (signal) => child.kill(signal) };
}

function mapped(image, name, value) {
  if (name === 'PATH') {
    const places = value.split(':').map((place) => (place === '$PATH' ? process.env.PATH : inRoot(image, place)));
    // The base image has this Node on its path.
    return [...places, path.dirname(process.execPath)].join(':');
  }
  return value.startsWith('/') ? inRoot(image, value) : value;
}

/** What is in the image outside of a volume: a line for each file, which changes when the file does. */
export function stateOf(image, volume) {
  const outside = inRoot(image, volume);
  return filesOf(image)
    .filter((file) => file !== outside && !file.startsWith(`${outside}${path.sep}`))
    .map((file) => {
      const { mode, size, mtimeMs } = lstatSync(file);
      return `${path.relative(image.root, file)} ${mode} ${size} ${mtimeMs}`;
    });
}

function filesOf(image) {
  return readdirSync(image.root, { recursive: true }).map((file) => path.join(image.root, file));
}
