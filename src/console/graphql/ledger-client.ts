import { cacheExchange } from '@urql/exchange-graphcache';
import { Client, fetchExchange } from 'urql';
import type { Session } from '../session/session.ts';
import { KEYS, POSSIBLE_TYPES } from './cache-keys.ts';
import type { Connection } from './connection.ts';
import { errorsAtNulls } from './errors-at-nulls.ts';

/** Asks the API by POST, as whoever the session says, and keeps what it is told by its ids. */
export function ledgerClient(endpoint: URL, session: Session, connection: Connection): Client {
  return new Client({
    url: endpoint.href,
    preferGetMethod: false,
    // What is known is shown at once, and asked about again.
    requestPolicy: 'cache-and-network',
    exchanges: [cacheExchange({ keys: KEYS, possibleTypes: POSSIBLE_TYPES }), errorsAtNulls(), fetchExchange],
    fetch: async (input, init) => {
      const ask = async (isAgain: boolean): Promise<Response> => {
        const authorization = await session.authorization();
        const answer = await fetch(input, {
          ...init,
          headers: headersOf(init, authorization),
          credentials: 'same-origin',
        });
        connection.note({ requests: true });
        const mayBeTaken = answer.status === 401 && (await session.refused(authorization));
        return mayBeTaken && !isAgain ? ask(true) : answer;
      };
      const headersOf = (given: RequestInit | undefined, authorization: string | undefined) => {
        const headers = new Headers(given?.headers);
        const actor = session.actor();
        if (authorization !== undefined) headers.set('authorization', authorization);
        if (actor !== undefined) headers.set('x-actor', bytesOf(actor));
        return headers;
      };
      try {
        return await ask(false);
      } catch (error) {
        if (!init?.signal?.aborted) connection.note({ requests: false });
        throw error;
      }
    },
  });
}

/** A header's value has a character for each byte; the server reads the bytes as UTF-8. */
function bytesOf(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
