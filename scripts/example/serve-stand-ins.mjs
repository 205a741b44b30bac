// Runs the example's proxy and CRM until it is told to stop, for those who follow docs/guide.md by hand.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cleanUp, settingsFor, startStandIns } from './stand-ins.mjs';

const CREDENTIALS = { user: 'svc-flowx', password: 'for loopback only' };
const PORT = 18443;
/** Relative, as it is printed for a shell in the same place. */
const CA_FILE = path.join('data', 'example-ca.pem');

const told = new Promise((resolve) => {
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, resolve);
});

const cleanUps = [];
const errors = [];
try {
  await run(process.argv.slice(2));
} catch (error) {
  errors.push(error.code === 'EADDRINUSE' ? new Error('its port is taken; give another one: -- PORT') : error);
}
errors.push(...(await cleanUp(cleanUps)));
for (const error of errors) process.stderr.write(`The stand-ins failed: ${error.message}\n`);
process.exitCode = errors.length === 0 ? 0 : 1;

async function run([port = String(PORT)]) {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) throw new Error('a port is a whole number up to 65535');
  const { ca, crm, proxy } = await startStandIns({ credentials: CREDENTIALS, proxyPort: Number(port) }, cleanUps);
  await mkdir(path.dirname(CA_FILE), { recursive: true, mode: 0o700 });
  await writeFile(CA_FILE, ca);
  cleanUps.push(() => rm(CA_FILE, { force: true }));
  const settings = Object.entries(settingsFor(CA_FILE)).map(([name, value]) => `${name}=${value}`);
  process.stdout.write(
    `Proxy  https://localhost:${proxy.port}, user ${CREDENTIALS.user}, password "${CREDENTIALS.password}"
CRM    https://${crm.name}, behind that proxy: GET /api/v2/contacts

In another terminal, here, start a server that trusts and may reach them:

  ${settings.join(' \\\n  ')} \\
  npm start

Ctrl+C ends the stand-ins.
`,
  );
  await told;
}
