import { once } from 'node:events';
import { createServer } from 'node:https';

const CONTACTS = { contacts: [{ name: 'Ada Lovelace' }, { name: 'Grace Hopper' }] };

/** The target: an https server on loopback. `record()` tells what it was asked for. */
export async function startCrm(certificate) {
  const asked = [];
  const server = createServer(certificate, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json');
    response.statusCode = ['/', '/api/v2/contacts'].includes(request.url) ? 200 : 404;
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify(request.url === '/' ? {} : CONTACTS));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    record: () => [...asked],
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
