import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiTokenDigest } from '../../src/access/api-token.ts';
import type { TokenEvent } from '../../src/access/token-events.ts';
import { openSqlite } from '../../src/stores/sqlite/open-sqlite.ts';
import { Server } from './server.ts';

const CLIENTS = 8;
const ROUNDS = Number(process.env.ROUNDS ?? 4);

const ISSUE = `mutation($input: IssueTokenInput!) { issueToken(input: $input) {
  token { id expiresAt createdAt } secret commit { position hash } userErrors { code } } }`;
const REVOKE = `mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { token { id } userErrors { code } } }`;

interface Issued {
  readonly token: { readonly id: string };
  readonly secret: string | null;
}

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}, 60_000);

test('a server that is killed while it issues tokens loses none whose text it answered, and issues none twice', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kill-tokens-'));
  const env = { DATA_DIR: directory };
  const answered = new Map<object, Issued>();
  const unanswered: object[] = [];
  const revoked: string[] = [];
  const issue = async (server: Server, input: object) =>
    (await server.ask(ISSUE, { input })).data?.issueToken as unknown as Issued;

  for (let round = 0; round < ROUNDS; round += 1) {
    const server = await Server.start(env);
    await server.ask('mutation { createProject(input: { key: "kill", name: "Kill" }) { commit { position } } }', {});
    const client = async (): Promise<void> => {
      for (let count = 0; count < 100; count += 1) {
        const input = { projectKey: 'kill', name: `${round}`, role: 'VIEWER', idempotencyKey: randomUUID() };
        try {
          const issued = await issue(server, input);
          answered.set(input, issued);
          if (count % 3 > 0) continue;
          await server.ask(REVOKE, { input: { id: issued.token.id } });
          revoked.push(issued.token.id);
        } catch {
          // The server was killed under the request.
          if (!answered.has(input)) unanswered.push(input);
          return;
        }
      }
    };
    const before = answered.size;
    const clients = Array.from({ length: CLIENTS }, client);
    for (let waits = 0; answered.size < before + 20 + round * 13 && waits < 500; waits += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await server.kill();
    await Promise.all(clients);
  }
  expect(answered.size).toBeGreaterThan(ROUNDS * 10);

  const server = await Server.start(env);
  for (const [input, issued] of [...answered].slice(-30)) {
    expect(await issue(server, input)).toEqual({ ...issued, secret: null });
  }
  for (const input of unanswered) {
    const first = await issue(server, input);
    expect(await issue(server, input)).toEqual({ ...first, secret: null });
    answered.set(input, first);
  }
  await server.kill();

  const digests = new Map<string, string>();
  const ended = new Set<string>();
  const { events: store } = openSqlite(join(directory, 'proxy-ledger.sqlite'));
  for await (const { commit } of store.read('kill')) {
    for (const { subject, ...event } of commit.events) {
      const { type, data } = event as unknown as TokenEvent;
      if (type === 'TokenIssued') digests.set(subject?.id ?? '', data.sha256);
      if (type === 'TokenRevoked') ended.add(subject?.id ?? '');
    }
  }
  await store.close();
  expect([...digests.keys()].sort()).toEqual([...answered.values()].map(({ token }) => token.id).sort());
  for (const { token, secret } of answered.values()) {
    if (secret !== null) expect(digests.get(token.id)).toBe(apiTokenDigest(secret));
  }
  expect(revoked.filter((id) => !ended.has(id))).toEqual([]);
  rmSync(directory, { recursive: true });
}, 120_000);
