// What `npm ci` would install, taken from a node_modules that is there: no network, and a tenth of the time. Nobody may
// write to the files: they are those of that node_modules.
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** Stands in for the `npm ci` of a directory with a lock file, with packages of `repository`; false for other commands. */
export function installFrom(repository) {
  return (command, directory) => {
    if (!/^npm ci( --|$)/.test(command)) return false;
    if (command.includes(' --omit=dev')) copyLocked(repository, directory);
    // Of all packages nothing goes into the image: the build reads them, and that is all.
    else symlinkSync(path.join(repository, 'node_modules'), path.join(directory, 'node_modules'));
    return true;
  };
}

/** Exactly the packages that the lock file has for production. */
function copyLocked(repository, directory) {
  const { packages } = JSON.parse(readFileSync(path.join(directory, 'package-lock.json'), 'utf8'));
  for (const [place, { dev, optional, version }] of Object.entries(packages)) {
    if (place === '' || dev) continue;
    const source = path.join(repository, place);
    if (!existsSync(source)) {
      // One for another platform.
      if (optional) continue;
      throw new Error(`${place} is not installed. Run: npm ci`);
    }
    const installed = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8')).version;
    if (installed !== version) throw new Error(`${place} is ${installed}, not ${version}. Run: npm ci`);
    linkFiles(source, path.join(directory, place));
  }
}

/** Without the packages within it, which the lock file has by themselves. */
function linkFiles(source, target) {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [path.join(source, entry.name), path.join(target, entry.name)];
    if (entry.isFile()) linkFile(from, to);
    else if (entry.isDirectory() && entry.name !== 'node_modules') linkFiles(from, to);
  }
}

function linkFile(from, to) {
  try {
    linkSync(from, to);
  } catch (error) {
    // Another file system, or a file of somebody else.
    if (!['EXDEV', 'EPERM'].includes(error.code)) throw error;
    copyFileSync(from, to);
  }
}
