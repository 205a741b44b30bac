import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { parseApiToken } from '../../src/access/api-token.ts';
import { type App, startApp } from '../../src/app/start-app.ts';
import { issueStoredToken } from '../../src/app/stored.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { issueToken } from '../../src/cli/issue-token.ts';
import { readConfig } from '../../src/config/config.ts';
import { type Data, MUTATIONS } from '../support/app.ts';
import { findMongo } from '../support/mongo.ts';

type Env = Readonly<Record<string, string>>;

const mongo = await findMongo();
const lines: string[] = [];
let directory: string;
let apps: App[] = [];

afterAll(async () => {
  if (!('skipped' in mongo)) await mongo.stop();
});
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'token-'));
});
afterEach(async () => {
  await stopAll();
  rmSync(directory, { recursive: true });
});

async function serve(env: Env = {}): Promise<App> {
  const read = readConfig({ DATA_DIR: directory, PORT: '0', LOG_LEVEL: 'trace', ...env });
  if (!read.ok) throw new Error(read.faults.join('\n'));
  const app = await startApp(read.config, pino({ level: 'trace' }, { write: (line) => void lines.push(line) }));
  apps.push(app);
  return app;
}

async function stopAll(): Promise<void> {
  for (const app of apps) await app.close();
  apps = [];
}

/** What the command says and how it ends. */
async function command(wanted: Parameters<typeof issueToken>[1], env: Env = {}) {
  const said = { out: '', err: '' };
  const code = await issueToken(
    {
      env: { DATA_DIR: directory, ...env },
      issueStoredToken: (config, order) =>
        issueStoredToken(config, order, (text) => {
          said.err += text;
        }),
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
    },
    wanted,
  );
  return { code, ...said };
}

async function ask(app: App, query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(app.urls.graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return ((await response.json()) as { data: Data }).data;
}

const createProject = (app: App) => ask(app, MUTATIONS.createProject, { input: { key: 'crm', name: 'CRM' } });

const CHANGES =
  'history { nodes { subjectName commit { actor { identity kind name } authority { role via } reason } fields { field after } } }';
const instanceLog = async (app: App) => (await ask(app, `{ instance { ${CHANGES} } }`)).instance.history.nodes;
const projectLog = async (app: App) => (await ask(app, `{ project(key: "crm") { ${CHANGES} } }`)).project.history.nodes;

const commit = {
  actor: { identity: 'system:cli', kind: 'SYSTEM', name: userInfo().username },
  authority: { role: 'ADMINISTRATOR', via: 'administrator' },
  reason: null,
};

/** The text that the command printed, alone. */
function textIn({ code, out, err }: { code: number; out: string; err: string }): string {
  expect({ code, err }).toEqual({ code: EXIT.ok, err: '' });
  expect(out).toMatch(/^\S+\n$/);
  return out.trim();
}

const issuedBy = (name: string, role?: string) => ({
  ...{ subjectName: name, commit },
  fields: [
    { field: 'name', after: name },
    ...(role === undefined ? [] : [{ field: 'role', after: role }]),
    { field: 'expiresAt', after: expect.any(String) },
  ],
});

describe('proxy-ledger token issue', () => {
  test('beside a server has it issue the token, and logs no text', async () => {
    const server = await serve();
    const root = textIn(await command({ name: 'root' }));
    expect(parseApiToken(root)).toEqual({ ok: true, id: expect.any(String) });
    expect(await instanceLog(server)).toEqual([issuedBy('root')]);
    await createProject(server);
    const ci = textIn(await command({ name: 'ci', project: { key: 'crm', role: 'EDITOR' }, days: 1 }));
    expect(parseApiToken(ci)).toMatchObject({ ok: true, project: 'crm' });
    expect((await projectLog(server))[0]).toEqual(issuedBy('ci', 'EDITOR'));
    for (const text of [root, ci]) expect(lines.filter((line) => line.includes(text.slice(-40)))).toEqual([]);
    expect(lines.some((line) => line.includes('token issue'))).toBe(true);
  });

  test('without a server opens the store itself', async () => {
    await createProject(await serve());
    await stopAll();
    textIn(await command({ name: 'ci', project: { key: 'crm', role: 'VIEWER' } }));
    textIn(await command({ name: 'root' }));
    const server = await serve();
    expect((await projectLog(server))[0]).toEqual(issuedBy('ci', 'VIEWER'));
    expect(await instanceLog(server)).toEqual([issuedBy('root')]);
    expect(await ask(server, '{ projects { nodes { key } totalCount } }')).toEqual({
      projects: { nodes: [{ key: 'crm' }], totalCount: 1 },
    });
  });

  test('may make the first thing of all in a new data directory, and says so beside the text', async () => {
    const env = { DATA_DIR: path.join(directory, 'new') };
    const { code, out, err } = await command({ name: 'root' }, env);
    expect({ code, err }).toEqual({
      code: EXIT.ok,
      err: `proxy-ledger: there was no database in ${env.DATA_DIR}; this begins a new one\n`,
    });
    expect(parseApiToken(out.trim()).ok).toBe(true);
    expect(await instanceLog(await serve(env))).toEqual([issuedBy('root')]);
  });

  test('makes no store for a project, which can not be there', async () => {
    const env = { DATA_DIR: path.join(directory, 'new') };
    const said = await command({ name: 'ci', project: { key: 'crm', role: 'OWNER' } }, env);
    expect(said).toMatchObject({ code: EXIT.store, out: '' });
    expect(said.err).toBe(`proxy-ledger: there is no database in ${env.DATA_DIR}; set DATA_DIR or MONGODB_URL\n`);
    expect(existsSync(env.DATA_DIR)).toBe(false);
  });

  test.each(['beside a server', 'without one'])('refuses what can not be had, %s', async (where) => {
    await createProject(await serve());
    if (where === 'without one') await stopAll();
    for (const key of ['nobody', '$instance', 'A']) {
      expect(await command({ name: 'ci', project: { key, role: 'OWNER' } })).toEqual({
        ...{ code: EXIT.usage, out: '' },
        err: 'proxy-ledger: there is no project with this key\n',
      });
    }
    expect(await command({ name: ' ' })).toMatchObject({
      ...{ code: EXIT.usage, out: '' },
      err: expect.stringMatching(/^proxy-ledger: a name must have .+\n$/),
    });
    if (where === 'without one') await serve();
    expect(await instanceLog(apps[0] as App)).toEqual([]);
  });

  test('tells every fault of the configuration', async () => {
    const { code, out, err } = await command({ name: 'root' }, { PORT: 'x', SECRETS_KEEP_DAYS: 'y' });
    expect({ code, out }).toEqual({ code: EXIT.usage, out: '' });
    expect(err).toMatch(/PORT is .*\n.*|SECRETS_KEEP_DAYS is .*/);
  });

  test('says who holds a store whose server has no socket, as its path would be too long', async () => {
    const env = { DATA_DIR: path.join(directory, 'd'.repeat(100)) };
    await serve(env);
    expect(await command({ name: 'root' }, env)).toMatchObject({
      ...{ code: EXIT.store, out: '' },
      err: expect.stringMatching(/^proxy-ledger: .+held by another process.+\n$/),
    });
  });
});

('skipped' in mongo ? describe.skip : describe)(
  `proxy-ledger token issue on ${'skipped' in mongo ? `MongoDB (skipped: ${mongo.skipped})` : mongo.kind}`,
  () => {
    test('writes beside the servers, before and after the first project', async () => {
      const env = {
        MONGODB_URL: 'skipped' in mongo ? '' : mongo.freshUrl(),
        SECRETS_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
      };
      textIn(await command({ name: 'root' }, env));
      const server = await serve(env);
      expect(await instanceLog(server)).toEqual([issuedBy('root')]);
      await createProject(server);
      textIn(await command({ name: 'ci', project: { key: 'crm', role: 'EDITOR' } }, env));
      textIn(await command({ name: 'second' }, env));
      await waitFor(async () => (await projectLog(server)).length === 2 && (await instanceLog(server)).length === 2);
      expect((await projectLog(server))[0]).toEqual(issuedBy('ci', 'EDITOR'));
    }, 60_000);

    test('ends with 3 when the database is away', async () => {
      const away = { MONGODB_URL: 'mongodb://127.0.0.1:9/' };
      expect(await command({ name: 'root' }, away)).toMatchObject({ code: EXIT.store, out: '' });
    }, 30_000);
  },
);

/** Servers follow a log that another one writes. */
async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100 && !(await holds()); tries += 1) await new Promise((r) => setTimeout(r, 50));
}
