// Serves one of npm's proxies on 127.0.0.1:PORT, with user and password where they are given: it runs in the folder
// that they are installed in. What intercepts takes its authority from the files authority.pem and authority.key.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Server as NetServer } from 'node:net';

const [kind, portText, user, password] = process.argv.slice(2);
const port = Number(portText);

// Some can't be told an address to listen on.
const { listen } = NetServer.prototype;
NetServer.prototype.listen = function (...args) {
  return typeof args[0] === 'number' && typeof args[1] !== 'string'
    ? listen.call(this, args[0], '127.0.0.1', ...args.slice(1).filter((each) => typeof each === 'function'))
    : listen.apply(this, args);
};

const authority = () => ({ cert: readFileSync('authority.pem', 'utf8'), key: readFileSync('authority.key', 'utf8') });

const PROXIES = {
  'proxy-chain': async () => {
    const { Server } = await import('proxy-chain');
    const wrong = (login) => user !== undefined && (login.username !== user || login.password !== password);
    const prepareRequestFunction = (login) => ({ requestAuthentication: wrong(login) });
    await new Server({ port, host: '127.0.0.1', prepareRequestFunction }).listen();
  },
  proxy: async () => {
    const { createProxy } = await import('proxy');
    const server = createProxy(createServer());
    if (user !== undefined) {
      const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
      server.authenticate = (request) => request.headers['proxy-authorization'] === expected;
    }
    server.listen(port, '127.0.0.1');
  },
  mockttp: async () => {
    const { getLocal } = await import('mockttp');
    const server = getLocal({ https: authority() });
    await server.start(port);
    await server.forAnyRequest().thenPassThrough({ ignoreHostHttpsErrors: true });
  },
  'http-mitm-proxy': async () => {
    const { Proxy: InterceptingProxy } = await import('http-mitm-proxy');
    const proxy = new InterceptingProxy();
    proxy.onError((_context, error) => console.error(error));
    proxy.listen({ host: '127.0.0.1', port, sslCaDir: 'http-mitm-proxy' });
  },
  anyproxy: async () => {
    const { default: anyproxy } = await import('anyproxy');
    new anyproxy.ProxyServer({ port, silent: true, webInterface: { enable: false } }).start();
  },
};

await PROXIES[kind]();
