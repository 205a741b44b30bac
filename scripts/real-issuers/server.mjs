// The built server in a process of its own, and what a client asks it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const ROOT = path.resolve(import.meta.dirname, '../..');
const START_MS = 30_000;
const STOP_MS = 15_000;

/** Its environment is these settings and nothing of this process's. */
export async function startServer(settings) {
  const child = spawn(process.execPath, ['dist/main.js', 'serve'], {
    cwd: ROOT,
    env: { PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  // However this process ends, short of being killed itself.
  const atExit = () => child.kill('SIGKILL');
  process.once('exit', atExit);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      log += text;
    });
  }
  const says = (pattern, from = 0) =>
    until(
      () => pattern.exec(log.slice(from)),
      START_MS,
      () => `the log has no ${pattern} in: ${log.slice(from).trim()}`,
    );
  const stop = async () => {
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(late);
    process.off('exit', atExit);
  };
  const listening = Promise.race([
    says(/GraphQL API at (http:\/\/\S+\/graphql)/),
    ended.then(() => Promise.reject(new Error(`the server ended: ${log.trim()}`))),
  ]);
  const [, url] = await listening.catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, says, logged: () => log.length, stop };
}

/** Looks again and again until there is something. */
export async function until(look, milliseconds, complaint) {
  for (const end = Date.now() + milliseconds; ; ) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(complaint());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The status, the WWW-Authenticate header and the body of an answer. */
export async function post(url, token, query, variables = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: await response.json(),
  };
}

/** The data of an answer without errors. */
export async function ask(url, token, query, variables) {
  const { status, body } = await post(url, token, query, variables);
  if (status !== 200 || body.errors) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return body.data;
}

/** The payload of a mutation's only field, without user errors. */
export async function change(url, token, query, variables) {
  const [[field, payload]] = Object.entries(await ask(url, token, query, variables));
  if (payload?.userErrors?.length !== 0) throw new Error(`${field} answered ${JSON.stringify(payload)}`);
  return payload;
}

/** What a query over a WebSocket answers, or the code that it is closed with. */
export async function askSocket(url, token, query) {
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  try {
    for await (const { data } of client.iterate({ query })) return { data };
  } catch (error) {
    return { closedWith: error.code };
  } finally {
    await client.dispose();
  }
}
