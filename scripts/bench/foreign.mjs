// A project that the asker may not read against a key that nothing has: how long the same question about each takes.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { WebSocket } from 'ws';
import { median, milliseconds } from './measure.mjs';
import { ISSUER, serve, startIssuer } from './serve.mjs';
import { ACTOR, scratch } from './server.mjs';

const { openSqlite } = await import('../../dist/stores/sqlite/open-sqlite.js');
const { openMongo } = await import('../../dist/stores/mongodb/open-mongo.js');
const { GENESIS_HASH, sealCommit } = await import('../../dist/event-sourcing/event.js');
const { projectId } = await import('../../dist/projects/project-events.js');
const { newProxyId } = await import('../../dist/proxies/proxy-events.js');

/** Who asks, beside what is their own. */
const GROUPS = { groups: ['proxy-users', 'platform-berlin', 'on-call'] };

/** Each kind of key is asked about in so many runs: how far their medians are apart is what nobody can tell from noise. */
const RUNS = 4;

const ONE = '1 grant';
const MANY = '1000 grants';
const GRANTS = { [ONE]: 1, [MANY]: 1_000 };

export async function measure({ quick, row }) {
  const { MONGODB_URL } = process.env;
  const { directory, remove } = await scratch();
  const issuer = await startIssuer(directory);
  const settings = { ...issuer.env, ...(MONGODB_URL && { MONGODB_URL }) };
  const keys = quick ? 2 : 25;
  const store = MONGODB_URL ? await openMongo(MONGODB_URL) : openSqlite(path.join(directory, 'proxy-ledger.sqlite'));
  const asked = [];
  for (const way of Object.keys(WAYS)) {
    for (const grants of [ONE, MANY]) {
      const foreign = runsOf(() => Array.from({ length: keys }, newKey));
      for (const key of foreign.flat()) await seedForeign(store.events, key, GRANTS[grants]);
      asked.push({ way, grants, foreign });
    }
  }
  await store.events.close();
  // What was never asked before is that again after a start.
  for (const loaded of [false, true]) {
    const server = await serve(directory, settings);
    const eve = await openAsker(server, await issuer.headers('eve', GROUPS));
    for (let times = 0; times < (quick ? 20 : 1_000); times += 1) {
      for (const way of Object.values(WAYS)) await way(eve, newKey());
    }
    if (loaded) await load(server.as(await issuer.headers('admin')), asked);
    for (const { way, grants, foreign } of asked) {
      const unknown = runsOf(() => Array.from({ length: keys }, newKey));
      const figure = `foreign project by ${way}, ${grants}${loaded ? ', loaded' : ''}`;
      row(`${figure}: first`, ...cells(await timeKeys((key) => WAYS[way](eve, key), foreign, unknown)));
      const again = (key) => runsOf(() => Array(keys * (quick ? 1 : 8)).fill(key));
      row(
        `${figure}: again`,
        ...cells(await timeKeys((key) => WAYS[way](eve, key), again(foreign[0][0]), again(unknown[0][0]))),
      );
    }
    eve.close();
    await server.close();
  }
  await remove();
}

const WAYS = {
  query: ({ ask }, key) => ask('query($key: String!) { project(key: $key) { name } }', { key }),
  node: ({ ask }, key) => ask('query($id: ID!) { node(id: $id) { __typename } }', { id: projectId(key) }),
  mutation: ({ ask }, key) =>
    ask(
      'mutation($input: DeleteProxyConnectionInput!) { deleteProxyConnection(input: $input) { userErrors { code } } }',
      { input: { id: newProxyId(key) } },
    ),
  subscription: ({ subscribe }, key) =>
    subscribe('subscription($key: String!) { changes(projectKey: $key) { id } }', { key }),
};

async function openAsker(server, headers) {
  const socket = new WebSocket(server.url.replace('http', 'ws'), 'graphql-transport-ws');
  let answered;
  const answer = () =>
    new Promise((resolve) => {
      answered = resolve;
    });
  socket.on('message', (message) => {
    const { type } = JSON.parse(message.toString());
    if (type === 'connection_ack' || type === 'complete') answered();
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const acknowledged = answer();
  socket.send(JSON.stringify({ type: 'connection_init', payload: headers }));
  await acknowledged;
  return {
    ask: server.as(headers, 1),
    subscribe: async (query, variables) => {
      const answering = answer();
      socket.send(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: { query, variables } }));
      await answering;
    },
    close: () => socket.close(),
  };
}

/** One after the other, the runs of both kinds by turns, so that whatever else the machine does meets all of them. */
async function timeKeys(ask, foreign, unknown) {
  const runs = [...foreign, ...unknown].map((keys) => ({ keys, times: [] }));
  for (let turn = 0; turn < foreign[0].length; turn += 1) {
    for (const { keys, times } of shuffled(runs)) {
      const begun = performance.now();
      await ask(keys[turn]);
      times.push((performance.now() - begun) / 1000);
    }
  }
  const ofForeign = runs.slice(0, RUNS).map(({ times }) => times);
  const ofUnknown = runs.slice(RUNS).map(({ times }) => times);
  return {
    foreign: median(ofForeign.flat()),
    unknown: median(ofUnknown.flat()),
    noise: noiseOf([ofForeign, ofUnknown]),
  };
}

/** How far the medians of runs of one kind are apart, at most. */
function noiseOf(kinds) {
  const spreads = kinds.map((runs) => {
    const medians = runs.map(median);
    return Math.max(...medians) - Math.min(...medians);
  });
  return Math.max(...spreads);
}

function cells({ foreign, unknown, noise }) {
  const ratio = (foreign / unknown).toFixed(2);
  return [
    milliseconds(foreign),
    `${milliseconds(unknown)} unknown`,
    ratio,
    `1 ± ${(noise / unknown).toFixed(2)} (noise)`,
  ];
}

function runsOf(make) {
  return Array.from({ length: RUNS }, make);
}

/** Of foreign projects and unknown ones alike. */
function newKey() {
  return `p${randomUUID().slice(0, 13)}`;
}

function shuffled(all) {
  return all
    .map((each) => [Math.random(), each])
    .sort(([a], [b]) => a - b)
    .map(([, each]) => each);
}

async function load(admin, asked) {
  for (const { foreign } of asked) {
    for (const key of foreign.flat()) await admin('query($key: String!) { project(key: $key) { name } }', { key });
  }
}

async function seedForeign(store, project, grants) {
  const subject = { id: projectId(project), name: project, version: 1 };
  const set = { key: project, name: project, environments: ['dev', 'prod'] };
  const names = Array.from({ length: grants }, () => `${ISSUER}#${randomUUID()}`);
  const given = names.map((identity) => ({
    ...{ type: 'AccessGranted', v: 1, subject },
    data: { kind: 'USER', identity, set: { role: 'VIEWER' }, was: { role: null } },
  }));
  const batch = [];
  for (const events of [[{ type: 'ProjectCreated', v: 1, subject, data: { set } }], given]) {
    const [at, commitId] = [new Date(1_700_000_000_000).toISOString(), randomUUID()];
    const previousHash = batch.at(-1)?.hash ?? GENESIS_HASH;
    const position = batch.length + 1;
    batch.push(sealCommit({ project, position, commitId, at, actor: ACTOR, events, previousHash, format: 1 }));
  }
  const { outcome } = await store.append(batch);
  if (outcome !== 'all') throw new Error(`seeding: ${outcome}`);
  await store.registerProjects([project]);
  const { position, commitId } = batch[1].commit;
  await store.noteCatalogueEntries([{ project, position, commitId, readers: names.map((name) => `user:${name}`) }]);
}
