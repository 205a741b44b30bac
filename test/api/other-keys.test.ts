import { type Answer, MUTATIONS, mutation, startTestApp, type TestApp } from '../support/app.ts';
import { findMongo } from '../support/mongo.ts';

const mongo = await findMongo();
const [group, name] =
  'skipped' in mongo
    ? [describe.skip, `a node with other keys (skipped: ${mongo.skipped})`]
    : [describe, `a node with other keys beside others on ${mongo.kind}`];
afterAll(async () => {
  if (!('skipped' in mongo)) await mongo.stop();
});

const key = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;
const [K1, K2] = [key('k1', 1), key('k2', 2)];
const node = (url: string, ...keys: string[]) => startTestApp({ MONGODB_URL: url, SECRETS_KEYS: keys.join(',') });
const freshUrl = () => ('skipped' in mongo ? '' : mongo.freshUrl());

const ready = async (app: TestApp) => (await fetch(new URL('/health/ready', app.url))).json();
const create = (app: TestApp, idempotencyKey: string): Promise<Answer> => {
  const input = { projectKey: 'crm', name: 'p', type: 'HTTP', host: 'h', port: 1, idempotencyKey };
  return app.ask(MUTATIONS.createProxyConnection, { input });
};
const refusal = ({ errors }: Answer) => `${errors?.[0]?.extensions.code}: ${errors?.[0]?.message}`;

(group as typeof describe)(name as string, () => {
  test('is not ready, says which one it lacks, takes no mutation and spoils no idempotency key', async () => {
    const url = freshUrl();
    const good = await node(url, K1);
    const other = await node(url, K2);
    await mutation(good)('createProject', { key: 'crm', name: 'CRM' });
    expect(await ready(good)).toEqual({ status: 'ready' });
    const message = expect.stringContaining('the key "k1" is missing here');
    expect(await ready(other)).toEqual({ status: 'not ready', reason: message });
    const log = await good.log('crm');
    expect(refusal(await create(other, 'once'))).toMatch(/^STORE_UNAVAILABLE: .*"k1" is missing/);
    for (const [mutation, input] of [
      ['testProxy', { projectKey: 'crm', draft: { type: 'HTTP', host: '127.0.0.1', port: 9 } }],
      ['callDataSource', { dataSourceId: 'c291cmNlOmNybTp4', request: { method: 'GET', path: '/' } }],
      ['updateProject', { key: 'crm', name: 'Other' }],
    ] as const) {
      expect(refusal(await other.ask(MUTATIONS[mutation], { input }))).toMatch(/^STORE_UNAVAILABLE: /);
    }
    expect(await good.log('crm')).toEqual(log);
    expect((await create(good, 'once')).data.createProxyConnection.userErrors).toEqual([]);
    expect(await other.get('{ project(key: "crm") { name } }')).toEqual({ name: 'CRM' });
  }, 60_000);

  test('is told apart by the key itself, not by its id', async () => {
    const url = freshUrl();
    await node(url, K1);
    const other = await node(url, key('k1', 9));
    expect(await ready(other)).toMatchObject({ reason: expect.stringContaining('the key "k1" is another one here') });
    expect(refusal(await create(other, 'once'))).toContain('"k1" is another one here');
  }, 60_000);

  test('takes mutations until somebody encrypts with a key that it lacks', async () => {
    const url = freshUrl();
    const first = await node(url, K1);
    await mutation(first)('createProject', { key: 'crm', name: 'CRM' });
    await node(url, K1, K2);
    expect((await create(first, 'a')).data.createProxyConnection.userErrors).toEqual([]);
    await node(url, K2, K1);
    expect(await ready(first)).toMatchObject({ reason: expect.stringContaining('the key "k2" is missing here') });
    expect(refusal(await create(first, 'b'))).toContain('the key "k2" is missing here');
  }, 60_000);
});
