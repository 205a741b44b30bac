// `probe()` in this process, one after another, against the same exchange with bare sockets: what it does beside that.
// The proxy, which answers for the target, is a process of its own.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { createSecureContext, connect as secure } from 'node:tls';
import { certificates } from './call-data-source.mjs';
import { rates, timeCells } from './rates.mjs';
import { Stage } from './stage.mjs';

const { probe } = await import('../../dist/traffic/probe/probe.js');
const { EgressPolicy } = await import('../../dist/traffic/network/egress.js');
const { parseCidrs } = await import('../../dist/traffic/network/cidr.js');

const GOAL = '<= 1.2';
const FIELDS = 'User-Agent: proxy-ledger\r\nAccept: */*\r\nAccept-Encoding: identity\r\n\r\n';

export async function measure({ quick, row }) {
  await Stage.run(async (stage) => {
    const files = await certificates(stage.directory);
    const proxy = await stage.baseline('proxy.mjs', files.cert, files.key);
    const port = await proxy.call('port');
    const ca = [await readFile(files.ca, 'utf8')];
    const settings = { egress: new EgressPolicy({ allow: parseCidrs('127.0.0.0/8').ranges }), ca };
    const exchanges = { http: () => forwarded(port), https: tunnelled(port, createSecureContext({ ca })) };
    for (const [scheme, exchange] of Object.entries(exchanges)) {
      const target = new URL(`${scheme}://127.0.0.1:${port}/`);
      const request = { proxy: { type: 'HTTP', host: '127.0.0.1', port }, target, timeoutMs: 10_000 };
      const probed = async () => {
        const result = await probe(request, settings);
        if (!result.success) throw new Error(result.message);
      };
      const { sockets, ours } = await rates({ sockets: again(exchange), ours: again(probed) }, { quick });
      row(`probe() in process, ${scheme}`, ...timeCells(ours, sockets, 'bare sockets', GOAL));
    }
  });
}

/** One after another, for so many seconds. */
function again(work) {
  return async (seconds) => {
    const begun = performance.now();
    let count = 0;
    let took = 0;
    while (took < seconds) {
      await work();
      count += 1;
      took = (performance.now() - begun) / 1000;
    }
    return { count, seconds: took };
  };
}

async function forwarded(port) {
  const socket = await connected(port);
  await answered(socket, `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${FIELDS}`);
  socket.destroy();
}

function tunnelled(port, secureContext) {
  return async () => {
    const socket = await connected(port);
    const authority = `127.0.0.1:${port}`;
    await answered(socket, `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: proxy-ledger\r\n\r\n`);
    const secured = secure({ socket, host: '127.0.0.1', servername: '', secureContext, ALPNProtocols: ['http/1.1'] });
    await once(secured, 'secureConnect');
    await answered(secured, `GET / HTTP/1.1\r\nHost: ${authority}\r\n${FIELDS}`);
    secured.destroy();
    socket.destroy();
  };
}

async function connected(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Resolves at the end of the answer's head. */
function answered(socket, request) {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk) => {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      socket.off('data', read).off('error', reject);
      resolve();
    };
    socket.on('data', read).once('error', reject);
    socket.write(request);
  });
}
