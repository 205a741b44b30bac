import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainHash, GENESIS_HASH } from '../../src/event-sourcing/event.ts';
import { openMongo } from '../../src/stores/mongodb/open-mongo.ts';
import { openSqlite } from '../../src/stores/sqlite/open-sqlite.ts';
import { findMongo, type TestMongo } from '../support/mongo.ts';
import { Server } from './server.ts';

const CLIENTS = 16;
const ROUNDS = Number(process.env.ROUNDS ?? 6);

const CREATE = `mutation($input: CreateProxyConnectionInput!) { createProxyConnection(input: $input) {
  proxyConnection { id } commit { position hash } userErrors { code } } }`;

interface Sent {
  readonly acknowledged: { readonly input: object; readonly name: string; readonly answer: unknown }[];
  /** Nobody knows what became of these. */
  readonly unanswered: { readonly input: object; readonly name: string }[];
}

/** Each client creates proxies, some of them by a name that all want, until the server is gone. */
async function write(server: Server, round: number, client: number, { acknowledged, unanswered }: Sent): Promise<void> {
  for (let count = 0; count < 500; count += 1) {
    const name = count % 5 === 0 ? `wanted ${round} ${count}` : `${round} ${client} ${count}`;
    const input = { projectKey: 'kill', name, type: 'HTTP', host: 'h', port: 1, idempotencyKey: randomUUID() };
    try {
      const { data } = await server.ask(CREATE, { input });
      if (data?.createProxyConnection?.commit) acknowledged.push({ input, name, answer: data.createProxyConnection });
    } catch {
      // The server was killed under the request.
      unanswered.push({ input, name });
      return;
    }
  }
}

async function rounds(
  env: Readonly<Record<string, string>>,
  openStore: () => ReturnType<typeof openMongo> | ReturnType<typeof openSqlite>,
) {
  const sent: Sent = { acknowledged: [], unanswered: [] };
  const { acknowledged, unanswered } = sent;
  for (let round = 0; round < ROUNDS; round += 1) {
    const server = await Server.start(env);
    await server.ask('mutation { createProject(input: { key: "kill", name: "Kill" }) { commit { position } } }', {});
    const before = acknowledged.length;
    const clients = Array.from({ length: CLIENTS }, (_, client) => write(server, round, client, sent));
    for (let waits = 0; acknowledged.length < before + 20 + round * 13 && waits < 500; waits += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await server.kill();
    await Promise.all(clients);
  }
  expect(acknowledged.length).toBeGreaterThan(ROUNDS * 10);
  expect(unanswered.length).toBeGreaterThanOrEqual(ROUNDS);

  // Retries after the restart, on one node and then on another where there may be several.
  const servers = [await Server.start(env), ...(env.MONGODB_URL ? [await Server.start(env)] : [])];
  try {
    for (const server of servers) {
      for (const { input, answer } of acknowledged.slice(-30)) {
        expect((await server.ask(CREATE, { input })).data?.createProxyConnection).toEqual(answer);
      }
    }
    for (const { input } of unanswered) {
      const answers: unknown[] = [];
      for (const server of [...servers, ...servers]) {
        answers.push((await server.ask(CREATE, { input })).data?.createProxyConnection);
      }
      expect(answers[0]).toMatchObject({ userErrors: expect.any(Array) });
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
  } finally {
    for (const server of servers) await server.kill();
  }

  const store = (await openStore()).events;
  let last = { position: 0, hash: GENESIS_HASH };
  const stored = new Map<string, number>();
  for await (const { commit, body, hash } of store.read('kill')) {
    expect([commit.position, commit.previousHash, hash]).toEqual([
      last.position + 1,
      last.hash,
      chainHash(last.hash, body),
    ]);
    last = { position: commit.position, hash };
    for (const { subject } of commit.events)
      stored.set(subject?.name ?? '', (stored.get(subject?.name ?? '') ?? 0) + 1);
  }
  await store.close();
  expect([...stored].filter(([, times]) => times > 1)).toEqual([]);
  expect([...acknowledged, ...unanswered].filter(({ name }) => !stored.has(name))).toEqual([]);
}

const mongo = await findMongo();

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}, 60_000);

describe('a server that is killed again and again under 16 clients', () => {
  test('loses nothing that it acknowledged, on SQLite', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kill-'));
    await rounds({ DATA_DIR: directory }, () => openSqlite(join(directory, 'proxy-ledger.sqlite')));
    rmSync(directory, { recursive: true });
  }, 300_000);

  const onMongo = 'skipped' in mongo ? test.skip : test;
  onMongo(
    `loses nothing that it acknowledged, on the protocol of MongoDB${'skipped' in mongo ? ` (skipped: ${mongo.skipped})` : ''}`,
    async () => {
      const found = mongo as TestMongo;
      const env = { MONGODB_URL: found.url, SECRETS_KEYS: `k:${randomBytes(32).toString('base64')}` };
      await rounds(env, () => openMongo(found.url));
      await found.stop();
    },
    300_000,
  );
});
