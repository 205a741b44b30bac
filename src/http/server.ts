import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { Server as TlsServer } from 'node:tls';
import { type FastifyInstance, type FastifyPluginAsync, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import type { Credentials, Identity } from '../access/identity.ts';
import { isLater, type Soon } from '../words/after.ts';
import { LOCAL } from './actor.ts';
import { authenticate, authorizationOf, claimedIdentity } from './authentication.ts';
import { badTargetAnswer, brokenRequestAnswer } from './broken-requests.ts';
import type { ConsoleFiles } from './console-files.ts';
import { registerConsolePages } from './console-pages.ts';
import { type ConsoleSettings, registerConsoleSettings } from './console-settings.ts';
import { corsHeaders, registerCors } from './cors.ts';
import { faultAnswer, graphqlErrorBody, HttpFault } from './faults.ts';
import { type GraphiqlOptions, registerGraphiql } from './graphiql.ts';
import { type Readiness, registerHealth } from './health.ts';
import { registerJsonBody } from './json-body.ts';
import type { Metrics } from './metrics.ts';
import { type Arrival, OriginGuard } from './origin-guard.ts';
import { plainHead, SoundHosts } from './plain-arrival.ts';
import { type Begun, type QuickAnswers, QuickWay } from './quick-way.ts';
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
  /** Left out: all requests go by the routes. */
  readonly quick?: QuickAnswers | undefined;
  /** Left out: there are no identities, and `X-Actor` claims who asks. */
  readonly credentials?: Credentials | undefined;
  /** Left out: there is no GraphiQL. */
  readonly graphiql?: Omit<GraphiqlOptions, 'isFrontPage'> | undefined;
  /** Left out: there is no `/console.json`. */
  readonly console?: ConsoleSettings | undefined;
  /** Left out: the front page is GraphiQL. */
  readonly consoleFiles?: ConsoleFiles | undefined;
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
  /** What comes from the quick way. */
  const begun = new WeakMap<IncomingMessage, Begun>();
  const app = createApp(allowedOrigins, tls, (request) => begun.get(request)?.id ?? randomUUID());
  let closing: Promise<void> | undefined;

  const guard = new OriginGuard({
    ...{ host: config.host, publicUrl, allowedOrigins, port: () => portOf(app) },
    isCertified: tls && ((name) => tls.isCertified(name)),
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (!begun.has(request.raw)) logRequest(logger, request.id, request.raw, reply.raw);
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    if (isHttps) reply.headers(transportSecurity(isHttps, request.raw.headers.host));
    done();
  });
  await registerCors(app, allowedOrigins);
  const sound = new SoundHosts();
  const hostFault = (request: FastifyRequest): HttpFault | undefined => {
    if (!request.raw.url?.startsWith('/'))
      return new HttpFault(400, 'BAD_USER_INPUT', 'The request target must be a path.');
    const plain = plainHead(request.raw)?.host;
    if (plain !== undefined && sound.has(plain, request.raw)) return undefined;
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
    if (plain !== undefined && !tls && !takesAnyHost) sound.add(plain, request.raw);
    return undefined;
  };
  app.addHook('onRequest', (request, _reply, done) => done(hostFault(request)));
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // Else a client keeps its connection open, and closing waits for it to the very end.
    if (closing !== undefined) reply.header('connection', 'close');
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const { statusCode, headers, body } = faultAnswer(error, request.id, logger);
    return reply.code(statusCode).headers(headers).send(body);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(graphqlErrorBody('NOT_FOUND', 'There is nothing at this path.')),
  );

  const identify = ({ raw, id }: FastifyRequest): Soon<Identity> => {
    const known = begun.get(raw);
    if (known) return known.identity;
    if (credentials) return authenticate(credentials, authorizationOf(raw.headersDistinct), id);
    const claimed = claimedIdentity(raw.headersDistinct);
    if (claimed instanceof HttpFault) throw claimed;
    return claimed;
  };
  registerJsonBody(app);
  registerHealth(app, { readiness: options.readiness, logger, timeoutMs: readinessMs });
  options.metrics?.register(app, async (request) => {
    if (credentials) await identify(request);
  });
  const { graphiql, console, consoleFiles } = options;
  const hasPages = console !== undefined && consoleFiles !== undefined;
  if (console) registerConsoleSettings(app, console);
  if (hasPages) registerConsolePages(app, { files: consoleFiles, settings: console, graphiql: graphiql !== undefined });
  if (graphiql) registerGraphiql(app, { ...graphiql, isFrontPage: !hasPages });
  await app.register(async (scope) => {
    scope.decorateRequest('identity');
    scope.addHook('onRequest', (request, _reply, done) => {
      const refusal = guard.siteRefusal(arrivalOf(request.raw));
      if (refusal !== undefined) return done(new HttpFault(403, 'FORBIDDEN', refusal));
      const known = (identity: Identity) => {
        request.identity = identity;
        done();
      };
      try {
        const identity = identify(request);
        if (isLater(identity)) identity.then(known, done);
        else known(identity);
      } catch (error) {
        done(error as Error);
      }
    });
    scope.addHook('preParsing', (request, _reply, payload, done) => {
      const body = begun.get(request.raw)?.body;
      done(null, body ? Readable.from([body]) : payload);
    });
    await scope.register(options.graphql);
  });
  if (options.quick) {
    const routes = routesOf(app);
    const headers = namesAndValues({ ...SECURITY_HEADERS, ...corsHeaders(undefined, allowedOrigins) });
    const quick = new QuickWay({
      answers: options.quick,
      hosts: sound,
      newId: randomUUID,
      identify: (authorization, id) => (credentials ? authenticate(credentials, authorization, id) : LOCAL_IDENTITY),
      headers: (host) => (isHttps ? [...headers, ...namesAndValues(transportSecurity(isHttps, host))] : headers),
      isClosing: () => closing !== undefined,
      log: (id, request, response) => logRequest(logger, id, request, response),
      faultAnswer: (error, id) => faultAnswer(error, id, logger),
      longWay(request, response, known) {
        begun.set(request, known);
        routes(request, response);
      },
    });
    app.server.on('request', (request, response) => {
      if (!quick.takes(request, response)) routes(request, response);
    });
  }

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

function createApp(
  allowedOrigins: readonly string[],
  tls: TlsFiles | undefined,
  newId: (request: IncomingMessage) => string,
): FastifyInstance {
  const options = {
    // fastify's own lines hold URLs with their query.
    logger: false,
    genReqId: newId,
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

const LOCAL_IDENTITY: Identity = { actor: LOCAL };

function namesAndValues(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(headers).flat();
}

/** What fastify answers requests with, which whoever took them from its server has to hand them to. */
function routesOf({ server }: FastifyInstance): (request: IncomingMessage, response: ServerResponse) => void {
  const handlers = server.listeners('request');
  server.removeAllListeners('request');
  return (request, response) => {
    for (const handler of handlers) handler.call(server, request, response);
  };
}

/** Connections from then on are made with it. */
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
