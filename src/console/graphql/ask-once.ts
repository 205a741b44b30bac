import {
  type AnyVariables,
  type Client,
  CombinedError,
  createRequest,
  stringifyDocument,
  type TypedDocumentNode,
} from 'urql';
import { type Failure, failureOf } from './failure.ts';

export type Answer<Data> =
  | { readonly data: Data; readonly failure?: undefined }
  | { readonly data?: undefined; readonly failure: Failure };

/**
 * Asks beside the cache, which would keep what was asked, and that may hold a secret, and what was answered, once and again.
 *
 * @param signal gives the question up: the request is aborted, upon which the server ends what it does for it. Rejects with
 *   the signal's reason then
 */
export async function askOnce<Data, Variables extends AnyVariables>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  signal: AbortSignal,
): Promise<Answer<Data>> {
  const { url, fetch: send = fetch } = client.createRequestOperation(
    'mutation',
    createRequest(document, variables),
  ).context;
  let response: Response | undefined;
  try {
    response = await send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
      body: JSON.stringify({ query: stringifyDocument(document), variables }),
      signal,
    });
    const { data, errors } = (await response.json()) as Told<Data>;
    if (data && errors === undefined) return { data };
    return { failure: failureOf(new CombinedError({ graphQLErrors: errors ?? [], response })) };
  } catch (error) {
    signal.throwIfAborted();
    const networkError = error instanceof Error ? error : new Error(String(error));
    return { failure: failureOf(new CombinedError({ networkError, response })) };
  }
}

interface Told<Data> {
  readonly data?: Data | null;
  readonly errors?: { readonly message: string }[];
}
