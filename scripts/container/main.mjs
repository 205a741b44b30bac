// Tries the Dockerfile where there is no docker: carries out its steps one by one in a temporary folder, and runs the
// server from exactly the files that the image would hold, with nothing to write to but DATA_DIR. Ends with 1 when
// something is not as it has to be. Prints what it does.
//
//   node scripts/container/main.mjs [--installed]
//
// --installed takes packages from this checkout's node_modules instead of having npm fetch them.
// What it can't tell: whether the base image has what is expected of it (node, npm, sh, a user `node` with the id 1000).
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeImage, NODE_USER } from './image.mjs';
import { installFrom } from './installed.mjs';
import { startIn, stateOf } from './start.mjs';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const VOLUME = '/data';

/** The server has 30 seconds at most to start here, and 40 to stop: compose.yaml gives it no more. */
const START_TURNS = 300;
const STOP_MS = 40_000;

/** README.md's command for the first token. */
const TOKEN = ['token', 'issue', '--admin', '--name', 'first'];

const folder = mkdtempSync(path.join(tmpdir(), 'image-'));
// The user of the image has to get through to its files.
chmodSync(folder, 0o755);
try {
  const image = makeImage({
    dockerfile: readFileSync(path.join(REPOSITORY, 'Dockerfile'), 'utf8'),
    context: REPOSITORY,
    folder,
    told: (step) => console.log(step),
    ...(process.argv.includes('--installed') && { instead: installFrom(REPOSITORY) }),
  });
  expect(image.user === `${NODE_USER}:${NODE_USER}`, `it runs as ${image.user}, not as node`);
  const before = stateOf(image, VOLUME);
  await serveFrom(image);
  const changed = stateOf(image, VOLUME).filter((line, index) => line !== before[index]);
  expect(changed.length === 0 && before.length > 0, `written outside of ${VOLUME}: ${changed.join(', ')}`);
  console.log(`nothing written outside of ${VOLUME}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function serveFrom(image) {
  const port = String(await freePort());
  const env = { PORT: port, PUBLIC_URL: `http://localhost:${port}` };
  const server = startIn(image, image.command, env);
  const early = server.ended.then(({ out, err }) => Promise.reject(new Error(`the server ended: ${out}${err}`)));
  early.catch(() => {});
  try {
    const ready = await Promise.race([healthy(image, env), early]);
    console.log(`healthy: ${ready}`);
    const issued = await startIn(image, ['proxy-ledger', ...TOKEN], env).ended;
    expect(issued.code === 0, `no first token: ${issued.out}${issued.err}`);
    console.log(`without a credential: ${(await ask(port)).status}`);
    console.log(`with the first token: ${(await (await ask(port, issued.out.trim())).text()).trim()}`);
  } finally {
    server.signal('SIGTERM');
  }
  const late = sleep(STOP_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('it does not stop')));
  const { code, out } = await Promise.race([server.ended, late]);
  expect(code === 0 && out.includes('"msg":"stopped"'), `SIGTERM ended it with ${code}: ${out}`);
  console.log('stopped by SIGTERM');
  const { code: afterwards } = await startIn(image, image.healthcheck.command, env).ended;
  expect(afterwards === 1, `the health check of a stopped server ends with ${afterwards}`);
}

async function healthy(image, env) {
  for (let turn = 0; ; turn += 1) {
    const { code, out } = await startIn(image, image.healthcheck.command, env).ended;
    if (code === 0) return out;
    if (turn >= START_TURNS) throw new Error(`not healthy: ${out}`);
    await sleep(100);
  }
}

function ask(port, token) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify({ query: '{ viewer { isAdministrator } }' }),
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function expect(isSo, otherwise) {
  if (!isSo) throw new Error(otherwise);
}
