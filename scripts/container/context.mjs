// What `docker build` is sent of a folder, by its .dockerignore.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The path of a file or folder that is sent. One that .dockerignore keeps back, or that is not there, is an error. */
export function inContext(context, file) {
  const patterns = readFileSync(path.join(context, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [all, ...sent] = patterns;
  // Then a path is sent exactly when it, or a folder that it is in, is named.
  if (all !== '*' || !sent.every((pattern) => /^![^*?[\]!]+$/.test(pattern)))
    throw new Error('.dockerignore is to begin with *, and to name what is sent, each with a ! before it');
  const named = sent.map((pattern) => path.posix.normalize(pattern.slice(1)));
  const wanted = path.posix.normalize(file);
  if (!named.some((name) => wanted === name || wanted.startsWith(`${name}/`)))
    throw new Error(`${file} is not sent: .dockerignore does not name it`);
  const place = path.join(context, wanted);
  if (!existsSync(place)) throw new Error(`there is no ${file}`);
  return place;
}
