import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Ran {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export const CURL = installed('curl') ? 'curl' : undefined;

/** Those that are here of the shells that a command may be pasted to. */
export const SHELLS = ['bash', 'dash', 'zsh'].filter(installed);

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** By name, in the directory that is the current one and HOME. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Runs a script from a file, with nothing of this process's environment but its path. */
export async function runInShell(
  shell: string,
  script: string,
  { env = {}, files = {} }: Surroundings = {},
): Promise<Ran> {
  const scratch = mkdtempSync(join(tmpdir(), 'proxy-ledger-test-'));
  try {
    for (const [name, text] of Object.entries({ ...files, script })) writeFileSync(join(scratch, name), text);
    return await run(shell, [...withoutStartFiles(shell), 'script'], scratch, env, '');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Types lines to an interactive shell, which expands its history. */
export async function typeToShell(shell: string, typed: string): Promise<Ran> {
  const scratch = mkdtempSync(join(tmpdir(), 'proxy-ledger-test-'));
  try {
    return await run(shell, [...withoutStartFiles(shell), '-i'], scratch, {}, typed);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function withoutStartFiles(shell: string): string[] {
  if (shell === 'bash') return ['--norc', '--noprofile'];
  return shell === 'zsh' ? ['-f'] : [];
}

function run(
  shell: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  input: string,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(shell, args, {
      cwd,
      env: { PATH: process.env.PATH, HOME: cwd, LC_ALL: 'C.UTF-8', ...env },
      // In a session of its own, an interactive shell can't take hold of the terminal.
      detached: true,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined).end(input);
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

function installed(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));
}
