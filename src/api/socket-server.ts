import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  OperationTypeNode,
  type ValidationRule,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Credentials, Identity } from '../access/identity.ts';
import { mayRead, RequestContext, type Services } from './context.ts';
import { EventResults, type SubscriptionArgs } from './event-results.ts';
import type { PreparedOperations, Ready } from './execution/prepared-operations.ts';
import { operationErrors } from './operation-errors.ts';
import { OperationResults, resultOf, unexpected } from './operation-results.ts';
import { readOperation } from './read-operation.ts';
import { type Admitted, type GuestBounds, SocketGuests } from './socket-guests.ts';
import {
  answerWithoutUpgrade,
  chooseSubprotocol,
  isTurnedAway,
  refuseUpgrade,
  TellingWebSocket,
  type UpgradeRefusal,
} from './socket-upgrade.ts';
import { wholeOrRefused } from './toolkit/answer-size.ts';
import { describeError, type ErrorOrigin, logError } from './toolkit/describe-error.ts';

export interface SocketServerOptions extends GuestBounds {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly logger: Logger;
  /** Shared with the server over HTTP. */
  readonly prepared: PreparedOperations;
  /** Limits, beside the rules of the specification. */
  readonly validationRules: readonly ValidationRule[];
  /** Who is asking, or what they brought to be checked, or why the connection is refused. */
  readonly admit: (request: IncomingMessage) => Admitted | { readonly refusal: UpgradeRefusal };
  /** Checks what clients bring, in the header or as `authorization` in the payload of `connection_init`. */
  readonly credentials?: Credentials | undefined;
  /** What one identity may have on this server; left out: no limit. */
  readonly perIdentity?: { readonly sockets: number; readonly subscriptions: number } | undefined;
  readonly newRequestId: () => string;
  /** Bytes of a client's message. */
  readonly largestMessage: number;
  /** Of one connection, at the same time. */
  readonly mostSubscriptions: number;
  /** Milliseconds that a client gets to take what it was sent, before its connection is closed. Default 10,000. */
  readonly takeWithinMs?: number;
}

/** Queries and mutations of one connection, at the same time. */
const MOST_REQUESTS = 1_000;
/** Milliseconds between pings; who has not answered the last one is cut off, and so is who does not read. */
const PING_EVERY = 12_000;
/** RFC 6455 §7.4.1, as registered: try again later. Clients of graphql-transport-ws connect anew. */
const TRY_AGAIN_LATER = 1013;
const TOO_SLOW = 'changes were not taken for too long: go on behind the last one that arrived';
/** Milliseconds that queries and mutations get to finish when the server goes away. */
const DRAIN_LIMIT = 10_000;
/** Milliseconds that clients then get to close their side. */
const GOODBYE_LIMIT = 2_000;

/** Operations that are under way, by what ends their work. */
type UnderWay = Map<AbortController, RequestContext>;

interface Connection extends Record<PropertyKey, unknown> {
  identity: Identity;
  subscriptions: UnderWay;
  /** Queries and mutations. */
  requests: UnderWay;
  socket: WebSocket;
  /** When a result was last handed over to be sent (`performance.now`). */
  sentAt: number;
}

/** One operation while it is under way. */
interface Operation {
  readonly connection: Connection;
  readonly among: UnderWay;
  readonly ended: AbortController;
  /** Counts it no more among those of its identity. */
  readonly letGo: () => void;
  /** Undefined: graphql-js executes it. */
  readonly ready: Ready | undefined;
}

/** Queries, mutations and subscriptions over graphql-transport-ws at `/graphql`, by the rules that hold over HTTP. */
export class SocketServer {
  private readonly sockets: WebSocketServer;
  private readonly guests: SocketGuests;
  private readonly prepared: PreparedOperations;
  private readonly operations = new WeakMap<object, Operation>();
  private readonly connections = new Set<Connection>();
  private readonly events = new EventResults();
  private readonly watch: NodeJS.Timeout;
  private readonly graphql: { dispose(): void | Promise<void> };
  private isClosing = false;
  /** Told when a query or mutation is over. */
  private onOver: () => void = () => undefined;

  constructor(private readonly options: SocketServerOptions) {
    const { takeWithinMs = 10_000 } = options;
    this.watch = setInterval(() => this.closeSlow(takeWithinMs), takeWithinMs / 5).unref();
    this.prepared = options.prepared;
    this.guests = new SocketGuests({
      ...options,
      most: options.perIdentity,
      mayRead: (identity, project) => mayRead(options.services, identity, project),
      failed: (err) => options.logger.warn({ err }, 'it could not be looked who is still let in'),
    });
    this.sockets = new WebSocketServer({
      noServer: true,
      maxPayload: options.largestMessage,
      WebSocket: TellingWebSocket,
      // Messages that came together are read one by one, and others get their turn between them.
      allowSynchronousEvents: false,
    });
    this.graphql = useServer<Record<string, unknown>, Partial<Connection>>(
      {
        schema: options.schema,
        onConnect: async ({ connectionParams, extra }) => {
          const { socket, request } = extra;
          const subscriptions: UnderWay = new Map();
          const followed = () => [...subscriptions.values()].flatMap(({ follows }) => follows ?? []);
          const identity = await this.guests.welcome(socket, request, connectionParams?.authorization, followed);
          if (!identity) return false;
          const state = { identity, subscriptions, requests: new Map(), sentAt: 0 };
          this.connections.add(Object.assign(extra, state) as Connection);
          return true;
        },
        onSubscribe: ({ extra }, _id, payload) => {
          try {
            return this.prepare(extra as Connection, payload);
          } catch (error) {
            return [unexpected(error)];
          }
        },
        execute: (args) =>
          this.resultsOf(
            args,
            resultOf(async () =>
              wholeOrRefused(await this.execute(args), (args.contextValue as RequestContext).answer),
            ),
          ),
        subscribe: async (args) => {
          const events = await this.events
            .subscribe(args as SubscriptionArgs)
            .catch((error: unknown) => ({ errors: [unexpected(error)] }));
          if (Symbol.asyncIterator in events) return this.resultsOf(args, events);
          return this.resultsOf(
            args,
            resultOf(() => events),
          );
        },
        onNext: (_context, _id, _payload, { contextValue }, { data = null, errors }) => {
          if (!errors) return undefined;
          const context = contextValue as RequestContext;
          return { data, errors: context.receipts.tell(errors.map((error) => this.describe(error, context))) };
        },
        isProd: true,
        onError: (_context, _id, _payload, errors) => {
          const origin = { requestId: this.options.newRequestId() };
          return errors.map((error) => this.describe(error, origin));
        },
        onDisconnect: ({ extra }) => {
          this.connections.delete(extra as Connection);
          this.endAll(extra as Connection);
        },
      },
      this.sockets,
      PING_EVERY,
    );
    // graphql-ws has put its own there.
    this.sockets.options.handleProtocols = chooseSubprotocol;
  }

  /** Answers the upgrades of an HTTP server. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      if (request.headers.upgrade?.toLowerCase() === 'websocket') this.upgrade(request, socket, head);
      else answerWithoutUpgrade(server, request, socket, head);
    });
  }

  /**
   * Takes no more operations, finishes the queries and mutations under way, and tells every client that the server goes
   * away; who does not answer is cut off.
   */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.drained();
    clearInterval(this.watch);
    this.guests.stop();
    const cutOff = setTimeout(() => {
      for (const client of this.sockets.clients) client.terminate();
    }, GOODBYE_LIMIT);
    try {
      await this.graphql.dispose();
    } finally {
      clearTimeout(cutOff);
    }
  }

  /** Resolves when all answers are sent, or when that took too long. */
  private drained(): Promise<void> {
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, DRAIN_LIMIT);
      this.onOver = () => {
        if ([...this.connections].some(({ requests }) => requests.size > 0)) return;
        clearTimeout(limit);
        // The last word of an operation is sent behind its end.
        setImmediate(resolve);
      };
      this.onOver();
    });
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?')[0] !== '/graphql') {
      refuseUpgrade(socket, {
        statusCode: 404,
        code: 'NOT_FOUND',
        message: 'WebSockets are served at /graphql alone.',
      });
      return;
    }
    const admitted = this.options.admit(request);
    if ('refusal' in admitted) {
      refuseUpgrade(socket, admitted.refusal);
      return;
    }
    this.guests.note(request, admitted);
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const warn = ({ message }: Error) => this.options.logger.warn({ message }, 'a WebSocket connection failed');
      this.guests.awaits(webSocket, socket);
      if (!isTurnedAway(webSocket)) {
        this.sockets.emit('connection', webSocket, request);
        // graphql-ws writes such errors to the console as internal ones; ws has told the client by then.
        webSocket.removeAllListeners('error');
      }
      webSocket.on('error', warn);
    });
  }

  /** What graphql-ws executes, or the errors that it answers. */
  private prepare(
    connection: Connection,
    { query, variables, operationName: name }: SubscribePayload,
  ): ExecutionArgs | readonly GraphQLError[] {
    const { schema, validationRules, services, newRequestId, mostSubscriptions } = this.options;
    // A client may send on behind a goodbye. What it is answered then is not sent.
    if (this.isClosing || connection.socket.readyState !== connection.socket.OPEN) {
      return [new GraphQLError('the server is going away: connect anew', { extensions: { code: 'GOING_AWAY' } })];
    }
    const operationName = name || undefined;
    const ready = this.prepared.find(query, operationName, variables ?? {});
    const read = ready ?? readOperation(schema, validationRules, { query, operationName });
    if (!('document' in read)) return read;
    const isSubscription = 'operation' in read && read.operation.operation === OperationTypeNode.SUBSCRIPTION;
    if (isSubscription && connection.subscriptions.size >= mostSubscriptions) {
      return [tooMany(`a connection has at most ${mostSubscriptions} subscriptions`)];
    }
    if (!isSubscription && connection.requests.size >= MOST_REQUESTS) {
      return [tooMany(`a connection has at most ${MOST_REQUESTS} queries and mutations under way`)];
    }
    if ('operation' in read) {
      const errors = operationErrors(schema, read.document, read.operation, { operationName, variables });
      if (errors.length > 0) return errors;
    }
    const letGo = isSubscription ? this.guests.takeSubscription(connection.identity) : () => undefined;
    if (!letGo) return [tooMany(`an identity has at most ${this.guests.mostSubscriptions} subscriptions`)];
    const ended = new AbortController();
    const among = isSubscription ? connection.subscriptions : connection.requests;
    const contextValue = new RequestContext(services, connection.identity, newRequestId(), ended);
    among.set(ended, contextValue);
    this.operations.set(contextValue, { connection, among, ended, letGo, ready });
    const { document } = read;
    return { schema, document, variableValues: variables ?? {}, contextValue, ...(operationName && { operationName }) };
  }

  private execute(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> {
    const context = args.contextValue as RequestContext;
    return this.operations.get(context)?.ready?.execute(context) ?? execute(args);
  }

  /** The results of an operation as graphql-ws takes them, whatever its kind: one that can be left. */
  private resultsOf({ contextValue }: ExecutionArgs, source: AsyncIterator<ExecutionResult>): OperationResults {
    const operation = this.operations.get(contextValue as RequestContext);
    if (!operation) throw new Error('the operation was not prepared');
    const { connection, among, ended, letGo } = operation;
    return new OperationResults(source, {
      sending: () => {
        connection.sentAt = performance.now();
      },
      over: () => {
        ended.abort();
        among.delete(ended);
        letGo();
        this.onOver();
      },
    });
  }

  /** Who does not read would otherwise learn of nothing but a connection that broke. */
  private closeSlow(takeWithinMs: number): void {
    for (const connection of this.connections) {
      const { socket, sentAt } = connection;
      if (socket.bufferedAmount === 0 || performance.now() - sentAt < takeWithinMs) continue;
      this.endAll(connection);
      socket.close(TRY_AGAIN_LATER, TOO_SLOW);
    }
  }

  private endAll({ subscriptions, requests }: Connection): void {
    for (const [ended, context] of [...subscriptions, ...requests]) {
      ended.abort();
      // What was not begun yet has no end that would tell.
      this.operations.get(context)?.letGo();
    }
  }

  private describe(error: GraphQLError | GraphQLFormattedError, origin: ErrorOrigin): GraphQLFormattedError {
    logError(this.options.logger, error, origin);
    const formatted = error instanceof GraphQLError ? error.toJSON() : error;
    const described = describeError(formatted, error);
    const { code } = described.extensions ?? {};
    return code === 'INTERNAL' ? { ...described, extensions: { code, requestId: origin.requestId } } : described;
  }
}

function tooMany(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'TOO_MANY_REQUESTS', retryAfterMs: 0 } });
}
