import { randomBytes } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Data, mutation, startTestApp, type TestApp } from '../support/app.ts';
import { findMongo } from '../support/mongo.ts';

const RECONNECTS = Number(process.env.ROUNDS ?? 200);
const WRITERS = 16;

const mongo = await findMongo();
afterAll(() => ('skipped' in mongo ? undefined : mongo.stop()));

/** Takes so many changes behind the last one seen, then cuts the connection without a word. */
async function take(app: TestApp, start: string, count: number): Promise<string[]> {
  const sockets: WebSocket[] = [];
  class Socket extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols);
      sockets.push(this);
    }
  }
  const client = createClient({ url: app.url.replace('http', 'ws'), webSocketImpl: Socket, retryAttempts: 0 });
  const seen: string[] = [];
  const query = `subscription { changes(projectKey: "feed"${start}) { id commit { position } } }`;
  await new Promise<void>((resolve, reject) => {
    client.subscribe<Data>(
      { query },
      {
        next: ({ data, errors }) => {
          if (errors) reject(new Error(JSON.stringify(errors)));
          else if (seen.length < count) seen.push(data.changes.id);
          if (seen.length === count) {
            for (const socket of sockets) socket.terminate();
            resolve();
          }
        },
        error: (error) => (seen.length < count ? reject(error) : resolve()),
        complete: () => resolve(),
      },
    );
  });
  return seen;
}

interface Writing {
  readonly pauseMs: number;
  /** Of each writer. */
  readonly most: number;
}

async function followThrough(apps: readonly TestApp[], reconnects: number, { pauseMs, most }: Writing): Promise<void> {
  const [first] = apps;
  if (!first) throw new Error('there is no node');
  const sends = apps.map(mutation);
  await sends[0]?.('createProject', { key: 'feed', name: 'Feed' });
  let reading = true;
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let count = 0; reading && count < most; count += 1) {
      const input = { projectKey: 'feed', name: `w${writer} ${count}`, type: 'HTTP', host: 'h', port: 1 };
      await sends[(writer + count) % sends.length]?.('createProxyConnection', input);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  });
  const seen: string[] = [];
  for (let round = 0; round < reconnects; round += 1) {
    const start = seen.length === 0 ? ', afterPosition: 0' : `, after: "${seen.at(-1)}"`;
    seen.push(...(await take(apps[round % apps.length] ?? first, start, 1 + ((round * 7) % 5))));
  }
  reading = false;
  await Promise.all(writers);
  const log: string[] = [];
  for (let after = ''; log.length < seen.length; ) {
    const { history } = await first.get(
      `{ project(key: "feed") { history(first: 100, direction: ASC${after}) { nodes { id } pageInfo { endCursor } } } }`,
    );
    log.push(...history.nodes.map(({ id }: Data) => id));
    after = `, after: "${history.pageInfo.endCursor}"`;
  }
  expect(seen).toEqual(log.slice(0, seen.length));
}

describe('a subscriber that is cut off again and again under 16 writers', () => {
  test('ends with exactly the log', async () => {
    await followThrough([await startTestApp()], RECONNECTS, { pauseMs: 20, most: 400 });
  }, 200_000);

  const onMongo = 'skipped' in mongo ? test.skip : test;
  const where = 'skipped' in mongo ? `two nodes (skipped: ${mongo.skipped})` : `two nodes on ${mongo.kind}`;
  onMongo(
    `ends with exactly the log, now on one and now on the other of ${where}`,
    async () => {
      const env = {
        MONGODB_URL: 'url' in mongo ? mongo.url : '',
        SECRETS_KEYS: `k:${randomBytes(32).toString('base64')}`,
      };
      // Three changes are taken by each reconnect, as a mean. FerretDB scans on every read: its logs are to stay short.
      const most = Math.ceil((4 * RECONNECTS) / WRITERS);
      await followThrough([await startTestApp(env), await startTestApp(env)], RECONNECTS, { pauseMs: 300, most });
    },
    200_000,
  );
});
