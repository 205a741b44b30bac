import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
  parse,
  specifiedRules,
  subscribe,
  type ValidationRule,
  validate,
} from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Actor } from '../event-sourcing/event.ts';
import { RequestContext, type Services } from './context.ts';
import { describeError, logError } from './toolkit/describe-error.ts';
import { noOperation } from './toolkit/errors.ts';
import { costError } from './toolkit/query-cost.ts';
import { conditionError } from './toolkit/subscription-field.ts';
import { variableErrors } from './toolkit/variables.ts';

export interface SubscriptionServerOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly logger: Logger;
  /** Limits, beside the rules of the specification. */
  readonly validationRules: readonly ValidationRule[];
  /** Who is asking, or why the connection is refused. */
  readonly admit: (request: IncomingMessage) => { readonly actor: Actor } | { readonly refusal: string };
  readonly newRequestId: () => string;
}

/** Bytes of a client's message. */
const LARGEST_MESSAGE = 64 * 1024;
/** Of one connection. */
const MOST_SUBSCRIPTIONS = 100;
/** Milliseconds between pings; who has not answered the last one is cut off, and so is who does not read. */
const PING_EVERY = 12_000;
/** Milliseconds that a client gets to take what it was sent, before its connection is closed. */
const TAKE_WITHIN = 10_000;
const LOOK_EVERY = 2_000;
/** RFC 6455 §7.4.1, as registered: try again later. Clients of graphql-transport-ws connect anew. */
const TRY_AGAIN_LATER = 1013;
const TOO_SLOW = 'changes were not taken for too long: go on behind the last one that arrived';
/** Milliseconds that clients get to close their side when the server goes away. */
const GOODBYE_LIMIT = 2_000;

interface Connection extends Record<PropertyKey, unknown> {
  actor: Actor;
  open: Map<string, AbortController>;
  socket: WebSocket;
  /** When a result was last handed over to be sent (`performance.now`). */
  sentAt: number;
}

/** Subscriptions over graphql-transport-ws at `/graphql`; queries and mutations go over HTTP. */
export class SubscriptionServer {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  private readonly actors = new WeakMap<IncomingMessage, Actor>();
  private readonly running = new WeakMap<RequestContext, { ended: AbortController; connection: Connection }>();
  private readonly connections = new Set<Connection>();
  private readonly watch = setInterval(() => this.closeSlow(), LOOK_EVERY).unref();
  private readonly graphql: { dispose(): void | Promise<void> };

  constructor(private readonly options: SubscriptionServerOptions) {
    this.graphql = useServer<Record<string, unknown>, Partial<Connection>>(
      {
        schema: options.schema,
        onConnect: ({ extra }) => {
          const actor = this.actors.get(extra.request);
          if (!actor) return false;
          this.connections.add(Object.assign(extra, { actor, open: new Map(), sentAt: 0 }));
          return true;
        },
        onSubscribe: ({ extra }, id, payload) => this.prepare(extra as Connection, id, payload),
        subscribe: async (args) => {
          const result = await subscribe(args);
          const { ended, connection } = this.running.get(args.contextValue as RequestContext) ?? {};
          if (!(Symbol.asyncIterator in result) || !ended || !connection) return result;
          return new EndableResults(result, {
            sending: () => {
              connection.sentAt = performance.now();
            },
            end: () => ended.abort(),
          });
        },
        onNext: (_context, _id, _payload, { contextValue }, { data = null, errors }) => {
          if (!errors) return undefined;
          const { receipts } = contextValue as RequestContext;
          return { data, errors: receipts.tell(errors.map((error) => this.describe(error))) };
        },
        isProd: true,
        onError: (_context, _id, _payload, errors) => errors.map((error) => this.describe(error)),
        onComplete: ({ extra }, id) => end(extra as Connection, id),
        onDisconnect: ({ extra }) => {
          this.connections.delete(extra as Connection);
          endAll(extra as Connection);
        },
      },
      this.sockets,
      PING_EVERY,
    );
  }

  /** Answers the upgrades of an HTTP server. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      if (request.headers.upgrade?.toLowerCase() === 'websocket') this.upgrade(request, socket, head);
      else answerWithoutUpgrade(server, request, socket, head);
    });
  }

  /** Tells every client that the server goes away; who does not answer is cut off. */
  async close(): Promise<void> {
    clearInterval(this.watch);
    const cutOff = setTimeout(() => {
      for (const client of this.sockets.clients) client.terminate();
    }, GOODBYE_LIMIT);
    try {
      await this.graphql.dispose();
    } finally {
      clearTimeout(cutOff);
    }
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?')[0] !== '/graphql') {
      refuse(socket, '404 Not Found');
      return;
    }
    const admitted = this.options.admit(request);
    if ('refusal' in admitted) {
      refuse(socket, '403 Forbidden');
      return;
    }
    this.actors.set(request, admitted.actor);
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.sockets.emit('connection', webSocket, request);
      // graphql-ws writes such errors to the console as internal ones; ws has told the client by then.
      webSocket.removeAllListeners('error');
      webSocket.on('error', ({ message }) => this.options.logger.warn({ message }, 'a WebSocket connection failed'));
    });
  }

  /** What graphql-ws executes, or the errors that it answers. */
  private prepare(
    connection: Connection,
    id: string,
    {
      query,
      variables,
      operationName,
    }: { query: string; variables?: unknown; operationName?: string | null | undefined },
  ): ExecutionArgs | readonly GraphQLError[] {
    const { schema, validationRules, services, newRequestId } = this.options;
    const { actor, open } = connection;
    if (open.size >= MOST_SUBSCRIPTIONS) {
      const message = `a connection has at most ${MOST_SUBSCRIPTIONS} subscriptions`;
      return [new GraphQLError(message, { extensions: { code: 'TOO_MANY_REQUESTS', retryAfterMs: 0 } })];
    }
    let document: ReturnType<typeof parse>;
    try {
      document = parse(query, { maxTokens: 1_000 });
    } catch (error) {
      if (error instanceof GraphQLError) return [coded(error, 'GRAPHQL_PARSE_FAILED')];
      throw error;
    }
    const conditional = conditionError(document);
    if (conditional) return [conditional];
    const faults = validate(schema, document, [...specifiedRules, ...validationRules]);
    if (faults.length > 0) return faults.map((fault) => coded(fault, 'GRAPHQL_VALIDATION_FAILED'));
    const operation = getOperationAST(document, operationName);
    if (!operation) return [coded(new GraphQLError(noOperation(operationName)), 'BAD_USER_INPUT')];
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
      return [
        coded(
          new GraphQLError('only subscriptions are served here; send queries and mutations by HTTP'),
          'BAD_REQUEST',
        ),
      ];
    }
    const variableValues = (variables ?? {}) as Record<string, unknown>;
    const badVariables = variableErrors(schema, operation, variableValues);
    if (badVariables.length > 0) return badVariables;
    const tooMuch = costError(schema, document, operationName ?? undefined, variableValues);
    if (tooMuch) return [tooMuch];
    const ended = new AbortController();
    open.set(id, ended);
    const contextValue = new RequestContext(services, actor, newRequestId(), ended.signal);
    this.running.set(contextValue, { ended, connection });
    return { schema, document, variableValues, contextValue, ...(operationName && { operationName }) };
  }

  /** Who does not read would otherwise learn of nothing but a connection that broke. */
  private closeSlow(): void {
    for (const connection of this.connections) {
      const { socket, sentAt } = connection;
      if (socket.bufferedAmount === 0 || performance.now() - sentAt < TAKE_WITHIN) continue;
      endAll(connection);
      socket.close(TRY_AGAIN_LATER, TOO_SLOW);
    }
  }

  private describe(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
    const { logger, newRequestId } = this.options;
    const requestId = newRequestId();
    logError(logger, error, requestId);
    const formatted = error instanceof GraphQLError ? error.toJSON() : error;
    const described = describeError(formatted, error);
    const { code } = described.extensions ?? {};
    return code === 'INTERNAL' ? { ...described, extensions: { code, requestId } } : described;
  }
}

function end({ open }: Connection, id: string): void {
  open?.get(id)?.abort();
  open?.delete(id);
}

function endAll(connection: Connection): void {
  for (const id of [...(connection.open?.keys() ?? [])]) end(connection, id);
}

/**
 * The results of one subscription. An error of the log that it follows is the last of them; the connection and its other
 * subscriptions stay. Ending it does not wait for the next result: a generator would finish its pull first.
 */
class EndableResults implements AsyncIterableIterator<ExecutionResult, undefined, undefined> {
  private failed = false;

  constructor(
    private readonly results: AsyncIterableIterator<ExecutionResult>,
    private readonly on: { sending(): void; end(): void },
  ) {}

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    if (this.failed) return DONE;
    try {
      const { done, value } = await this.results.next();
      if (done) return DONE;
      this.on.sending();
      return { done: false, value };
    } catch (error) {
      this.failed = true;
      const told = error instanceof GraphQLError ? error : new GraphQLError('', { originalError: toError(error) });
      return { done: false, value: { errors: [told] } };
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    this.on.end();
    await this.results.return?.();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const DONE = { done: true, value: undefined } as const;

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function coded(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes = null, source = null, positions = null } = error;
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } });
}

/**
 * RFC 9110 §7.8: an offer to speak another protocol may be ignored. Clients make one of HTTP/2 with their first request,
 * and Node hands that over as it came: it is put back without the offer, to be read anew.
 */
function answerWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at] ?? '';
    if (!/^(upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${request.rawHeaders[at + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
