import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { corsHeaders } from './cors.ts';
import { graphqlErrorBody } from './faults.ts';

type Headers = Readonly<Record<string, string>>;

/** Answers a target that cannot be routed, and so meets no hook. fastify's own answer quotes it. */
export function badTargetAnswer(headers: Headers, allowedOrigins: readonly string[]) {
  return (_error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const body = graphqlErrorBody('BAD_USER_INPUT', 'The request target is not a valid path.');
    const cors = corsHeaders(request.headers.origin, allowedOrigins);
    reply
      .code(400)
      .headers({ ...headers, ...cors })
      .send(body);
  };
}

/** Milliseconds in which a client takes its answer and closes. */
const GOODBYE_LIMIT = 1_000;

/** Answers what is no HTTP, and never becomes a request: Node hands over the bare socket. */
export function brokenRequestAnswer(allowedOrigins: readonly string[]) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, message] = BROKEN_REQUESTS[error.code ?? ''] ?? [
      '400 Bad Request',
      'The request is not valid HTTP.',
    ];
    const body = JSON.stringify(graphqlErrorBody('BAD_USER_INPUT', message));
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
      ...corsHeaders(originIn(error), allowedOrigins),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`);
    // While anything that came is unread, to destroy the socket may take the answer from the client.
    socket.removeAllListeners('data');
    socket.on('data', () => undefined);
    socket.resume();
    const cutOff = setTimeout(() => socket.destroy(), GOODBYE_LIMIT);
    socket.once('close', () => clearTimeout(cutOff));
  };
}

/** The `Origin` among the headers of a request that could not be read to its end, if it is in what came last. */
function originIn(error: object): string | undefined {
  const packet = 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket.toString('latin1') : '';
  return /\r\norigin:[ \t]*([^\r\n]*?)[ \t]*\r\n/i.exec(packet)?.[1];
}

const BROKEN_REQUESTS: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The request line and headers are larger than 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not come in whole in time.'],
};
