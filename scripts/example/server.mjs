import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const STOP_LIMIT_MS = 15_000;
/** In characters, of the end of its output. */
const LOG_LIMIT = 16_384;

/**
 * Proxy Ledger in a process of its own, as `npm start` runs it, on a free port. Its environment is what is given here
 * and nothing of this process's.
 */
export async function startServer(settings, signal) {
  const child = spawn(process.execPath, ['dist/main.js', 'serve'], {
    cwd: ROOT,
    env: { PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  // However this process ends, short of being killed itself.
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  closed.finally(() => process.off('exit', killAtExit)).catch(() => undefined);
  let log = '';
  const listening = new Promise((resolve, reject) => {
    const hear = (text) => {
      log = `${log}${text}`.slice(-LOG_LIMIT);
      const url = /GraphQL API at (http:\/\/\S+\/graphql)/.exec(log)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    closed.then(() => reject(new Error(`the server ended before it listened:\n${log}`)), reject);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    const [code, killedBy] = await closed;
    clearTimeout(late);
    if (code !== 0) throw new Error(`the server did not end well (${code ?? killedBy}):\n${log}`);
  };
  try {
    return { url: await listening, stop, faults: () => log.split('\n').filter(isFault) };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** Whether a line of the log is at the level error or fatal. */
function isFault(line) {
  return /^\{"level":[56]0,/.test(line);
}
