import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';

const ROOT = resolve(import.meta.dirname, '../..');
const GO_SOURCE = join(ROOT, 'scripts/mongo-server');
const GO_CACHE = join(ROOT, 'node_modules/.cache/mongo-server');

export interface TestMongo {
  /** What answers: `MONGODB_URL`, `mongod`, or `FerretDB`. */
  readonly kind: string;
  /** Names a database that nobody else uses. */
  readonly url: string;
  /** The URL of one more such database. */
  freshUrl(): string;
  /** Drops the databases, and ends the server if it was started for them. */
  stop(): Promise<void>;
}

/** A server that speaks MongoDB's protocol: the one of `MONGODB_URL`, a `mongod`, FerretDB built with Go, or none. */
export async function findMongo(): Promise<TestMongo | { readonly skipped: string }> {
  const { MONGODB_URL } = process.env;
  if (MONGODB_URL) return databasesOn('MONGODB_URL', MONGODB_URL, async () => {});
  const mongod = await onPath('mongod');
  if (mongod) return startMongod(mongod);
  const go = await onPath('go');
  if (!go) return { skipped: 'neither MONGODB_URL, nor mongod or go on the path' };
  try {
    return await startFerret(await buildFerret(go));
  } catch (error) {
    return { skipped: `scripts/mongo-server does not start: ${error instanceof Error ? error.message : error}` };
  }
}

async function startMongod(mongod: string): Promise<TestMongo> {
  const directory = await mkdtemp(join(tmpdir(), 'mongod-'));
  const port = await freePort();
  const child = spawn(mongod, ['--dbpath', directory, '--bind_ip', '127.0.0.1', '--port', String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `mongodb://127.0.0.1:${port}/`;
  const end = () => endServer(child, directory);
  try {
    await new MongoClient(url, { serverSelectionTimeoutMS: 30_000 }).connect().then((client) => client.close());
  } catch (error) {
    await end();
    throw error;
  }
  return databasesOn('mongod', url, end);
}

async function startFerret(binary: string): Promise<TestMongo> {
  const directory = await mkdtemp(join(tmpdir(), 'mongo-server-'));
  // It also ends when this process does, however that ends: with its standard input.
  const child = spawn(binary, ['-directory', directory, '-stdin'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const url = await firstLine(child);
  if (url === undefined) {
    await endServer(child, directory);
    throw new Error('it ended without printing its address');
  }
  return databasesOn('FerretDB', url, () => endServer(child, directory));
}

async function buildFerret(go: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(await readFile(join(GO_SOURCE, file)));
  const binary = join(GO_CACHE, `mongo-server-${hash.digest('hex').slice(0, 16)}`);
  if (await isExecutable(binary)) return binary;
  await mkdir(GO_CACHE, { recursive: true });
  // Others may be building too: whoever is last replaces the same with the same.
  const building = `${binary}.${randomUUID()}`;
  await promisify(execFile)(go, ['build', '-o', building, '.'], { cwd: GO_SOURCE });
  await rename(building, binary);
  return binary;
}

function databasesOn(kind: string, server: string, end: () => Promise<void>): TestMongo {
  const urls: string[] = [];
  const freshUrl = () => {
    const url = withDatabase(server, `proxy_ledger_test_${randomUUID().replaceAll('-', '').slice(0, 12)}`);
    urls.push(url);
    return url;
  };
  const stop = async () => {
    try {
      for (const url of urls) await dropDatabase(url);
    } finally {
      await end();
    }
  };
  return { kind, url: freshUrl(), freshUrl, stop };
}

async function dropDatabase(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 3_000 });
  try {
    await client.db().dropDatabase();
  } finally {
    await client.close();
  }
}

/** The URL with another database in it. The one to authenticate against stays what it was. */
function withDatabase(url: string, database: string): string {
  const [server = '', options = ''] = url.split('?', 2);
  const [, start = server, named = ''] = /^(mongodb(?:\+srv)?:\/\/[^/]+)\/?(.*)$/.exec(server) ?? [];
  const parameters = new URLSearchParams(options);
  if (start.includes('@') && !parameters.has('authSource')) parameters.set('authSource', named || 'admin');
  return `${start}/${database}${parameters.size > 0 ? `?${parameters}` : ''}`;
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (!child.stdout) return undefined;
  for await (const line of createInterface({ input: child.stdout })) return line;
  return undefined;
}

async function endServer(child: ChildProcess, directory: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    // FerretDB waits three seconds for its clients when it is asked to end; its data are of no use any more.
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(directory, { recursive: true });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function onPath(name: string): Promise<string | undefined> {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    if (directory && (await isExecutable(join(directory, name)))) return join(directory, name);
  }
  return undefined;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
