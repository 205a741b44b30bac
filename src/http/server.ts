import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify';
import type { Logger } from 'pino';
import type { Actor } from '../event-sourcing/event.ts';
import { readActor } from './actor.ts';
import { asRefusal, type GraphqlErrorBody, graphqlErrorBody, HttpFault } from './faults.ts';
import { type GraphiqlOptions, registerGraphiql } from './graphiql.ts';
import { type Readiness, registerHealth } from './health.ts';
import { registerJsonBody } from './json-body.ts';
import type { Metrics } from './metrics.ts';
import { createOriginGuard, siteRefusal } from './origin-guard.ts';
import { logRequest } from './request-log.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is asking. Set for the routes of `HttpServerOptions.graphql` only. */
    actor: Actor;
  }
}

export interface HttpServerOptions {
  readonly config: { readonly host: string; readonly port: number };
  readonly logger: Logger;
  /** Registers the GraphQL routes. Their requests have `id` and `actor`. */
  readonly graphql: FastifyPluginAsync;
  readonly graphiql: GraphiqlOptions;
  readonly readiness: () => Promise<Readiness>;
  /** Left out: nothing is counted, and there is no `/metrics`. */
  readonly metrics?: Metrics;
  /** Milliseconds that requests under way get to finish when the server closes; then they are cut off. Default 10,000. */
  readonly drainMs?: number;
  /** Milliseconds that a readiness check may take. Default 5,000. */
  readonly readinessMs?: number;
}

export interface HttpServer {
  readonly app: FastifyInstance;
  /** Starts to listen; answers the origin, such as `http://127.0.0.1:4000`. */
  listen(): Promise<string>;
  /** Who asks to speak another protocol, by the rules that every request meets, or why that is refused. */
  admit(request: IncomingMessage): { readonly actor: Actor } | { readonly refusal: HttpFault };
  /** Stops to accept, finishes the requests under way, and ends every connection. Repeating it waits for the first. */
  close(): Promise<void>;
}

/** Bytes of a request body. */
export const BODY_LIMIT = 2 * 1024 * 1024;

/** Milliseconds in which a request must have come in whole. */
const REQUEST_TIMEOUT = 60_000;

export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { config, logger, drainMs = 10_000, readinessMs = 5_000 } = options;
  const app = createApp();
  let closing: Promise<void> | undefined;

  const refusalOf = createOriginGuard({ host: config.host, port: () => portOf(app) });
  app.addHook('onRequest', async (request, reply) => {
    logRequest(logger, request, reply);
    reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id });
    if (!request.raw.url?.startsWith('/'))
      throw new HttpFault(400, 'BAD_USER_INPUT', 'The request target must be a path.');
    const { headers, headersDistinct, httpVersion } = request.raw;
    if (headers.host === undefined) {
      if (isHealthCheck(request)) return;
      // RFC 9112 §3.2.
      if (httpVersion === '1.1') throw new HttpFault(400, 'BAD_USER_INPUT', 'The request has no Host header.');
    }
    const refusal = refusalOf(headersDistinct);
    if (refusal !== undefined) throw new HttpFault(403, 'FORBIDDEN', refusal);
  });
  app.addHook('onSend', async (_request, reply) => {
    // Else a client keeps its connection open, and closing waits for it to the very end.
    if (closing !== undefined) reply.header('connection', 'close');
  });
  app.setErrorHandler((error, request, reply) => {
    const refusal = asRefusal(error);
    if (refusal !== undefined) return reply.code(refusal.statusCode).send(bodyOf(refusal));
    logger.error({ err: error, requestId: request.id }, 'a request failed');
    return reply.code(500).send(graphqlErrorBody('INTERNAL', 'Internal error', request.id));
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(graphqlErrorBody('NOT_FOUND', 'There is nothing at this path.')),
  );

  registerJsonBody(app);
  registerHealth(app, { readiness: options.readiness, logger, timeoutMs: readinessMs });
  options.metrics?.register(app);
  registerGraphiql(app, options.graphiql);
  await app.register(async (scope) => {
    scope.decorateRequest('actor');
    scope.addHook('onRequest', async (request) => {
      const refusal = siteRefusal(request.raw.headersDistinct);
      if (refusal !== undefined) throw new HttpFault(403, 'FORBIDDEN', refusal);
      const read = readActor(request.raw.headersDistinct);
      if (!read.ok) throw new HttpFault(400, 'BAD_USER_INPUT', read.fault);
      request.actor = read.actor;
    });
    await scope.register(options.graphql);
  });

  return {
    app,
    async listen() {
      await app.listen({ host: listenAddress(config.host), port: config.port });
      return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${portOf(app)}`;
    },
    admit(request) {
      if (closing !== undefined) return { refusal: new HttpFault(503, 'GOING_AWAY', 'The server is going away.') };
      const refusal = refusalOf(request.headersDistinct);
      if (refusal !== undefined) return { refusal: new HttpFault(403, 'FORBIDDEN', refusal) };
      const read = readActor(request.headersDistinct);
      return read.ok ? { actor: read.actor } : { refusal: new HttpFault(400, 'BAD_USER_INPUT', read.fault) };
    },
    close() {
      closing ??= drain(app, drainMs);
      return closing;
    },
  };
}

function createApp(): FastifyInstance {
  return fastify({
    // fastify's own lines hold URLs with their query.
    logger: false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    // Health checkers of old leave it out, in HTTP/1.0. All else is refused without it.
    http: { requireHostHeader: false },
    forceCloseConnections: 'idle',
    // A request that slipped in on a kept-alive connection is still answered: everything behind is there till the end.
    return503OnClosing: false,
    frameworkErrors: answerBadTarget,
    clientErrorHandler: answerBrokenRequest,
  });
}

function isHealthCheck(request: FastifyRequest): boolean {
  return request.routeOptions.url?.startsWith('/health/') ?? false;
}

/** `localhost` may be two addresses, or, in an odd hosts file, none of loopback. */
function listenAddress(host: string): string {
  return host.toLowerCase() === 'localhost' ? '127.0.0.1' : host;
}

function portOf(app: FastifyInstance): number {
  // Null until it listens; a path only for a Unix socket, which is never asked for.
  const address = app.server.address() as AddressInfo | null;
  return address?.port ?? 0;
}

async function drain(app: FastifyInstance, drainMs: number): Promise<void> {
  const cutOff = setTimeout(() => app.server.closeAllConnections(), drainMs);
  try {
    await app.close();
  } finally {
    clearTimeout(cutOff);
  }
}

function bodyOf(refusal: HttpFault): GraphqlErrorBody {
  return graphqlErrorBody(refusal.code, refusal.message);
}

/** A target that cannot be routed meets no hook. fastify's own answer quotes it. */
function answerBadTarget(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  const body = graphqlErrorBody('BAD_USER_INPUT', 'The request target is not a valid path.');
  reply.code(400).headers(SECURITY_HEADERS).send(body);
}

/** What is no HTTP never becomes a request: Node hands over the bare socket. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  const [status, message] = BROKEN_REQUESTS[error.code ?? ''] ?? ['400 Bad Request', 'The request is not valid HTTP.'];
  const body = JSON.stringify(graphqlErrorBody('BAD_USER_INPUT', message));
  if (error.code !== 'ECONNRESET' && socket.writable) {
    socket.write(
      `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}

const BROKEN_REQUESTS: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The request line and headers are larger than 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not come in whole in time.'],
};

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
