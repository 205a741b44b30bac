// A proxy that answers for the target itself, so that little but the way through it is measured: plain requests, and
// tunnels with TLS in them. Takes the files of the target's certificate and key.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { answerCalls } from '../processes.mjs';

const [cert, key] = process.argv.slice(2).map((file) => readFileSync(file));

const answer = (_, response) => response.writeHead(200, { 'content-length': '5' }).end('hello');
const target = createTlsServer({ cert, key }, answer);
const proxy = createServer(answer);
proxy.on('connect', (_, socket) => {
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  target.emit('connection', socket);
});
proxy.listen(0, '127.0.0.1');
await once(proxy, 'listening');

answerCalls({ port: () => proxy.address().port });
