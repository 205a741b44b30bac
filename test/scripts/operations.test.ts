import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import { type Child, REPOSITORY, runNode } from '../cli/child.ts';
import { type Authority, createAuthority } from '../support/certificates.ts';
import { findMongo } from '../support/mongo.ts';
import { eventually, freePort } from '../support/sockets.ts';

const HOST = 'ledger.example.com';

let page: string;
let scratch: string;
let children: Child[];
let programs: ChildProcess[];

beforeAll(async () => {
  page = await readFile(path.join(REPOSITORY, 'docs/operations.md'), 'utf8');
  const built = await runNode(['scripts/build.mjs']).ended;
  if (built.code !== 0) throw new Error(built.err);
}, 60_000);

beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'operations-'));
  children = [];
  programs = [];
});

afterEach(async () => {
  for (const child of children) child.signal('SIGTERM');
  for (const program of programs) program.kill('SIGTERM');
  await Promise.all(children.map(({ ended }) => ended));
  await Promise.all(programs.map((program) => program.exitCode ?? once(program, 'exit')));
  await rm(scratch, { recursive: true, force: true });
}, 30_000);

/** Answers its port. It goes on in the scratch directory, with its data in `data`. */
async function startServer(settings: Record<string, string> = {}): Promise<{ child: Child; port: string }> {
  const child = runNode([path.join(REPOSITORY, 'dist/main.js'), 'serve'], { PORT: '0', ...settings }, scratch);
  children.push(child);
  const [, port = ''] = await child.says(/GraphQL API at http:\/\/[^/]+:(\d+)\/graphql/);
  return { child, port };
}

const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);

describe('behind a proxy that ends TLS, the server is reached as docs/operations.md shows', () => {
  let authority: Authority;
  let certificate: { readonly cert: string; readonly key: string };

  beforeAll(async () => {
    authority = await createAuthority();
    certificate = await authority.issue({ names: [HOST] });
  });

  async function writeCertificate(): Promise<Record<'cert' | 'key', string>> {
    const files = { cert: path.join(scratch, 'tls.crt'), key: path.join(scratch, 'tls.key') };
    await writeFile(files.cert, certificate.cert);
    await writeFile(files.key, certificate.key);
    return files;
  }

  async function startNginx(port: number, upstream: string): Promise<string> {
    const { cert, key } = await writeCertificate();
    const [shown = ''] = blocks('nginx');
    const site = replaced(shown, [
      ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
      ['127.0.0.1:4000', `127.0.0.1:${upstream}`],
      [`/etc/nginx/${HOST}.crt`, cert],
      [`/etc/nginx/${HOST}.key`, key],
    ]);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${path.join(scratch, kind)};`,
    );
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    const frame = `${user} daemon off; pid ${scratch}/nginx.pid; error_log stderr; events {}`;
    await writeFile(
      path.join(scratch, 'nginx.conf'),
      `${frame} http { access_log off; ${temporary.join(' ')}\n${site} }`,
    );
    programs.push(spawn('nginx', ['-p', scratch, '-e', 'stderr', '-c', 'nginx.conf'], { stdio: 'ignore' }));
    return `nginx on ${port}`;
  }

  async function startCaddy(port: number, upstream: string): Promise<string> {
    const { cert, key } = await writeCertificate();
    const [shown = ''] = blocks('caddy');
    const site = replaced(shown, [
      [`${HOST} {`, `https://${HOST}:${port} {\n\tbind 127.0.0.1\n\ttls ${cert} ${key}`],
      ['127.0.0.1:4000', `127.0.0.1:${upstream}`],
    ]);
    await writeFile(path.join(scratch, 'Caddyfile'), `{\n\tadmin off\n\tauto_https off\n}\n${site}`);
    const env = { PATH: process.env.PATH ?? '', HOME: scratch, XDG_DATA_HOME: scratch, XDG_CONFIG_HOME: scratch };
    const args = ['run', '--config', path.join(scratch, 'Caddyfile'), '--adapter', 'caddyfile'];
    programs.push(spawn('caddy', args, { stdio: 'ignore', env }));
    return `caddy on ${port}`;
  }

  describe.each([
    ['nginx', '-v', startNginx],
    ['caddy', 'version', startCaddy],
  ] as const)('by %s', (program, ask, startProxy) => {
    const isInstalled = spawnSync(program, [ask], { stdio: 'ignore' }).status === 0;
    const testHere = isInstalled ? test : test.skip;

    testHere(
      `over HTTP and WebSocket, under its public name alone${isInstalled ? '' : ' (not installed)'}`,
      async () => {
        const { port: upstream } = await startServer({ AUTH: 'required', PUBLIC_URL: `https://${HOST}` });
        const authorization = `Bearer ${await firstToken()}`;
        const port = await freePort();
        await startProxy(port, upstream);
        const ready = () =>
          request(port, '/health/ready').then(
            ({ status }) => status === 200,
            () => false,
          );
        expect(await eventually(ready)).toBe(true);

        const body = JSON.stringify({ query: QUERY });
        const answered = await request(port, '/graphql', { authorization, origin: `https://${HOST}` }, body);
        expect(answered).toEqual({ status: 200, body: ANSWER });
        expect(await request(port, '/graphql', {}, body)).toMatchObject({ status: 401 });
        expect(await overWebSocket(port, authorization)).toEqual(ANSWER);
        const foreign = { authorization, origin: 'https://elsewhere.example' };
        expect(await request(port, '/graphql', foreign, body)).toMatchObject({ status: 403 });
      },
      60_000,
    );
  });

  const QUERY = '{ viewer { isAdministrator } }';
  const ANSWER = { data: { viewer: { isAdministrator: true } } };

  const asHost = () => ({ servername: HOST, ca: authority.ca });

  async function request(port: number, target: string, headers: Record<string, string> = {}, body?: string) {
    const asked = https.request({
      ...asHost(),
      host: '127.0.0.1',
      port,
      path: target,
      agent: false,
      method: body === undefined ? 'GET' : 'POST',
      headers: { host: HOST, 'content-type': 'application/json', ...headers },
    });
    asked.end(body);
    const [response] = await once(asked, 'response');
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part;
    return { status: response.statusCode as number, body: JSON.parse(text) as unknown };
  }

  async function overWebSocket(port: number, authorization: string): Promise<unknown> {
    const headers = { host: HOST, origin: `https://${HOST}` };
    const socket = new WebSocket(`wss://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', { ...asHost(), headers });
    const next = async () =>
      JSON.parse(String((await once(socket, 'message'))[0])) as { type: string; payload: unknown };
    try {
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
      expect(await next()).toMatchObject({ type: 'connection_ack' });
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY } }));
      return (await next()).payload;
    } finally {
      socket.terminate();
    }
  }
});

describe('the backup of the embedded store', () => {
  test('is taken beside a running server and restored as docs/operations.md shows, and holds all that was acknowledged', async () => {
    const [backup = '', restore = ''] = blocks('sh');
    const { child, port } = await startServer();
    expect(await createProject(port)).toEqual({ data: { createProject: { commit: { position: 1 } } } });
    const asOfNow = await head(port);
    expect(asOfNow).toMatchObject({ data: { project: { position: 1, commit: { hash: expect.any(String) } } } });
    await shell(backup, { server: String(child.pid) });
    expect((await readdir(path.join(scratch, 'backup'))).sort()).toEqual([
      'proxy-ledger.sqlite',
      'proxy-ledger.sqlite-wal',
    ]);
    expect(await head(port)).toEqual(asOfNow);

    await shell(restore, {});
    const { port: restored } = await startServer({ DATA_DIR: 'restored' });
    expect(await head(restored)).toEqual(asOfNow);
  }, 60_000);

  const [testSqlite, skipped] =
    spawnSync('sqlite3', ['--version'], { stdio: 'ignore' }).status === 0
      ? [test, '']
      : [test.skip, ' (not installed)'];

  testSqlite(
    `can't be taken by sqlite3 while a server runs, and is whole after it${skipped}`,
    async () => {
      const { child, port } = await startServer();
      await createProject(port);
      const file = path.join(scratch, 'data/proxy-ledger.sqlite');
      await mkdir(path.join(scratch, 'copy'));
      const ask = (command: string) => spawnSync('sqlite3', [file, command], { encoding: 'utf8' });
      expect(ask(`.backup ${scratch}/copy/proxy-ledger.sqlite`).stderr).toContain('database is locked');
      child.signal('SIGTERM');
      await child.ended;
      expect(ask('PRAGMA integrity_check').stdout).toBe('ok\n');
    },
    60_000,
  );

  const shell = (commands: string, env: Record<string, string>) =>
    promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands], {
      cwd: scratch,
      env: { PATH: process.env.PATH ?? '', ...env },
      timeout: 20_000,
    });

  const createProject = (port: string) =>
    ask(port, 'mutation { createProject(input: { key: "crm", name: "CRM" }) { commit { position } } }');

  const head = (port: string) => ask(port, '{ project(key: "crm") { name position commit(position: 1) { hash } } }');
});

const mongo = await findMongo();
const [describeMongo, onMongo] =
  'skipped' in mongo
    ? [describe.skip, `a restore on MongoDB (skipped: ${mongo.skipped})`]
    : [describe, `a restore on ${mongo.kind}`];

afterAll(() => ('skipped' in mongo ? undefined : mongo.stop()));

describeMongo(onMongo as string, () => {
  test('needs the collections that docs/operations.md names, and no other', async () => {
    const [from, to] = 'skipped' in mongo ? ['', ''] : [mongo.url, mongo.freshUrl()];
    const settings = { AUTH: 'required', SECRETS_KEYS: `k:${'A'.repeat(43)}=` };
    const { child, port } = await startServer({ ...settings, MONGODB_URL: from });
    const token = await firstToken({ ...settings, MONGODB_URL: from });
    const made = await ask(port, CREATE, token);
    expect(made).toMatchObject({ data: { createProject: { userErrors: [] }, setConfigParameter: { userErrors: [] } } });
    const shown = await ask(port, SHOW, token);
    expect(shown).toMatchObject({ data: { projects: { totalCount: 1 }, project: { position: 2 } } });
    child.signal('SIGTERM');
    await child.ended;

    const [, named = ''] = /^Needed of the database are (.*?)\.\s/ms.exec(page) ?? [];
    const collections = [...named.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    expect(collections.length).toBeGreaterThan(1);
    await copyCollections(from, to, collections);
    const { port: restored } = await startServer({ ...settings, MONGODB_URL: to });
    // The catalogue is made behind the start.
    expect(await eventually(async () => isDeepStrictEqual(await ask(restored, SHOW, token), shown))).toBe(true);
  }, 90_000);

  const CREATE = `mutation {
    createProject(input: { key: "crm", name: "CRM" }) { userErrors { message } }
    setConfigParameter(input: { projectKey: "crm", key: "token", secret: true, defaultValue: "s3cret-value" }) {
      userErrors { message }
    }
  }`;
  const SHOW =
    '{ projects { totalCount nodes { key } } project(key: "crm") { position commit(position: 2) { hash } } }';
});

async function copyCollections(from: string, to: string, names: readonly string[]): Promise<void> {
  const [source, target] = [new MongoClient(from), new MongoClient(to)];
  try {
    for (const name of names) {
      const documents = await source.db().collection(name).find().toArray();
      expect({ name, any: documents.length > 0 }).toEqual({ name, any: true });
      await target.db().collection(name).insertMany(documents);
    }
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

async function ask(port: string, query: string, token?: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

async function firstToken(settings: Record<string, string> = {}): Promise<string> {
  const args = [path.join(REPOSITORY, 'dist/main.js'), 'token', 'issue', '--admin', '--name', 'first'];
  return (await runNode(args, settings, scratch).ended).out.trim();
}

describe('what docs/operations.md has to watch', () => {
  test('are metrics that the server has', async () => {
    const { port } = await startServer({ AUTH: 'required', PUBLIC_URL: `https://${HOST}`, ...SOME_ISSUER });
    const headers = { authorization: `Bearer ${await firstToken()}` };
    const exposed = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text();
    const has = new Set([...exposed.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const named = [...page.matchAll(/\b(?:proxy_ledger|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name);
    const metrics = named.filter((name) => name !== 'proxy_ledger_');
    expect(metrics.length).toBeGreaterThan(20);
    for (const metric of metrics) expect({ metric, exposed: has.has(metric) }).toEqual({ metric, exposed: true });
    for (const own of [...has].filter((name) => name?.startsWith('proxy_ledger_'))) expect(metrics).toContain(own);
  }, 60_000);

  const SOME_ISSUER = { OIDC_ISSUER: 'http://127.0.0.1:1/realms/none', OIDC_AUDIENCE: 'proxy-ledger' };

  test('are rules in the form of Prometheus', () => {
    const [, rules = ''] = blocks('yaml');
    const { groups } = parse(rules, { strict: true }) as { groups: { rules: Record<string, unknown>[] }[] };
    expect(groups.flatMap((group) => group.rules).length).toBeGreaterThan(5);
    for (const rule of groups.flatMap((group) => group.rules)) {
      expect(rule).toMatchObject({
        alert: expect.stringMatching(/^ProxyLedger/),
        expr: expect.any(String),
        labels: { severity: expect.stringMatching(/^(page|ticket)$/) },
        annotations: { summary: expect.any(String) },
      });
    }
  });

  test('are lines that the server writes', async () => {
    const files = (await readdir(path.join(REPOSITORY, 'src'), { recursive: true })).filter((file) =>
      file.endsWith('.ts'),
    );
    const sources = await Promise.all(files.map((file) => readFile(path.join(REPOSITORY, 'src', file), 'utf8')));
    const lines = [...page.matchAll(/^\| `([^`]+)` \| [456]0 \|/gm)].map(([, line = '']) => line);
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) {
      expect({ line, written: sources.some((source) => source.includes(line)) }).toEqual({ line, written: true });
    }
  });
});

/** Each of these is in the text once at least. */
function replaced(text: string, pairs: readonly (readonly [shown: string, here: string])[]): string {
  return pairs.reduce((result, [shown, here]) => {
    expect(result).toContain(shown);
    return result.replaceAll(shown, here);
  }, text);
}
