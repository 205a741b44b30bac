import { type Client, createClient } from 'graphql-ws/client';
import { stringifyDocument } from 'urql';
import { backoff, pause } from './backoff.ts';
import type { Connection } from './connection.ts';
import { graphql, type ResultOf, type VariablesOf } from './graphql.ts';

const CHANGES = graphql(`
  subscription Changes($projectKey: String!, $after: ID, $afterPosition: Int) {
    changes(projectKey: $projectKey, after: $after, afterPosition: $afterPosition) {
      id
    }
  }
`);

export interface Following {
  /** Of the API, over HTTP. */
  readonly endpoint: URL;
  readonly authorization: () => Promise<string | undefined>;
  readonly connection: Connection;
  /** Something changed; or it may have, while nothing was heard. */
  readonly changed: () => void;
}

/** Milliseconds between two pings, and until a pong must have come: a network that is gone says nothing. */
const PING_EVERY = 10_000;
const PONG_WITHIN = 5_000;
/** Milliseconds after which a subscription that ends was a good one, and the next attempt the first. */
const STEADY = 10_000;

/**
 * Follows what is changed in a project, over a socket; after a break from where it was heard last, so that nothing is missed.
 *
 * @param position up to which it is known already
 * @returns stops it
 */
export function followProject(projectKey: string, position: number, following: Following): () => void {
  const { connection, changed } = following;
  const stop = new AbortController();
  const client = socketClient(following);
  let place: { after?: string; afterPosition?: number } = { afterPosition: position };
  const heard = ({ changes }: ResultOf<typeof CHANGES>) => {
    place = { after: changes.id };
    changed();
  };
  const follow = async () => {
    for (let attempt = 0; !stop.signal.aborted; attempt += 1) {
      const begun = performance.now();
      const end = await subscribed(client, { projectKey, ...place }, heard, stop.signal);
      if (stop.signal.aborted) return;
      if (performance.now() - begun > STEADY) attempt = 0;
      // The server was there, but can not tell from that place: then from now on, and what is shown may be old.
      if (end === 'refused') place = {};
      // A break that ends at once is not worth a word.
      if (end === 'broken' && attempt > 0) connection.note({ changes: false });
      await pause(backoff(attempt), stop.signal);
      // Whoever lets no socket through may still answer requests.
      changed();
    }
  };
  void follow();
  return () => {
    stop.abort();
    void client.dispose();
    connection.note({ changes: true });
  };
}

function socketClient({ endpoint, authorization, connection, changed }: Following): Client {
  const url = new URL(endpoint);
  url.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';
  let isFirst = true;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: url.href,
    // Here it is done again from another place than the first time.
    retryAttempts: 0,
    keepAlive: PING_EVERY,
    connectionParams: async () => {
      const credential = await authorization();
      return credential === undefined ? {} : { authorization: credential };
    },
    on: {
      connected: () => {
        connection.note({ changes: true });
        if (!isFirst) changed();
        isFirst = false;
      },
      ping: (isReceived) => {
        if (!isReceived) silence = setTimeout(() => client.terminate(), PONG_WITHIN);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(silence);
      },
      closed: () => clearTimeout(silence),
    },
  });
  return client;
}

/** How a subscription ended: `refused` by an answer of the API, `broken` with its socket, or else as it should. */
function subscribed(
  client: Client,
  variables: VariablesOf<typeof CHANGES>,
  heard: (data: ResultOf<typeof CHANGES>) => void,
  signal: AbortSignal,
): Promise<'ended' | 'refused' | 'broken'> {
  return new Promise((resolve) => {
    const end = client.subscribe<ResultOf<typeof CHANGES>>(
      { query: stringifyDocument(CHANGES), variables },
      {
        next: ({ data }) => {
          if (data) heard(data);
        },
        error: (error) => resolve(Array.isArray(error) ? 'refused' : 'broken'),
        complete: () => {
          signal.removeEventListener('abort', end);
          resolve('ended');
        },
      },
    );
    // Else it would still be sent over a socket that is being opened, and closed by then.
    signal.addEventListener('abort', end, { once: true });
  });
}
