// 16 clients on a bare pool of undici, through a proxy. Takes the proxy's port, the target's URL, and its authority's file.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Pool } from 'undici';
import { answerCalls } from '../processes.mjs';

/** What a call of the product sends. */
const HEADERS = { 'user-agent': 'proxy-ledger', accept: '*/*', 'accept-encoding': 'identity' };

const [port, url, authority] = process.argv.slice(2);
const target = new URL(url);
const isTunnel = target.protocol === 'https:';
const pool = isTunnel
  ? new Pool(target.origin, {
      connections: 16,
      connect: (_, opened) => tunnel().then((it) => opened(null, it), opened),
    })
  : new Pool(`http://127.0.0.1:${port}`, { connections: 16 });

async function tunnel() {
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`CONNECT ${target.host} HTTP/1.1\r\nhost: ${target.host}\r\n\r\n`);
  const [head] = await once(socket, 'data');
  if (!head.toString().startsWith('HTTP/1.1 200 ')) throw new Error(`the proxy answered ${head}`);
  const secured = connectTls({ socket, ca: readFileSync(authority), host: target.hostname });
  await once(secured, 'secureConnect');
  return secured;
}

answerCalls({
  async run(seconds) {
    const begun = performance.now();
    let count = 0;
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (; performance.now() < begun + seconds * 1000; count += 1) {
          const path = isTunnel ? target.pathname : url;
          const { body, statusCode } = await pool.request({ method: 'GET', path, headers: HEADERS });
          if (statusCode !== 200 || (await body.text()) !== 'hello') throw new Error(`status ${statusCode}`);
        }
      }),
    );
    return { count, seconds: (performance.now() - begun) / 1000 };
  },
});
