import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyPluginAsync } from 'fastify';
import { GraphQLError, type GraphQLSchema, Kind, type ValidationRule } from 'graphql';
import type { Logger } from 'pino';
import { RequestContext, type Services } from './context.ts';
import { describeError, logError } from './describe-error.ts';
import { countLiveFields, MOST_LIVE_FIELDS } from './live-fields.ts';
import { costError } from './query-cost.ts';
import { MOST_TOKENS } from './query-limits.ts';
import { variableErrors } from './variables.ts';

export interface ApiServer {
  /** Registers `/graphql`, GET and POST. Its requests must have `id` and `actor`. */
  readonly routes: FastifyPluginAsync;
  stop(): Promise<void>;
}

/** The schema over HTTP: limits, masked errors, and nothing of what was sent in any message or log line. */
export async function createApiServer(
  schema: GraphQLSchema,
  services: Services,
  limits: readonly ValidationRule[],
  logger: Logger,
): Promise<ApiServer> {
  const server = new ApolloServer<RequestContext>({
    schema,
    introspection: true,
    csrfPrevention: true,
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
  return {
    routes: async (app) => {
      app.route({
        method: ['GET', 'POST', 'OPTIONS'],
        url: '/graphql',
        handler: fastifyApolloHandler(server, {
          context: async (request, reply) => {
            const gone = new AbortController();
            reply.raw.once('close', () => {
              if (!reply.raw.writableFinished) gone.abort();
            });
            return new RequestContext(services, request.actor, request.id, gone.signal);
          },
        }),
      });
    },
    stop: () => server.stop(),
  };
}

function requestRules(schema: GraphQLSchema, logger: Logger): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation, document }) {
          if (!operation) return;
          const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
          if (countLiveFields(operation, fragments) <= MOST_LIVE_FIELDS) return;
          const message = `a request has at most ${MOST_LIVE_FIELDS} fields that send live traffic`;
          throw new GraphQLError(message, { extensions: { code: 'TOO_MANY_REQUESTS', retryAfterMs: 0 } });
        },
        async responseForOperation({ request, operation, document }) {
          const variables = request.variables ?? {};
          const errors = variableErrors(schema, operation, variables);
          if (errors.length === 0) {
            const tooMuch = costError(schema, document, request.operationName, variables);
            if (!tooMuch) return null;
            errors.push(tooMuch);
          }
          return {
            http: { status: 400, headers: new HeaderMap() },
            body: { kind: 'single', singleResult: { errors: errors.map((error) => error.toJSON()) } },
          };
        },
        async didEncounterErrors({ errors, contextValue }) {
          for (const error of errors) logError(logger, error, contextValue.requestId);
        },
        async willSendResponse({ request, response, contextValue }) {
          if (response.body.kind !== 'single') return;
          const { errors, data } = response.body.singleResult;
          for (const { extensions } of errors ?? []) {
            if (extensions?.code === 'INTERNAL') Object.assign(extensions, { requestId: contextValue.requestId });
          }
          // GraphQL over HTTP §6.4.1: with application/json, a well-formed request is answered with 200.
          const isWellFormed = errors?.every(({ extensions }) => extensions?.code !== 'BAD_REQUEST');
          const isJson = prefersJson(request.http?.headers.get('accept') ?? '*/*');
          if (isWellFormed && data === undefined && response.http.status === 400 && isJson) response.http.status = 200;
        },
      };
    },
  };
}

/** Whether of the two media types for answers `application/json` is the one to be sent (RFC 9110 §12.5.1). */
function prefersJson(accept: string): boolean {
  const quality = (type: string): number => {
    const offers = accept.split(',').map((item) => item.split(';').map((part) => part.trim().toLowerCase()));
    const matching = offers.filter(([range = '']) => range === type || range === 'application/*' || range === '*/*');
    return Math.max(
      0,
      ...matching.map(([, ...more]) => Number(more.find((part) => part.startsWith('q='))?.slice(2) ?? 1)),
    );
  };
  return quality('application/json') >= quality('application/graphql-response+json');
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
