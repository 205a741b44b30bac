import { randomBytes } from 'node:crypto';
import { type Relay, startRelay } from '../stores/relay.ts';
import { type Answer, MUTATIONS, mutation, startTestApp, type TestApp } from '../support/app.ts';
import { findMongo } from '../support/mongo.ts';

const mongo = await findMongo();
const [group, name] =
  'skipped' in mongo
    ? [describe.skip, `a store that goes away (skipped: ${mongo.skipped})`]
    : [describe, `${mongo.kind} going away under a running server`];
let relay: Relay;
let app: TestApp;

beforeAll(async () => {
  if ('skipped' in mongo) return;
  const { hostname, port, pathname } = new URL(mongo.url);
  relay = await startRelay({ host: hostname, port: Number(port) });
  app = await startTestApp({
    MONGODB_URL: `mongodb://127.0.0.1:${relay.port}${pathname}`,
    SECRETS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  });
  await mutation(app)('createProject', { key: 'crm', name: 'CRM' });
});
afterAll(async () => {
  await app?.stop();
  await relay?.close();
  if (!('skipped' in mongo)) await mongo.stop();
});

const health = async (path: string) => (await fetch(new URL(path, app.url))).status;
const create = (proxy: string, idempotencyKey?: string): Promise<Answer> => {
  const input = { projectKey: 'crm', name: proxy, type: 'HTTP', host: 'h', port: 1 };
  return app.ask(MUTATIONS.createProxyConnection, { input: { ...input, ...(idempotencyKey && { idempotencyKey }) } });
};
const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions.code;

async function untilReady(): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if ((await health('/health/ready')) === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server does not become ready again');
}

async function names(): Promise<string[]> {
  const project = await app.get(
    '{ project(key: "crm") { position proxyConnections(first: 100, filter: { state: ANY }) { nodes { name } } } }',
  );
  const found = project.proxyConnections.nodes.map((node: { name: string }) => node.name);
  // Positions have no gap, and nothing but these was stored.
  expect(project.position).toBe(found.length + 1);
  return found;
}

(group as typeof describe)(name as string, () => {
  test('by refusing connections: clear errors, not ready, and well again when it is back', async () => {
    await relay.close();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => create(`refused ${index}`)));
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['STORE_UNAVAILABLE']));
    expect(await health('/health/live')).toBe(200);
    expect(await health('/health/ready')).toBe(503);
    await relay.reopen();
    await untilReady();
    expect((await create('back')).errors).toBeUndefined();
    expect(await names()).toEqual(['back']);
  }, 60_000);

  test('by falling silent: nobody waits for ever, no more than a bounded number waits, retries find what landed', async () => {
    relay.stall(true);
    const first = create('silent', 'retry-me');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const many = Array.from({ length: 1_100 }, (_, index) => create(`waiting ${index}`));
    const answers = await Promise.all([first, ...many]);
    for (const answer of answers) expect(['STORE_UNAVAILABLE', 'OUTCOME_UNKNOWN']).toContain(codeOf(answer));
    expect(answers.slice(1).every((answer) => codeOf(answer) === 'STORE_UNAVAILABLE')).toBe(true);
    expect(await health('/health/ready')).toBe(503);
    relay.stall(false);
    await untilReady();
    const retried = await create('silent', 'retry-me');
    expect(retried.errors).toBeUndefined();
    expect(retried.data.createProxyConnection.userErrors).toEqual([]);
    expect((await names()).sort()).toEqual(['back', 'silent']);
  }, 90_000);
});
