// Runs programs: bounded in time, each in a process group of its own, which is ended by its id.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port of loopback that nobody had a moment ago, below 32768: apt-cacher-ng takes no other. */
export async function freePort() {
  for (let turn = 0; turn < 100; turn += 1) {
    const port = randomInt(20_000, 32_768);
    const server = createServer().listen(port, '127.0.0.1');
    // once() rejects when an error comes first.
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
  throw new Error('no free port was found');
}

/** What a program prints, when it ends well within its time; else an error with what it printed last. */
export async function output(seconds, program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  const said = heard(child);
  const letGo = endAtExit(child);
  const late = setTimeout(() => end(child), seconds * 1000);
  try {
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${program} ${args[0] ?? ''} ended with ${code}: ${said().trim().slice(-300)}`);
    return said();
  } finally {
    clearTimeout(late);
    letGo();
  }
}

/**
 * Starts a server, and answers when its port accepts connections.
 *
 * @param pidFile where one that leaves its process writes the id of the other.
 */
export async function serve({ program, args, port, pidFile, seconds = 30, ...options }) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  const said = heard(child);
  let failure;
  child.once('error', (error) => {
    failure = error;
  });
  const letGo = endAtExit(child);
  const stop = async () => {
    letGo();
    if (child.pid === undefined) return;
    const closed = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    end(child);
    await closed;
    if (pidFile && existsSync(pidFile)) endById(Number(readFileSync(pidFile, 'utf8')));
  };
  for (let turn = 0; turn < seconds * 10; turn += 1) {
    if (failure || (child.exitCode !== null && !(pidFile && child.exitCode === 0))) break;
    if (await accepts(port)) return { port, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`${program} did not start: ${failure?.message ?? said().trim().slice(-300)}`);
}

function heard(child) {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text = (text + chunk).slice(-100_000);
    });
  }
  return () => text;
}

/** However this process ends, short of being killed itself. Answers what undoes it. */
function endAtExit(child) {
  const atExit = () => end(child);
  if (child.pid !== undefined) process.once('exit', atExit);
  return () => process.off('exit', atExit);
}

/** Its whole group: some leave workers behind. */
function end(child) {
  endById(-child.pid);
}

function endById(id) {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
