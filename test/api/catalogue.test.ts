import { join } from 'node:path';
import { jest } from '@jest/globals';
import Database from 'libsql';
import { StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';
import { SqliteEventStore } from '../../src/stores/sqlite/sqlite-event-store.ts';
import { MUTATIONS, startTestApp, type TestApp } from '../support/app.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** A server that has a project which its catalogue lacks. */
async function startWithoutEntry(): Promise<TestApp> {
  const app = await startTestApp();
  const register = jest.spyOn(SqliteEventStore.prototype, 'registerProjects').mockImplementation(() => {
    throw new StoreUnavailableError('the disk is full');
  });
  const { errors } = await app.ask(MUTATIONS.createProject, { input: { key: 'crm', name: 'CRM' } });
  expect(errors?.[0]?.extensions.code).toBe('STORE_UNAVAILABLE');
  await app.close();
  register.mockRestore();
  return app;
}

async function listed(app: TestApp): Promise<string[]> {
  const { nodes } = await app.get('{ projects { nodes { key } } }');
  return nodes.map(({ key }: { key: string }) => key);
}

describe('a project that the catalogue lacks', () => {
  test('is listed some time after a start', async () => {
    const app = await startWithoutEntry();
    await app.restart();
    let keys: string[] = [];
    for (let turn = 0; turn < 200 && keys.length === 0; turn += 1) {
      keys = await listed(app);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(keys).toEqual(['crm']);
  });

  test('is listed once somebody has looked at it', async () => {
    const app = await startWithoutEntry();
    jest.spyOn(SqliteEventStore.prototype, 'projectsWithCommits').mockResolvedValue([]);
    await app.restart();
    expect(await listed(app)).toEqual([]);
    expect(await app.get('{ project(key: "crm") { position } }')).toEqual({ position: 1 });
    expect(await listed(app)).toEqual(['crm']);
  });
});

describe('who may read what', () => {
  test('is made again from the logs some time after a start, and the log of the instance is no project', async () => {
    const before = await startTestApp();
    for (const key of ['crm', 'erp']) await before.ask(MUTATIONS.createProject, { input: { key, name: key } });
    const issue = 'mutation($input: IssueTokenInput!) { issueToken(input: $input) { secret } }';
    const { secret: ofProject } = await before.get(issue, { input: { projectKey: 'crm', name: 'ci', role: 'VIEWER' } });
    const { secret: ofInstance } = await before.get(issue, { input: { name: 'root' } });
    await before.close();
    const database = new Database(join(before.directory, 'proxy-ledger.sqlite'));
    database.exec('DELETE FROM catalogue; DELETE FROM readers; DELETE FROM projects');
    database.close();
    const app = await startTestApp({ AUTH: 'required' }, before.directory);
    const list = async (secret: string) => {
      const headers = { authorization: `Bearer ${secret}` };
      const { data } = await app.ask('{ projects { totalCount nodes { key } } }', {}, { headers });
      return data?.projects ?? { totalCount: 0 };
    };
    let listed = await list(ofProject);
    for (let turn = 0; turn < 200 && listed.totalCount === 0; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      listed = await list(ofProject);
    }
    expect(listed).toEqual({ totalCount: 1, nodes: [{ key: 'crm' }] });
    expect(await list(ofInstance)).toEqual({ totalCount: 2, nodes: [{ key: 'crm' }, { key: 'erp' }] });
  });
});
