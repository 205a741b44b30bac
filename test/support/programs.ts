import { type ChildProcess, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { eventually } from './sockets.ts';

/** `describe.skip` under a name that says why, where a program is missing. */
export function describeWith(program: string | undefined, name: string): [typeof describe, string] {
  return program === undefined ? [describe.skip, `${name} (skipped: not installed)`] : [describe, name];
}

export function scratchDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'proxy-ledger-test-'));
}

/** Waits until a program is ready. @param log what it said, for the error. */
export async function started(
  child: ChildProcess,
  ready: () => boolean | Promise<boolean>,
  log: () => string,
): Promise<void> {
  const up = await eventually(() => child.exitCode !== null || ready());
  if (!up || child.exitCode !== null) {
    child.kill('SIGKILL');
    throw new Error(`${child.spawnfile} did not start:\n${log()}`);
  }
}

/** Ends a program by its id, and forgets what it wrote. */
export async function stopped(child: ChildProcess, scratch: string): Promise<void> {
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  child.kill('SIGTERM');
  if (!(await eventually(ended))) {
    child.kill('SIGKILL');
    await eventually(ended);
  }
  rmSync(scratch, { recursive: true, force: true });
}

/** Some programs refuse to serve as root; what they run as must then own what they write. */
export function handOver(scratch: string): void {
  const { uid, gid } = unprivileged();
  if (uid === undefined || gid === undefined) return;
  chmodSync(scratch, 0o755);
  chownSync(scratch, uid, gid);
}

/** The user that programs run as, for `spawn`: Debian's `proxy`, where the tests run as root. */
export function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'proxy']).toString());
  return { uid: id('-u'), gid: id('-g') };
}

/** Where a program is, if it is installed. */
export function onPath(program: string): string | undefined {
  // Debian keeps squid in /usr/sbin, which is not on everybody's path.
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
    .map((directory) => join(directory, program))
    .find((path) => existsSync(path));
}

/** A file's text, empty as long as there is none. */
export function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
