import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Relay, startRelay } from '../stores/relay.ts';
import { type Data, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp();
const page = readFileSync('docs/auditing.md', 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);

test("the queries of docs/auditing.md answer an auditor's questions about the seeded project", async () => {
  await promisify(execFile)(process.execPath, ['scripts/seed-example.mjs', app.url], { timeout: 30_000 });
  const queries = blocks('graphql').filter((query) => !query.startsWith('subscription'));
  expect(queries.length).toBeGreaterThan(4);
  const answers: Data[] = [];
  for (const query of queries)
    answers.push(await app.get(query.replace('2026-11-25T12:00:00Z', new Date().toISOString())));
  const [now, history] = answers;
  expect(now.dataSource.routing).toBe('PROXY');
  expect(history.dataSource.history.nodes.map(({ type }: Data) => type)).toContain('DATA_SOURCE_PROXY_ATTACHED');
  expect(answers.filter((answer) => answer === null)).toEqual([]);
}, 60_000);

interface Change {
  readonly id: string;
  readonly commit: { readonly position: number };
}

interface Shown {
  follow(url: string, project: string, start: object): AsyncGenerator<Change>;
  once(changes: AsyncIterable<Change>): AsyncGenerator<Change>;
}

describe('the code of docs/auditing.md', () => {
  const file = path.resolve('node_modules/.cache', `auditing-${randomUUID()}.mjs`);
  let relay: Relay;
  let url: string;
  let shown: Shown;
  /** Pending while connections are refused. */
  let reopened: Promise<void> = Promise.resolve();

  beforeAll(async () => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, blocks('js').join('\n'));
    shown = (await import(pathToFileURL(file).href)) as Shown;
    const { hostname, port } = new URL(app.url);
    relay = await startRelay({ host: hostname, port: Number(port) });
    url = `ws://127.0.0.1:${relay.port}/graphql`;
    await mutation(app)('createProject', { key: 'watched', name: 'Watched' });
    for (const name of ['a', 'b']) await addBoth(name);
  });
  afterAll(async () => {
    await relay.close();
    await rm(file);
  });

  /** Two commits, of one change and of two. */
  async function addBoth(name: string): Promise<void> {
    const send = mutation(app);
    const { proxyConnection } = await send('createProxyConnection', {
      ...{ projectKey: 'watched', name, type: 'HTTP', host: 'h', port: 1 },
    });
    await send('createDataSource', {
      ...{ projectKey: 'watched', name, baseUrl: 'https://x', connectThroughProxy: true },
      proxyConnectionId: proxyConnection.id,
    });
  }

  /** The whole log's. */
  async function ids(): Promise<string[]> {
    const query = '{ project(key: "watched") { history(first: 100, direction: ASC) { nodes { id } } } }';
    return (await app.get(query)).history.nodes.map(({ id }: Change) => id);
  }

  /** The ids of changes up to the newest. When three are there the connection breaks, and three more are made. */
  async function take(changes: AsyncIterable<Change>): Promise<string[]> {
    const taken: string[] = [];
    let newest: string | undefined;
    for await (const { id } of changes) {
      taken.push(id);
      if (taken.length === 3) {
        let tell: () => void = () => undefined;
        reopened = new Promise((resolve) => {
          tell = resolve;
        });
        await relay.close();
        await addBoth(`behind ${randomUUID()}`);
        newest = (await ids()).at(-1);
        await relay.reopen();
        tell();
      }
      if (id === newest) break;
    }
    return taken;
  }

  /** As a library does that connects anew by itself. */
  async function* byItself(): AsyncGenerator<Change> {
    const client = createClient({
      ...{ url, webSocketImpl: WebSocket, shouldRetry: () => true },
      retryWait: () => reopened,
    });
    const query = 'subscription { changes(projectKey: "watched", afterPosition: 0) { id commit { position } } }';
    try {
      for await (const { data } of client.iterate<{ changes: Change }>({ query })) if (data) yield data.changes;
    } finally {
      await client.dispose();
    }
  }

  test('follows over a connection that breaks: in order, none twice, none missing', async () => {
    expect(await take(shown.follow(url, 'watched', { afterPosition: 0 }))).toEqual(await ids());
    const [first, ...rest] = await ids();
    expect(await take(shown.follow(url, 'watched', { after: first }))).toEqual([...rest, ...(await ids()).slice(-3)]);
  });

  test('ends with what the server refuses', async () => {
    await expect(take(shown.follow(url, 'watched', { after: 'no id' }))).rejects.toThrow(/after/);
  });

  test('drops what a client library repeats that connects anew by itself', async () => {
    const repeated = await take(byItself());
    expect(new Set(repeated).size).toBeLessThan(repeated.length);
    expect(await take(shown.once(byItself()))).toEqual(await ids());
  });
});
