import type { Logger } from 'pino';
import { StoreUnavailableError } from '../event-sourcing/event-store.ts';

/** What the HTTP face itself refuses, before or beside GraphQL. */
export type HttpFaultCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'TOO_MANY_REQUESTS'
  | 'STORE_UNAVAILABLE'
  | 'GOING_AWAY'
  | 'INTERNAL';

/** A refusal with its HTTP status. The message goes to the client: it must not quote what the client sent. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  readonly statusCode: number;
  readonly code: HttpFaultCode;

  constructor(
    statusCode: number,
    code: HttpFaultCode,
    message: string,
    /** Of the answer. */
    readonly headers: Readonly<Record<string, string>> = {},
    /** Milliseconds after which it may be tried again. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }
}

export interface GraphqlErrorBody {
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: {
      readonly code: HttpFaultCode;
      readonly requestId?: string;
      readonly retryAfterMs?: number;
    };
  }[];
}

/** In the form of a GraphQL answer, so that a client has one kind of error to read. */
export function graphqlErrorBody(
  code: HttpFaultCode,
  message: string,
  more: { readonly requestId?: string; readonly retryAfterMs?: number } = {},
): GraphqlErrorBody {
  return { errors: [{ message, extensions: { code, ...more } }] };
}

/** As the answer to a request. */
export function refusalBody({ code, message, retryAfterMs }: HttpFault): GraphqlErrorBody {
  return graphqlErrorBody(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** How a request is answered that failed. */
export interface FaultAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: GraphqlErrorBody;
}

/** Logs what is a fault of ours. */
export function faultAnswer(error: unknown, requestId: string, logger: Pick<Logger, 'error'>): FaultAnswer {
  const refusal = asRefusal(error);
  if (refusal) return { statusCode: refusal.statusCode, headers: refusal.headers, body: refusalBody(refusal) };
  logger.error({ err: error, requestId }, 'a request failed');
  return { statusCode: 500, headers: {}, body: graphqlErrorBody('INTERNAL', 'Internal error', { requestId }) };
}

/** What fastify threw, as a refusal without its words, which may quote the request; undefined for a fault of ours. */
export function asRefusal(error: unknown): HttpFault | undefined {
  if (error instanceof HttpFault) return error;
  if (error instanceof StoreUnavailableError) {
    return new HttpFault(503, 'STORE_UNAVAILABLE', 'the event store is not available');
  }
  const { code, statusCode } = fieldsOf(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new HttpFault(413, 'PAYLOAD_TOO_LARGE', 'The request body is larger than 2 MiB.');
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new HttpFault(415, 'UNSUPPORTED_MEDIA_TYPE', 'The Content-Type must be application/json.');
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new HttpFault(statusCode, 'BAD_USER_INPUT', 'The request is not a valid HTTP request.');
  }
  return undefined;
}

function fieldsOf(error: unknown): { code?: unknown; statusCode?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
