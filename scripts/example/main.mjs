// Plays the example of the specification, "route a CRM integration through a corporate proxy", against a server of its
// own, a real TLS proxy and a real https target, all on loopback. Ends with 0 when everything went as it says, else 1.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { graphqlClient, Unexpected } from './api.mjs';
import { startServer } from './server.mjs';
import { cleanUp, settingsFor, startStandIns } from './stand-ins.mjs';
import { playStory } from './story.mjs';

const LIMIT_MS = 120_000;

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) {
  process.once(name, () => interrupted.abort(new Unexpected(`told to stop by ${name}`)));
}
process.on('uncaughtException', (error) => interrupted.abort(error));
process.stdout.on('error', () => interrupted.abort(new Unexpected('nobody reads its output any more')));
const late = setTimeout(() => interrupted.abort(new Unexpected(`not done after ${LIMIT_MS / 1000} s`)), LIMIT_MS);

const cleanUps = [];
const errors = [];
try {
  await play(interrupted.signal);
} catch (error) {
  errors.push(error);
}
errors.push(...(await cleanUp(cleanUps)));
clearTimeout(late);
for (const error of errors) {
  const text = error instanceof Unexpected ? error.message : (error?.stack ?? String(error));
  process.stderr.write(`\nThe example did not go as it should: ${text}\n`);
}
process.exitCode = errors.length === 0 ? 0 : 1;

async function play(signal) {
  const scratch = await mkdtemp(path.join(tmpdir(), 'proxy-ledger-example-'));
  cleanUps.push(() => rm(scratch, { recursive: true, force: true }));
  const credentials = { user: 'svc-flowx', password: randomBytes(12).toString('base64url') };
  const { ca, crm, proxy } = await startStandIns({ credentials, proxyPort: 0 }, cleanUps);
  const caFile = path.join(scratch, 'ca.pem');
  await writeFile(caFile, ca);
  const server = await startServer({ DATA_DIR: path.join(scratch, 'data'), ...settingsFor(caFile) }, signal);
  cleanUps.push(server.stop, () => tellFaults(server));

  say(
    'Route a CRM integration through a corporate proxy. All of it is real, and on this machine:',
    `   server   ${server.url}`,
    `   proxy    https://localhost:${proxy.port}, with TLS and Basic authentication`,
    `   CRM      https://127.0.0.1:${crm.port}; the proxy knows it as ${crm.name}, which nothing else here looks up`,
  );
  await playStory({ graphql: graphqlClient(server.url, { actor: 'ada', signal }), say, proxy, crm, credentials });
}

/** Its answers only name an error of its own; its log tells all of it. */
async function tellFaults(server) {
  const faults = server.faults();
  if (faults.length > 0) throw new Unexpected(`the server's log tells of errors:\n${faults.join('\n')}`);
}

function say(...lines) {
  process.stdout.write(`${lines.join('\n')}\n`);
}
