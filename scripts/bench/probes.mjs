// A probe over GraphQL against the same exchange made with bare sockets.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Server } from 'proxy-chain';
import { milliseconds, paired } from './measure.mjs';
import { scratch, startServer } from './server.mjs';

const PROBE =
  'mutation($input: TestProxyInput!) { testProxy(input: $input) { test { success } commit { position } userErrors { message } } }';

const [USER, PASSWORD] = ['svc', 'a password'];

export async function measure({ quick, row }) {
  const { directory, remove } = await scratch();
  const server = await startServer(directory);
  const target = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(target, 'listening');
  await server.ask('mutation { createProject(input: { key: "bench", name: "Bench" }) { commit { position } } }');
  const targetUrl = `http://127.0.0.1:${target.address().port}/`;
  const ways = [
    { figure: 'probe through a proxy, recorded', options: {}, draft: {}, fields: '' },
    {
      figure: 'the same with Basic, where the proxy is asked first',
      options: { prepareRequestFunction: ({ username }) => ({ requestAuthentication: username !== USER }) },
      draft: { authType: 'BASIC', user: USER, password: PASSWORD },
      fields: `Proxy-Authorization: Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}\r\n`,
    },
  ];
  for (const { figure, options, draft, fields } of ways) {
    const proxy = new Server({ port: 0, host: '127.0.0.1', ...options });
    await proxy.listen();
    const route = { type: 'HTTP', host: '127.0.0.1', port: proxy.port, ...draft };
    const input = { projectKey: 'bench', draft: route, targetUrl };
    const times = quick ? 10 : 200;
    const [ours, bare] = await paired(
      quick ? 1 : 5,
      async () => {
        for (let count = 0; count < times; count += 1) {
          const { testProxy } = await server.ask(PROBE, { input });
          if (!testProxy.test?.success) throw new Error(JSON.stringify(testProxy));
        }
      },
      async () => {
        for (let count = 0; count < times; count += 1) await exchange(proxy.port, targetUrl, fields);
      },
    );
    const baseline = `${milliseconds(bare / times)} bare sockets`;
    row(figure, milliseconds(ours / times), baseline, (ours / bare).toFixed(2), '');
    await proxy.close(true);
  }
  await server.ask.close();
  await server.close();
  target.close();
  await remove();
}

async function exchange(port, url, fields) {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${url} HTTP/1.1\r\nhost: ${new URL(url).host}\r\n${fields}connection: close\r\n\r\n`);
  socket.resume();
  await once(socket, 'close');
}
