import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import type { FastifyPluginAsync } from 'fastify';
import { pino } from 'pino';
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../src/http/server.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Sending {
  readonly method?: string;
  readonly path?: string;
  /** A list sends the header once for each value. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
  readonly agent?: Agent;
}

export interface TestServer {
  readonly server: HttpServer;
  readonly origin: string;
  readonly port: number;
  /** What it logged, one object a line. */
  readonly logged: readonly Record<string, unknown>[];
  send(sending?: Sending): Promise<Answer>;
}

/** A GraphQL face that answers who asked, and what. */
export const echo: FastifyPluginAsync = async (app) => {
  app.post('/graphql', async (request) => ({ data: { actor: request.identity.actor, body: request.body } }));
};

export async function startServer(overrides: Partial<HttpServerOptions> = {}): Promise<TestServer> {
  const lines: string[] = [];
  const server = await createHttpServer({
    config: { host: '127.0.0.1', port: 0 },
    logger: pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }),
    graphql: echo,
    graphiql: { subscriptions: false, token: false },
    readiness: async () => ({ ready: true }),
    ...overrides,
  });
  const origin = await server.listen();
  const port = Number(new URL(origin).port);
  return {
    server,
    origin,
    port,
    get logged() {
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    send: (sending) => send(origin, sending),
  };
}

export function send(
  origin: string,
  { method = 'GET', path = '/', headers, body, agent }: Sending = {},
): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: hostname.replace(/[[\]]/g, ''), port, method, path, headers, agent: agent ?? new Agent() },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    sent.on('error', reject);
    // With a string Node would send the headers in the body's encoding.
    sent.end(typeof body === 'string' ? Buffer.from(body) : body);
  });
}

/** Sends bytes as they are, and answers all that came back until the server closed. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(text, 'latin1'));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}

export const json = (answer: Answer): unknown => JSON.parse(answer.body);

export const post = (body: unknown, headers: Sending['headers'] = {}): Sending => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
});

/** A promise that the test settles. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** Looks again and again; a test that waits in vain ends by its time limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
