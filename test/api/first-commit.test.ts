import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type SealedCommit, sealCommit } from '../../src/event-sourcing/event.ts';
import { openSqlite } from '../../src/stores/sqlite/open-sqlite.ts';
import { makeId } from '../../src/words/ids.ts';
import { type Data, mutation, startTestApp, type TestApp } from '../support/app.ts';

const env = { SECRETS_KEYS: `k1:${randomBytes(32).toString('base64')}` };
const input = { key: 'crm', name: 'CRM', idempotencyKey: 'once' };

const storeOf = (app: TestApp) => openSqlite(join(app.directory, 'proxy-ledger.sqlite')).events;

async function firstCommit(): Promise<SealedCommit> {
  const app = await startTestApp(env);
  await mutation(app)('createProject', input);
  await app.close();
  const store = storeOf(app);
  try {
    for await (const sealed of store.read('crm', { after: 0 })) return sealed;
    throw new Error('nothing was stored');
  } finally {
    await store.close();
  }
}

test('a commit that creates a project may hold more than that: its replay, list, history and feed tell all of it', async () => {
  const { commit } = await firstCommit();
  const parameter = makeId({ type: 'ConfigParameter', project: 'crm', local: 'p' });
  const set = {
    type: 'ConfigParameterSet',
    v: 1,
    subject: { id: parameter, name: 'k', version: 1 },
    data: { set: { key: 'k', secret: false, defaultValue: 'v' } },
  };
  const app = await startTestApp(env);
  await app.close();
  const store = storeOf(app);
  await store.append([sealCommit({ ...commit, events: [...commit.events, set] })]);
  await store.close();
  await app.restart();

  const again = await mutation(app)('createProject', input);
  expect(again).toMatchObject({ userErrors: [], project: { key: 'crm', version: 1, position: 1 } });
  expect(again.commit.changes.map(({ type }: Data) => type)).toEqual(['PROJECT_CREATED', 'CONFIG_PARAMETER_SET']);
  const { data } = await app.ask(
    `{ projects { totalCount nodes { key } } project(key: "crm", asOf: { position: 1 }) {
      history(direction: ASC) { totalCount nodes { type subjectId } } configParameter(key: "k") { resourceId defaultValue history { totalCount } } } }`,
  );
  expect(data.projects).toEqual({ totalCount: 1, nodes: [{ key: 'crm' }] });
  expect(data.project).toEqual({
    history: {
      totalCount: 2,
      nodes: [
        { type: 'PROJECT_CREATED', subjectId: again.project.id },
        { type: 'CONFIG_PARAMETER_SET', subjectId: parameter },
      ],
    },
    configParameter: { resourceId: parameter, defaultValue: 'v', history: { totalCount: 1 } },
  });
  const client = createClient({ url: app.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  const after = makeId({ type: 'Change', project: 'crm', local: '1.0' });
  const query = `subscription { changes(projectKey: "crm", after: "${after}") { type } }`;
  for await (const { data: told } of client.iterate<Data>({ query })) {
    expect(told.changes).toEqual({ type: 'CONFIG_PARAMETER_SET' });
    break;
  }
  await client.dispose();
});
