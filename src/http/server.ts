import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { type FastifyInstance, type FastifyPluginAsync, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import type { Credentials, Identity } from '../access/identity.ts';
import { authenticate, authorizationOf, claimedIdentity } from './authentication.ts';
import { badTargetAnswer, brokenRequestAnswer } from './broken-requests.ts';
import { type ConsoleSettings, registerConsoleSettings } from './console-settings.ts';
import { registerCors } from './cors.ts';
import { asRefusal, graphqlErrorBody, HttpFault, refusalBody } from './faults.ts';
import { type GraphiqlOptions, registerGraphiql } from './graphiql.ts';
import { type Readiness, registerHealth } from './health.ts';
import { registerJsonBody } from './json-body.ts';
import type { Metrics } from './metrics.ts';
import { type Arrival, OriginGuard } from './origin-guard.ts';
import { plainHost, SoundHosts } from './plain-arrival.ts';
import { logRequest } from './request-log.ts';
import { SECURITY_HEADERS, transportSecurity } from './security-headers.ts';
import { TlsFiles, type TlsPaths } from './tls-files.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is asking. Set for the routes of `HttpServerOptions.graphql` only. */
    identity: Identity;
  }
}

export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  /** How browsers reach the server. Left out: where it listens. */
  readonly publicUrl?: URL | undefined;
  /** Of pages that may call the API beside this server's own. */
  readonly allowedOrigins?: readonly string[];
  /** Left out: it speaks no TLS. */
  readonly tls?: TlsPaths | undefined;
}

export interface HttpServerOptions {
  readonly config: HttpSettings;
  readonly logger: Logger;
  /** Registers the GraphQL routes. Their requests have `id` and `identity`. */
  readonly graphql: FastifyPluginAsync;
  /** Left out: there are no identities, and `X-Actor` claims who asks. */
  readonly credentials?: Credentials | undefined;
  /** Left out: there is no GraphiQL. */
  readonly graphiql?: GraphiqlOptions | undefined;
  /** Left out: there is no `/console.json`. */
  readonly console?: ConsoleSettings | undefined;
  readonly readiness: () => Promise<Readiness>;
  /** Left out: nothing is counted, and there is no `/metrics`. */
  readonly metrics?: Metrics;
  /** Milliseconds that requests under way get to finish when the server closes; then they are cut off. Default 10,000. */
  readonly drainMs?: number;
  /** Milliseconds that a readiness check may take. Default 5,000. */
  readonly readinessMs?: number;
  /** Milliseconds between two looks at the TLS files. Default 5,000. */
  readonly tlsLookMs?: number;
}

/** Who asks to speak another protocol, or why that is refused. */
export type Admittance =
  | { readonly refusal: HttpFault }
  /** Where there are no identities. */
  | { readonly identity: Identity }
  /** Where there are: what the request brought, unchecked, as the protocol may bring another credential. */
  | { readonly authorization: string | undefined };

export interface HttpServer {
  readonly app: FastifyInstance;
  /** Starts to listen; answers the origin, such as `http://127.0.0.1:4000`. */
  listen(): Promise<string>;
  /** By the rules that every request meets. */
  admit(request: IncomingMessage): Admittance;
  /** Stops to accept, finishes the requests under way, and ends every connection. Repeating it waits for the first. */
  close(): Promise<void>;
}

/** Bytes of a request body. */
export const BODY_LIMIT = 2 * 1024 * 1024;

/** Milliseconds in which a request must have come in whole. */
const REQUEST_TIMEOUT = 60_000;
/** Milliseconds in which a TLS handshake must be done. */
const HANDSHAKE_TIMEOUT = 10_000;

const HEALTH = /^\/health\//;
const WATCHED = /^\/(?:health\/|metrics$)/;

/** @throws {TlsFilesError} when the TLS files can't be used */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { config, logger, credentials, drainMs = 10_000, readinessMs = 5_000, tlsLookMs = 5_000 } = options;
  const { allowedOrigins = [], publicUrl } = config;
  const tls = config.tls && new TlsFiles(config.tls, logger);
  const isHttps = tls !== undefined || publicUrl?.protocol === 'https:';
  const app = createApp(allowedOrigins, tls);
  let closing: Promise<void> | undefined;

  const guard = new OriginGuard({
    ...{ host: config.host, publicUrl, allowedOrigins, port: () => portOf(app) },
    isCertified: tls && ((name) => tls.isCertified(name)),
  });
  app.addHook('onRequest', (request, reply, done) => {
    logRequest(logger, request, reply);
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    if (isHttps) reply.headers(transportSecurity(isHttps, request.raw.headers.host));
    done();
  });
  await registerCors(app, allowedOrigins);
  const sound = new SoundHosts();
  const hostFault = (request: FastifyRequest): HttpFault | undefined => {
    if (!request.raw.url?.startsWith('/'))
      return new HttpFault(400, 'BAD_USER_INPUT', 'The request target must be a path.');
    if (sound.has(request.raw)) return undefined;
    const { headers, httpVersion } = request.raw;
    const route = request.routeOptions.url ?? '';
    // Whoever looks after a server that others reach knows it by its address.
    const takesAnyHost = credentials ? WATCHED.test(route) : headers.host === undefined && HEALTH.test(route);
    // RFC 9112 §3.2.
    if (headers.host === undefined && httpVersion === '1.1' && !takesAnyHost)
      return new HttpFault(400, 'BAD_USER_INPUT', 'The request has no Host header.');
    const arrival = arrivalOf(request.raw);
    const refusal = (takesAnyHost ? undefined : guard.hostRefusal(arrival)) ?? guard.originRefusal(arrival);
    if (refusal !== undefined) return new HttpFault(403, 'FORBIDDEN', refusal);
    // The names of a certificate change with it, and whoever looks after the server names whatever they like.
    if (!tls && !takesAnyHost) sound.add(request.raw);
    return undefined;
  };
  app.addHook('onRequest', (request, _reply, done) => done(hostFault(request)));
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // Else a client keeps its connection open, and closing waits for it to the very end.
    if (closing !== undefined) reply.header('connection', 'close');
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const refusal = asRefusal(error);
    if (refusal !== undefined) {
      return reply.code(refusal.statusCode).headers(refusal.headers).send(refusalBody(refusal));
    }
    logger.error({ err: error, requestId: request.id }, 'a request failed');
    return reply.code(500).send(graphqlErrorBody('INTERNAL', 'Internal error', { requestId: request.id }));
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(graphqlErrorBody('NOT_FOUND', 'There is nothing at this path.')),
  );

  const identify = ({ raw, id }: FastifyRequest): Identity | Promise<Identity> => {
    const isPlain = plainHost(raw) !== undefined;
    if (credentials) {
      const authorization = isPlain ? raw.headers.authorization : authorizationOf(raw.headersDistinct);
      return authenticate(credentials, authorization, id);
    }
    const claimed = claimedIdentity(isPlain ? NO_HEADERS : raw.headersDistinct);
    if (claimed instanceof HttpFault) throw claimed;
    return claimed;
  };
  registerJsonBody(app);
  registerHealth(app, { readiness: options.readiness, logger, timeoutMs: readinessMs });
  options.metrics?.register(app, async (request) => {
    if (credentials) await identify(request);
  });
  if (options.graphiql) registerGraphiql(app, options.graphiql);
  if (options.console) registerConsoleSettings(app, options.console);
  await app.register(async (scope) => {
    scope.decorateRequest('identity');
    scope.addHook('onRequest', (request, _reply, done) => {
      const refusal = plainHost(request.raw) === undefined ? guard.siteRefusal(arrivalOf(request.raw)) : undefined;
      if (refusal !== undefined) return done(new HttpFault(403, 'FORBIDDEN', refusal));
      const known = (identity: Identity) => {
        request.identity = identity;
        done();
      };
      try {
        const identity = identify(request);
        if (identity instanceof Promise) identity.then(known, done);
        else known(identity);
      } catch (error) {
        done(error as Error);
      }
    });
    await scope.register(options.graphql);
  });

  let tlsLook: NodeJS.Timeout | undefined;
  return {
    app,
    async listen() {
      await app.listen({ host: listenAddress(config.host), port: config.port });
      if (tls) tlsLook = setInterval(() => renewTls(app, tls), tlsLookMs).unref();
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      return `${tls ? 'https' : 'http'}://${host}:${portOf(app)}`;
    },
    admit(request) {
      if (closing !== undefined) return { refusal: new HttpFault(503, 'GOING_AWAY', 'The server is going away.') };
      const arrival = arrivalOf(request);
      const refusal = guard.hostRefusal(arrival) ?? guard.originRefusal(arrival);
      if (refusal !== undefined) return { refusal: new HttpFault(403, 'FORBIDDEN', refusal) };
      if (credentials) return { authorization: authorizationOf(arrival.headers) };
      const claimed = claimedIdentity(arrival.headers);
      return claimed instanceof HttpFault ? { refusal: claimed } : { identity: claimed };
    },
    close() {
      clearInterval(tlsLook);
      closing ??= drain(app, drainMs);
      return closing;
    },
  };
}

function createApp(allowedOrigins: readonly string[], tls: TlsFiles | undefined): FastifyInstance {
  const options = {
    // fastify's own lines hold URLs with their query.
    logger: false,
    genReqId: () => randomUUID(),
    requestIdHeader: false as const,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    forceCloseConnections: 'idle' as const,
    // A request that slipped in on a kept-alive connection is still answered: everything behind is there till the end.
    return503OnClosing: false,
    frameworkErrors: badTargetAnswer(SECURITY_HEADERS, allowedOrigins),
    clientErrorHandler: brokenRequestAnswer(allowedOrigins),
  };
  // Health checkers of old leave it out, in HTTP/1.0. All else is refused without it.
  const http = { requireHostHeader: false };
  if (!tls) return fastify({ ...options, http });
  const secure = fastify({ ...options, https: { ...http, ...tls.pair, handshakeTimeout: HANDSHAKE_TIMEOUT } });
  // Its server is of another class than that of HTTP, with all that is asked of it here.
  return secure as unknown as FastifyInstance;
}

/** Connections from then on are made with it. */
/** A request that is plain has none that say who asks. */
const NO_HEADERS = {};

function renewTls(app: FastifyInstance, tls: TlsFiles): void {
  const pair = tls.renewed();
  if (pair && app.server instanceof TlsServer) app.server.setSecureContext(pair);
}

function arrivalOf({ headersDistinct, socket }: IncomingMessage): Arrival {
  return { headers: headersDistinct, at: socket.localAddress };
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
