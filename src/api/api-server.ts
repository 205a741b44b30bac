import { ApolloServer, type ApolloServerPlugin, type GraphQLRequest, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyPluginAsync } from 'fastify';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  type ValidationRule,
} from 'graphql';
import type { Logger } from 'pino';
import type { Soon } from '../words/after.ts';
import { type AnswerType, asksForEvents, chooseAnswerType } from './answer-type.ts';
import { RequestContext, type Services } from './context.ts';
import type { PreparedOperations } from './execution/prepared-operations.ts';
import { HttpClient } from './http-client.ts';
import { chooseOperation, documentError, operationErrors } from './operation-errors.ts';
import { type Asked, PreparedRoute } from './prepared-route.ts';
import { revalidated } from './revalidation.ts';
import { describeError, logError } from './toolkit/describe-error.ts';
import { badUserInput } from './toolkit/errors.ts';
import { MOST_TOKENS } from './toolkit/query-limits.ts';

export interface ApiServer {
  /** Registers `/graphql`, GET and POST. Its requests must have `id` and `identity`. */
  readonly routes: FastifyPluginAsync;
  /** Answers what is prepared, when it came by POST. */
  readonly quick: QuickApi;
  stop(): Promise<void>;
}

const PATH = '/graphql';

function mediaType(type: AnswerType): string {
  return `${type}; charset=utf-8`;
}

/** What needs no more than who asks and what. */
export interface QuickApi {
  readonly path: string;
  /** The media type of an answer; undefined: the client takes none. */
  typeFor(accept: string | undefined): string | undefined;
  /** The answer's body; undefined: Apollo Server has to give it. */
  answer(body: unknown, asked: Asked): Soon<string | Buffer> | undefined;
}

/** The schema over HTTP: limits, masked errors, and nothing of what was sent in any message or log line. */
export async function createApiServer(
  schema: GraphQLSchema,
  services: Services,
  limits: readonly ValidationRule[],
  operations: PreparedOperations,
  logger: Logger,
): Promise<ApiServer> {
  const server = new ApolloServer<RequestContext>({
    schema,
    introspection: true,
    // Our own rule is the HTTP face's: this one refuses what a client sends that follows the specification.
    csrfPrevention: false,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MOST_TOKENS },
    validationRules: [...limits],
    formatError: describeError,
    logger: silent,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      requestRules(schema, logger),
    ],
  });
  await server.start();
  const apollo = fastifyApolloHandler(server, {
    context: async (request, reply) => {
      return new RequestContext(services, request.identity, request.id, new HttpClient(reply.raw));
    },
  });
  const prepared = new PreparedRoute({ operations, services, logger });
  return {
    quick: {
      path: PATH,
      typeFor(accept) {
        const type = chooseAnswerType(accept);
        return type && mediaType(type);
      },
      answer(body, asked) {
        const ready = prepared.ready({ method: 'POST', body });
        return ready && prepared.answer(ready, asked);
      },
    },
    routes: async (app) => {
      app.addHook('onSend', (request, reply, payload: unknown, done) => {
        const type = mediaType(chooseAnswerType(request.headers.accept) ?? 'application/json');
        reply.type(type);
        const isWhole = typeof payload === 'string' || payload instanceof Buffer;
        done(null, isWhole ? revalidated(request, reply, payload, type) : payload);
      });
      app.route({
        method: ['GET', 'POST', 'OPTIONS'],
        url: PATH,
        onRequest: ({ headers: { accept } }, reply, done) => {
          // Before anything is executed: a mutation is not carried out for a client that can't read what it answers.
          if (chooseAnswerType(accept) === undefined) reply.code(406).send(notAcceptable(accept));
          else done();
        },
        handler: (request, reply) => {
          const ready = prepared.ready(request);
          if (!ready) return apollo.call(app, request, reply);
          const { identity, id } = request;
          return prepared.answer(ready, { identity, id, response: reply.raw });
        },
      });
    },
    stop: () => server.stop(),
  };
}

function requestRules(schema: GraphQLSchema, logger: Logger): ApolloServerPlugin<RequestContext> {
  return {
    async unexpectedErrorProcessingRequest({ requestContext, error }) {
      logError(logger, error, requestContext.contextValue);
    },
    async requestDidStart({ request: { operationName }, request }) {
      // GraphQL over HTTP, "GET": the empty name is none.
      if (operationName === '') Object.assign(request, { operationName: undefined });
      return {
        async validationDidStart(context) {
          // What is thrown here would be a fault of the server; what it finds in the document's place is refused below.
          const error = documentError(context.document);
          if (error) Object.assign(context, { document: standInFor(error) });
        },
        async responseForOperation({ request, document }) {
          const errors = requestErrors(schema, document, request);
          if (errors.length === 0) return null;
          return {
            http: { status: 400, headers: new HeaderMap() },
            body: { kind: 'single', singleResult: { errors: errors.map((error) => error.toJSON()) } },
          };
        },
        async didEncounterErrors({ errors, contextValue }) {
          for (const error of errors) logError(logger, error, contextValue);
        },
        async willSendResponse({ request, response, contextValue }) {
          if (response.body.kind !== 'single') return;
          const { singleResult } = response.body;
          const { refusal } = contextValue.answer;
          if (refusal) Object.assign(singleResult, { data: null, errors: [refusal.toJSON()] });
          if (singleResult.errors) {
            Object.assign(singleResult, { errors: contextValue.receipts.tell(singleResult.errors) });
          }
          const { errors, data } = singleResult;
          for (const { extensions } of errors ?? []) {
            if (extensions?.code === 'INTERNAL') Object.assign(extensions, { requestId: contextValue.requestId });
          }
          // GraphQL over HTTP, "Status Codes": under application/json, a well-formed request is answered with 200.
          const isWellFormed = errors?.every(({ extensions }) => extensions?.code !== 'BAD_REQUEST');
          const isRequestError = data === undefined && response.http.status === 400;
          const isJson = chooseAnswerType(request.http?.headers.get('accept')) === 'application/json';
          if (isWellFormed && isRequestError && isJson) response.http.status = 200;
        },
      };
    },
  };
}

/** Why documents were refused, by what stands for them; Apollo keeps that for when they come again. */
const refused = new WeakMap<DocumentNode, GraphQLError>();

/** A document that the rules of validation can be asked of. */
function standInFor(error: GraphQLError): DocumentNode {
  const document = parse('{ __typename }');
  refused.set(document, error);
  return document;
}

/** Why a request is not executed, as far as that can be told before. */
function requestErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  request: Pick<GraphQLRequest, 'operationName' | 'variables'>,
): readonly GraphQLError[] {
  const error = refused.get(document);
  if (error) return [error];
  const operation = chooseOperation(document, request);
  if (operation instanceof GraphQLError) return [operation];
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    return [badUserInput(`${OVER_WEBSOCKET}, not over HTTP`)];
  }
  return operationErrors(schema, document, operation, request);
}

/** What a client is told that takes neither media type of answers. */
function notAcceptable(accept: string | undefined): object {
  const message = asksForEvents(accept)
    ? `${OVER_WEBSOCKET}, not as server-sent events`
    : 'answers are application/json or application/graphql-response+json';
  return { errors: [{ message, extensions: { code: 'NOT_ACCEPTABLE' } }] };
}

const OVER_WEBSOCKET = 'subscriptions are served at this path over WebSocket (graphql-transport-ws)';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
