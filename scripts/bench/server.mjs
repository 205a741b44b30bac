// The server under measure, in this process, and logs that it starts with.
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { Pool } from 'undici';

const { startApp } = await import('../../dist/app/start-app.js');
const { readConfig } = await import('../../dist/config/config.js');
const { openSqlite } = await import('../../dist/stores/sqlite/open-sqlite.js');
const { GENESIS_HASH, sealCommit } = await import('../../dist/event-sourcing/event.js');
const { newProxyId } = await import('../../dist/proxies/proxy-events.js');
const { projectId } = await import('../../dist/projects/project-events.js');

export const ACTOR = { kind: 'USER', id: 'local', name: 'local', auth: 'none' };

export async function scratch() {
  const directory = await mkdtemp(path.join(tmpdir(), 'bench-'));
  return { directory, remove: () => rm(directory, { recursive: true }) };
}

export async function startServer(directory) {
  const read = readConfig({
    PORT: '0',
    DATA_DIR: directory,
    EGRESS_ALLOW: '127.0.0.0/8',
    PROBES_PER_ACTOR_PER_MINUTE: '1000000',
  });
  if (!read.ok) throw new Error(read.faults.join('\n'));
  const app = await startApp(read.config, pino({ level: 'silent' }));
  return { app, ask: asker(app.urls.graphql), close: () => app.close() };
}

/** Until nothing was written for four seconds: snapshots are, beside other work, and with rests. */
export async function snapshotsWritten(directory) {
  let last;
  for (let [look, quiet] = [0, 0]; look < 180 && quiet < 4; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const files = (await readdir(directory)).map((name) => stat(path.join(directory, name)));
    const now = Math.max(...(await Promise.all(files)).map(({ mtimeMs }) => mtimeMs));
    quiet = now === last ? quiet + 1 : 0;
    last = now;
  }
}

/** Asks over kept connections; fails on errors. */
export function asker(url, headers = {}, connections = 64) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections });
  const ask = async (query, variables = {}) => {
    const { body } = await pool.request({
      path: pathname,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await body.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  ask.close = () => pool.close();
  return ask;
}

/** A log of so many commits: proxies are created up to `distinct`, and edited in turn from then on. */
export async function seed(directory, project, length, distinct = length) {
  const { events: store } = openSqlite(path.join(directory, 'proxy-ledger.sqlite'));
  let previousHash = GENESIS_HASH;
  const ids = [];
  let batch = [];
  for (let position = 1; position <= length; position += 1) {
    const at = new Date(1_700_000_000_000 + position * 1000).toISOString();
    const commit = {
      project,
      position,
      commitId: randomUUID(),
      at,
      actor: ACTOR,
      events: [eventAt(project, position, ids, distinct)],
      previousHash,
      format: 1,
    };
    const sealed = sealCommit(commit);
    previousHash = sealed.hash;
    batch.push(sealed);
    if (batch.length < 1000 && position < length) continue;
    const { outcome } = await store.append(batch);
    if (outcome !== 'all') throw new Error(`seeding: ${outcome}`);
    batch = [];
  }
  await store.registerProjects([project]);
  await store.close();
}

function eventAt(project, position, ids, distinct) {
  if (position === 1) {
    const set = { key: project, name: project, environments: ['dev', 'prod'] };
    return {
      type: 'ProjectCreated',
      v: 1,
      subject: { id: projectId(project), name: project, version: 1 },
      data: { set },
    };
  }
  const number = position - 2;
  const name = `Proxy ${String(number % distinct).padStart(6, '0')}`;
  if (number < distinct) {
    const id = newProxyId(project);
    ids.push({ id, version: 1, host: 'h0' });
    const set = {
      name,
      description: 'Routes traffic through a gateway',
      type: 'HTTP',
      host: 'h0',
      port: '8080',
      authType: 'NO_AUTH',
    };
    return { type: 'ProxyConnectionCreated', v: 1, subject: { id, name, version: 1 }, data: { set } };
  }
  const proxy = ids[number % distinct];
  const was = proxy.host;
  proxy.version += 1;
  proxy.host = `h${proxy.version}`;
  const data = { set: { host: proxy.host }, was: { host: was } };
  return { type: 'ProxyConnectionUpdated', v: 1, subject: { id: proxy.id, name, version: proxy.version }, data };
}
