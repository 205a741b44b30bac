import type { CombinedError } from 'urql';

/** Why there is no answer, or not a whole one. */
export interface Failure {
  /** The server's words, or ours where it was not reached. */
  readonly message: string;
  /** The server's: OUTCOME_UNKNOWN, FORBIDDEN, …; NOT_REACHED where nothing came back. */
  readonly code: string;
  /** To find the request in the server's log; undefined where nothing came back. */
  readonly requestId: string | undefined;
}

export function failureOf({ networkError, graphQLErrors, response }: CombinedError): Failure {
  const requestId = (response as Response | undefined)?.headers?.get('x-request-id') ?? undefined;
  const [error] = graphQLErrors;
  if (error) {
    const { code, requestId: told } = error.extensions;
    const messages = [...new Set(graphQLErrors.map(({ message }) => message))];
    return {
      message: messages.join('\n'),
      code: typeof code === 'string' ? code : 'INTERNAL',
      requestId: typeof told === 'string' ? told : requestId,
    };
  }
  if (requestId !== undefined) return { message: networkError?.message ?? '', code: 'INTERNAL', requestId };
  return { message: 'The server was not reached.', code: 'NOT_REACHED', requestId };
}
