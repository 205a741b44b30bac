// Processes of the benchmark's own: the load, and what the product is measured against. Each answers its parent's calls.
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Children that end with this process, however it ends. */
const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** Whatever was spawned. */
export function endWithUs(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Starts a script of this directory in an environment. */
export async function start(script, args, env) {
  const child = endWithUs(fork(new URL(script, import.meta.url), args, { execArgv: [], env }));
  const ended = once(child, 'exit');
  const waiting = new Map();
  let calls = 0;
  child.on('message', ({ call, result, fault }) => {
    const { resolve, reject } = waiting.get(call);
    waiting.delete(call);
    if (fault === undefined) resolve(result);
    else reject(new Error(`${script}: ${fault}`));
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${script} ended`));
  });
  const call = (name, argument) =>
    new Promise((resolve, reject) => {
      calls += 1;
      waiting.set(calls, { resolve, reject });
      child.send({ call: calls, name, argument });
    });
  const close = async () => {
    if (child.connected) child.disconnect();
    const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(late);
  };
  return { pid: child.pid, call, close };
}

/** In the child: what the parent may call. Ends when the parent lets go. */
export function answerCalls(handlers) {
  process.on('message', async ({ call, name, argument }) => {
    try {
      process.send({ call, result: await handlers[name](argument) });
    } catch (error) {
      process.send({ call, fault: error.stack });
    }
  });
  process.on('disconnect', () => process.exit(0));
}
