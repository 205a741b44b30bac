import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { sealCommit } from '../../src/event-sourcing/event.ts';
import { openSqlite } from '../../src/stores/sqlite/open-sqlite.ts';
import { MUTATIONS, mutation, startTestApp, type TestApp } from '../support/app.ts';
import { findMongo } from '../support/mongo.ts';

const mongo = await findMongo();
afterAll(() => ('skipped' in mongo ? undefined : mongo.stop()));
afterEach(() => {
  jest.restoreAllMocks();
});

const health = async (app: TestApp) => {
  const response = await fetch(new URL('/health/ready', app.url));
  const { reason } = (await response.json()) as { reason?: string };
  return { status: response.status, reason };
};

const proxy = (name: string) => ({ projectKey: 'crm', name, type: 'HTTP', host: 'h', port: 1 });

('skipped' in mongo ? test.skip : test)(
  `a node on ${'skipped' in mongo ? `MongoDB (skipped: ${mongo.skipped})` : mongo.kind} whose clock is wrong takes no mutations until it is right`,
  async () => {
    const app = await startTestApp({
      MONGODB_URL: 'url' in mongo ? mongo.url : '',
      SECRETS_KEYS: `k:${randomBytes(32).toString('base64')}`,
    });
    const send = mutation(app);
    await send('createProject', { key: 'crm', name: 'CRM' });
    const { now } = Date;
    jest.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
    const { errors } = await app.ask(MUTATIONS.createProxyConnection, { input: proxy('a') });
    expect(errors).toMatchObject([{ extensions: { code: 'STORE_UNAVAILABLE' } }]);
    expect(errors?.[0]?.message).toMatch(/clock is 3600 s behind the database's.*nothing was appended/);
    expect(await health(app)).toMatchObject({ status: 503, reason: expect.stringMatching(/3600 s behind/) });
    jest.restoreAllMocks();
    expect((await health(app)).status).toBe(200);
    expect((await send('createProxyConnection', proxy('a'))).userErrors).toEqual([]);
    expect(await app.log('crm')).toEqual(['PROJECT_CREATED', 'PROXY_CONNECTION_CREATED']);
  },
  60_000,
);

test('an embedded server whose clock is behind the newest commit repeats its time, counts it, and stays ready', async () => {
  const app = await startTestApp();
  const send = mutation(app);
  await send('createProject', { key: 'crm', name: 'CRM' });
  await send('createProxyConnection', proxy('a'));
  await app.close();
  const newest = '2999-01-01T00:00:00.000Z';
  const { events } = openSqlite(join(app.directory, 'proxy-ledger.sqlite'));
  for await (const { commit, hash } of events.read('crm', { after: 1 })) {
    const [event] = commit.events;
    if (!event?.subject) throw new Error('there is no subject');
    const renamed = { ...event, subject: { ...event.subject, name: 'b', version: 2 }, type: 'ProxyConnectionUpdated' };
    const renaming = [{ ...renamed, data: { set: { name: 'b' }, was: { name: 'a' } } }];
    const next = {
      ...commit,
      position: 3,
      commitId: 'of-the-future',
      at: newest,
      previousHash: hash,
      events: renaming,
    };
    await events.append([sealCommit(next)]);
    break;
  }
  await events.close();
  await app.restart();
  for (const name of ['c', 'd']) await send('createProxyConnection', proxy(name));
  const { history } = await app.get('{ project(key: "crm") { history(first: 3) { nodes { commit { at } } } } }');
  expect(history.nodes).toEqual([newest, newest, newest].map((at) => ({ commit: { at } })));
  expect((await health(app)).status).toBe(200);
  const metrics = await (await fetch(new URL('/metrics', app.url))).text();
  expect(metrics).toMatch(/^proxy_ledger_clock_behind_total 2$/m);
  expect(app.lines.filter((line) => line.includes('clock is behind the newest commit'))).toHaveLength(1);
});
