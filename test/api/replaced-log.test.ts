import { randomBytes } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { MongoClient } from 'mongodb';
import { WebSocket } from 'ws';
import { type Data, mutation, startTestApp } from '../support/app.ts';
import { findMongo } from '../support/mongo.ts';

const mongo = await findMongo();
afterAll(() => ('skipped' in mongo ? undefined : mongo.stop()));

const title = `a log in ${'skipped' in mongo ? `MongoDB (skipped: ${mongo.skipped})` : mongo.kind} that lost its end`;

('skipped' in mongo ? describe.skip : describe)(title, () => {
  const url = 'url' in mongo ? mongo.url : '';
  const proxy = (name: string) => ({ projectKey: 'crm', name, type: 'HTTP', host: 'h', port: 1 });

  test('is served as it is stored now, goes on without a gap, and ends the subscriptions behind it', async () => {
    const env = { MONGODB_URL: url, SECRETS_KEYS: `k:${randomBytes(32).toString('base64')}` };
    const [app, other] = [await startTestApp(env), await startTestApp(env)];
    const send = mutation(app);
    await send('createProject', { key: 'crm', name: 'CRM' });
    for (const name of ['one', 'two', 'three']) await send('createProxyConnection', proxy(name));

    const client = createClient({ url: app.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const told: string[] = [];
    const query = 'subscription { changes(projectKey: "crm", afterPosition: 2) { subjectName } }';
    let seen: () => void = () => undefined;
    const hasSeenAll = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const ended = new Promise<Data>((resolve, reject) => {
      let last: Data;
      client.subscribe<Data>(
        { query },
        {
          next: ({ data, errors }) => {
            if (errors) last = errors;
            else told.push(data.changes.subjectName);
            if (told.length === 2) seen();
          },
          error: reject,
          complete: () => resolve(last),
        },
      );
    });
    await hasSeenAll;

    const raw = await new MongoClient(url).connect();
    try {
      await raw
        .db()
        .collection<Data>('commits')
        .deleteMany({ position: { $gte: 3 } });
      expect((await send('createProxyConnection', proxy('three'))).userErrors).toEqual([]);
      expect(await ended).toMatchObject([
        {
          message: expect.stringMatching(/^position 4 is beyond the head of the log, which (is at 2|was replaced)/),
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
      for (const name of ['four', 'five']) {
        expect((await mutation(other)('createProxyConnection', proxy(name))).userErrors).toEqual([]);
      }
      const positions = await raw.db().collection<Data>('commits').distinct('position');
      expect(positions.sort()).toEqual([1, 2, 3, 4, 5]);
      const logs = await Promise.all(
        [app, other].map((each) =>
          each.get('{ project(key: "crm", atLeastPosition: 5) { proxyConnections { nodes { name } } } }'),
        ),
      );
      const names = ['five', 'four', 'one', 'three'].map((name) => ({ name }));
      for (const log of logs) expect(log.proxyConnections.nodes).toEqual(names);
      expect(app.lines.some((line) => line.includes('shorter or was replaced'))).toBe(true);
    } finally {
      await raw.close();
      await client.dispose();
    }
  }, 60_000);
});
