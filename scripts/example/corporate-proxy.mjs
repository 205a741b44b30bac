import { connect, createServer } from 'node:net';
import { RequestError, Server } from 'proxy-chain';

/**
 * A real forward proxy on loopback that speaks TLS and wants Basic authentication. As the resolver of the target's name
 * it takes `crm.name`, port 443, to the CRM's loopback port; it lets nothing else through.
 */
export async function startCorporateProxy({ certificate, credentials, crm, port }) {
  const passed = [];
  const toCrm = createServer((socket) => {
    const onward = connect(crm.port, '127.0.0.1');
    socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
    onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  const proxy = new Server({
    host: '127.0.0.1',
    port,
    serverType: 'https',
    httpsOptions: certificate,
    prepareRequestFunction({ request, hostname, port: target, username, password }) {
      if (username !== credentials.user || password !== credentials.password) return { requestAuthentication: true };
      if (hostname !== crm.name || target !== 443) throw new RequestError('Only the CRM is behind this proxy.', 403);
      passed.push(`${request.method} ${request.url} for ${username}`);
      return { customConnectServer: toCrm };
    },
  });
  await proxy.listen();
  return {
    port: proxy.port,
    record: () => [...passed],
    stop: () => proxy.close(true),
  };
}
