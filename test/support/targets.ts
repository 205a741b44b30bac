import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { KeyedCertificate } from './certificates.ts';
import { type Connections, close, listen, trackConnections } from './sockets.ts';

/** A request as the origin received it. */
export interface Received {
  readonly method: string;
  /** The request target as sent. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: IncomingMessage['headers'];
  /** Name, value, name, value, … as sent. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Target {
  readonly port: number;
  /** Its root, such as `https://localhost:12345/`. */
  readonly url: URL;
  readonly connections: Connections;
  record(): readonly Received[];
  stop(): Promise<void>;
}

export interface TargetOptions {
  /** With it the target speaks TLS. */
  readonly tls?: KeyedCertificate;
  /** What it listens on; 127.0.0.1 when left out. */
  readonly address?: string;
  /** Left out: any free one. */
  readonly port?: number;
  /** The host in `url`; `localhost` when left out. */
  readonly host?: string;
  /** Left out: 200 and `hello`. */
  readonly answer?: (request: Received, response: ServerResponse) => void;
}

/** An origin server that records everything it receives. */
export async function startTarget(options: TargetOptions = {}): Promise<Target> {
  const { tls, address = '127.0.0.1', host = 'localhost', answer = hello } = options;
  const received: Received[] = [];
  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // The client went away within its request.
    }
    const { method = '', url = '', headers, rawHeaders } = request;
    const record = { method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString('utf8') };
    received.push(record);
    answer(record, response);
  };
  const server = tls ? createHttps({ ...tls }, onRequest) : createHttp(onRequest);
  const connections = trackConnections(server);
  const port = await listen(server, address, options.port);
  return {
    port,
    url: new URL(`${tls ? 'https' : 'http'}://${host}:${port}/`),
    connections,
    record: () => received,
    stop: async () => {
      const closed = close(server);
      connections.destroy();
      await closed;
    },
  };
}

function hello(_request: Received, response: ServerResponse): void {
  response.setHeader('content-type', 'text/plain');
  response.end('hello');
}
