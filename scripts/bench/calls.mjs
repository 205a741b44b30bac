// Calls at 16 clients through a proxy against a bare undici pool through the same one; GraphQL's own cost left out.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, createServer as createTcp } from 'node:net';
import path from 'node:path';
import { Server } from 'proxy-chain';
import { Pool } from 'undici';
import { clients, paired, perSecond } from './measure.mjs';
import { scratch } from './server.mjs';

const { Calls } = await import('../../dist/traffic/call/calls.js');
const { EgressPolicy } = await import('../../dist/traffic/network/egress.js');
const { parseCidrs } = await import('../../dist/traffic/network/cidr.js');

/** What a call sends besides. */
const SAME_HEADERS = { 'user-agent': 'proxy-ledger', accept: '*/*', 'accept-encoding': 'identity' };

export async function measure({ quick, row }) {
  const { directory, remove } = await scratch();
  const target = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(target, 'listening');
  const url = new URL(`http://127.0.0.1:${target.address().port}/`);
  const proxy = await startProxy(directory);
  const calls = new Calls({ egress: new EgressPolicy({ allow: parseCidrs('127.0.0.0/8').ranges }) });
  const bare = new Pool(`http://127.0.0.1:${proxy.port}`, { connections: 16 });
  const total = quick ? 100 : 2_000;
  const order = {
    ...{
      pool: 'bench',
      environment: 'dev',
      proxy: { type: 'HTTP', host: '127.0.0.1', port: proxy.port },
      timeoutMs: 30_000,
      secrets: [],
    },
    request: { method: 'GET', url, headers: [] },
  };
  const [ours, theirs] = await paired(
    quick ? 1 : 7,
    () =>
      clients(16, total, async () => {
        const result = await calls.send(order);
        if (!result.ok) throw new Error(result.message);
      }),
    () =>
      clients(16, total, async () => {
        const { body } = await bare.request({ method: 'GET', path: url.href, headers: SAME_HEADERS });
        await body.text();
      }),
  );
  row(
    `calls, 16 clients, through ${proxy.name}`,
    perSecond(total, ours),
    `${perSecond(total, theirs)} bare pool`,
    (theirs / ours).toFixed(2),
    '>= 0.8',
  );
  await calls.close();
  await bare.close();
  await proxy.stop();
  target.closeAllConnections();
  target.close();
  await remove();
}

async function startProxy(directory) {
  const squid = onPath('squid');
  if (squid === undefined) {
    const proxy = new Server({ port: 0, host: '127.0.0.1' });
    await proxy.listen();
    return { name: 'proxy-chain (squid is not installed)', port: proxy.port, stop: () => proxy.close(true) };
  }
  const port = await freePort();
  const file = path.join(directory, 'squid.conf');
  await writeFile(
    file,
    `http_port 127.0.0.1:${port}\nhttp_access allow all\ncache deny all\naccess_log none\ncache_log /dev/null\npid_filename none\nshutdown_lifetime 1 seconds\n`,
  );
  execFileSync('chmod', ['-R', 'a+rX', directory]);
  const asProxy = process.getuid?.() === 0 ? ['setpriv', '--reuid=proxy', '--regid=proxy', '--clear-groups'] : [];
  const [command, ...args] = [...asProxy, squid, '-N', '-n', `bench${port}`, '-f', file];
  const child = spawn(command, args, { stdio: 'ignore' });
  for (let tries = 0; tries < 200 && !(await accepts(port)); tries += 1) await new Promise((r) => setTimeout(r, 50));
  return {
    name: 'squid',
    port,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function onPath(program) {
  try {
    return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

async function freePort() {
  const server = createTcp().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
