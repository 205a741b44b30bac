import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { type App, startApp } from '../../src/app/start-app.ts';
import { rewrapStored } from '../../src/app/stored.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { rewrap } from '../../src/cli/rewrap.ts';
import { readConfig } from '../../src/config/config.ts';
import { openSqlite } from '../../src/stores/sqlite/open-sqlite.ts';
import { type Data, MUTATIONS } from '../support/app.ts';
import { findMongo } from '../support/mongo.ts';
import { startTarget, type Target } from '../support/targets.ts';

const [K1, K2] = [1, 2].map((each) => `k${each}:${Buffer.alloc(32, each).toString('base64')}`) as [string, string];
const OLD = { SECRETS_KEYS: K1 };
const BOTH = { SECRETS_KEYS: `${K2},${K1}` };
const NEW = { SECRETS_KEYS: K2 };

const HELD = expect.stringMatching(/^proxy-ledger: .+held by another process.+\n$/);

type Env = Readonly<Record<string, string>>;

const mongo = await findMongo();
let target: Target;
let directory: string;
let apps: App[] = [];

beforeAll(async () => {
  target = await startTarget();
});
afterAll(async () => {
  await target.stop();
  if (!('skipped' in mongo)) await mongo.stop();
});
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'rewrap-'));
});
afterEach(async () => {
  await stopAll();
  rmSync(directory, { recursive: true });
});

async function serve(env: Env): Promise<App> {
  const read = readConfig({ EGRESS_ALLOW: '127.0.0.0/8,::1/128', DATA_DIR: directory, PORT: '0', ...env });
  if (!read.ok) throw new Error(read.faults.join('\n'));
  const app = await startApp(read.config, pino({ level: 'silent' }));
  apps.push(app);
  return app;
}

async function stopAll(): Promise<void> {
  for (const app of apps) await app.close();
  apps = [];
}

/** What the command says and how it ends. */
async function command(env: Env) {
  const said = { out: '', err: '' };
  const code = await rewrap({
    env: { DATA_DIR: directory, ...env },
    rewrapStored,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

async function ask(app: App, query: string, variables: object): Promise<{ readonly data: Data }> {
  const response = await fetch(app.urls.graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as { data: Data };
}

const create = (app: App) =>
  ask(app, MUTATIONS.createProject, { input: { key: 'crm', name: 'CRM', idempotencyKey: 'once' } });

/** A project with a data source whose header is secret; answers the data source's id. */
async function fill(app: App): Promise<string> {
  await create(app);
  const headers = [{ name: 'X-Token', value: 'the token', secret: true }];
  const input = { projectKey: 'crm', name: 's', baseUrl: `http://127.0.0.1:${target.port}`, headers };
  const { data } = await ask(app, MUTATIONS.createDataSource, { input });
  return data.createDataSource.dataSource.id;
}

/** The secret that the target gets. */
async function tokenSent(app: App, dataSourceId: string): Promise<unknown> {
  const before = target.record().length;
  await ask(app, MUTATIONS.callDataSource, { input: { dataSourceId, request: { method: 'GET', path: '/' } } });
  return target.record()[before]?.headers['x-token'];
}

const idempotency = async (app: App) => JSON.stringify((await create(app)).data.createProject.userErrors);
const readyOf = async (app: App) => (await fetch(new URL('/health/ready', app.urls.graphiql))).json();

describe('proxy-ledger secrets rewrap', () => {
  test('beside a server lets the old key be taken away', async () => {
    const id = await fill(await serve(OLD));
    await stopAll();
    const server = await serve(BOTH);
    expect(await command(BOTH)).toEqual({
      code: EXIT.ok,
      out: '1 secret encrypted anew; all are encrypted with "k2", and nothing needs "k1" any more\n',
      err: '',
    });
    expect(await tokenSent(server, id)).toBe('the token');
    // As long as the old key is there, what it signed is still checked.
    expect(await idempotency(server)).toBe('[]');
    await stopAll();
    const renewed = await serve(NEW);
    expect(await readyOf(renewed)).toEqual({ status: 'ready' });
    expect(await tokenSent(renewed, id)).toBe('the token');
    expect(await idempotency(renewed)).toContain('IDEMPOTENCY_KEY_REUSED');
    expect(existsSync(path.join(directory, 'proxy-ledger.sock'))).toBe(true);
  }, 30_000);

  test('without a server opens the store itself, and can be done again', async () => {
    const id = await fill(await serve(OLD));
    await stopAll();
    expect(await command(BOTH)).toMatchObject({
      code: EXIT.ok,
      out: expect.stringMatching(/^1 secret encrypted anew; /),
    });
    expect(await command(BOTH)).toMatchObject({
      code: EXIT.ok,
      out: expect.stringMatching(/^0 secrets encrypted anew; /),
    });
    expect(await tokenSent(await serve(NEW), id)).toBe('the token');
  }, 30_000);

  test('takes the keys of the key file', async () => {
    const id = await fill(await serve({}));
    await stopAll();
    const file = path.join(directory, 'secrets.key');
    const old = readFileSync(file, 'utf8');
    writeFileSync(file, `${K2},${old}`);
    const server = await serve({});
    expect(await command({})).toMatchObject({ code: EXIT.ok, out: expect.stringContaining('are encrypted with "k2"') });
    expect(await tokenSent(server, id)).toBe('the token');
    await stopAll();
    writeFileSync(file, K2);
    expect(await tokenSent(await serve({}), id)).toBe('the token');
  }, 30_000);

  test('refuses when the server that runs was started with other keys', async () => {
    await fill(await serve(OLD));
    const { code, out, err } = await command(BOTH);
    expect({ code, out }).toEqual({ code: EXIT.usage, out: '' });
    expect(err).toMatch(/^proxy-ledger: the running server encrypts with the key "k1", not with "k2"; .+\n$/);
  });

  test('names a key that it lacks', async () => {
    await fill(await serve(OLD));
    await stopAll();
    const { code, out, err } = await command(NEW);
    expect({ code, out }).toEqual({ code: EXIT.usage, out: '' });
    expect(err).toMatch(/^proxy-ledger: .+the key "k1" is missing here.+\n$/);
  });

  test('fails for secrets that do not open, and names one', async () => {
    await fill(await serve(OLD));
    await stopAll();
    const { events, secrets } = openSqlite(path.join(directory, 'proxy-ledger.sqlite'));
    const spoilt = { project: 'crm', secretId: 'spoilt', resourceId: 'r', keyId: 'k1', createdAt: '2026-01-01' };
    await secrets.put([{ ...spoilt, sealed: new Uint8Array(40) }]);
    await events.close();
    const { code, out, err } = await command(BOTH);
    expect({ code, out }).toEqual({ code: EXIT.failure, out: '' });
    expect(err).toMatch(/^proxy-ledger: 1 stored under "k1" can't be opened .+spoilt of project crm.+\n$/);
  });

  test('makes no store where there is none, nor keys', async () => {
    const { code, err } = await command(NEW);
    expect({ code, err }).toEqual({
      code: EXIT.store,
      err: `proxy-ledger: there is no database in ${directory}; set DATA_DIR or MONGODB_URL\n`,
    });
    await fill(await serve(OLD));
    await stopAll();
    expect(await command({})).toMatchObject({ code: EXIT.usage, err: expect.stringContaining('there are no keys') });
    expect(existsSync(path.join(directory, 'secrets.key'))).toBe(false);
  });

  test('tells every fault of the configuration', async () => {
    const { code, err } = await command({ SECRETS_KEYS: 'hunter2', PORT: 'x' });
    expect(code).toBe(EXIT.usage);
    expect(err).toMatch(/SECRETS_KEYS is .*/);
    expect(err).toMatch(/PORT is .*/);
    expect(err).not.toContain('hunter2');
  });

  test('says who holds a store whose server has no socket, as its path would be too long', async () => {
    const env = { ...OLD, DATA_DIR: path.join(directory, 'd'.repeat(100)) };
    await serve(env);
    expect(await command(env)).toMatchObject({ code: EXIT.store, out: '', err: HELD });
  });

  test('says so too where something else has its place', async () => {
    mkdirSync(path.join(directory, 'proxy-ledger.sock'));
    await serve(OLD);
    expect(await command(OLD)).toMatchObject({ code: EXIT.store, out: '', err: HELD });
  });
});

('skipped' in mongo ? describe.skip : describe)(
  `proxy-ledger secrets rewrap on ${'skipped' in mongo ? `MongoDB (skipped: ${mongo.skipped})` : mongo.kind}`,
  () => {
    test('works beside the servers, which are ready without the old key afterwards', async () => {
      const url = { MONGODB_URL: 'skipped' in mongo ? '' : mongo.freshUrl() };
      const id = await fill(await serve({ ...OLD, ...url }));
      const server = await serve({ ...BOTH, ...url });
      expect(await command({ ...BOTH, ...url })).toEqual({
        code: EXIT.ok,
        out: '1 secret encrypted anew; all are encrypted with "k2", and nothing needs "k1" any more\n',
        err: '',
      });
      expect(await tokenSent(server, id)).toBe('the token');
      const renewed = await serve({ ...NEW, ...url });
      expect(await readyOf(renewed)).toEqual({ status: 'ready' });
      expect(await tokenSent(renewed, id)).toBe('the token');
      const [late] = apps;
      expect(late && (await readyOf(late))).toMatchObject({ status: 'not ready' });
    }, 60_000);

    test('ends with 3 when the database is away', async () => {
      const away = { MONGODB_URL: 'mongodb://127.0.0.1:9/' };
      expect(await command({ ...NEW, ...away })).toMatchObject({ code: EXIT.store, out: '' });
    }, 30_000);
  },
);
