import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { NotPermittedError } from '../../access/not-permitted.ts';
import type { Actor } from '../../event-sourcing/event.ts';
import { argumentFault, withoutValues } from './error-texts.ts';
import { knownError } from './errors.ts';

/** What the client is told of an error: nothing of what it sent, and of faults of ours nothing but that there is one. */
export function describeError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = unwrapResolverError(error);
  const known = knownError(cause);
  const { path, locations } = formatted;
  const where = { ...(locations && { locations }), ...(path && { path }) };
  if (known) return { message: known.message, ...where, extensions: known.extensions };
  const { code } = formatted.extensions ?? {};
  const isOurs = code === undefined || code === 'INTERNAL_SERVER_ERROR';
  if (isOurs) return { message: 'Internal error', ...where, extensions: { code: 'INTERNAL' } };
  return error instanceof GraphQLError ? { ...formatted, message: withoutValues(formatted, error) } : formatted;
}

/** What an error came of. */
export interface ErrorOrigin {
  readonly requestId: string;
  /** Absent: nobody's request was carried out yet. */
  readonly actor?: Actor;
}

/** Logs what the client is not told, under the request's id that it is; of what was not permitted, to whom. */
export function logError(logger: Logger, error: unknown, { requestId, actor }: ErrorOrigin): void {
  const cause = unwrapResolverError(error);
  if (cause instanceof NotPermittedError) {
    logger.warn({ requestId, actor: actor?.id, right: cause.right }, 'a request was not permitted');
  } else if (knownError(cause)) logger.warn({ requestId, err: cause }, 'a request could not be answered');
  else if (!(cause instanceof GraphQLError)) logger.error({ requestId, err: cause }, 'Internal error');
  else if (cause.extensions.code === undefined || cause.extensions.code === 'INTERNAL_SERVER_ERROR') {
    // graphql-js quotes values in some of its messages.
    const fault = / has invalid value | cannot represent /.test(cause.message) ? argumentFault(cause) : cause.message;
    logger.error({ requestId, path: cause.path, fault }, 'Internal error');
  }
}
