// Installs Keycloak and Ory Hydra, runs each on loopback, prepares it as docs/access.md says, and holds the built server to
// the tokens that it gives: one line a check, and how many passed. It takes some three minutes, the first time also what
// Maven and Go take to bring both, and is no part of the tests. It needs Maven with Java 17 or newer, its `jar` and curl,
// and Go with a C compiler.
//
//   npm run -s build && node scripts/real-issuers/main.mjs [--only keycloak|hydra] [--folder FOLDER]
//
// FOLDER keeps what is installed for the next run; left out: `real-issuers` below the temporary one. It ends with 1 when a
// check failed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkHydra } from './check-hydra.mjs';
import { checkKeycloak } from './check-keycloak.mjs';

const ISSUERS = { keycloak: checkKeycloak, hydra: checkHydra };

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    folder: { type: 'string', default: path.join(tmpdir(), 'real-issuers') },
  },
});
const chosen = values.only === undefined ? Object.keys(ISSUERS) : values.only.split(',');
const unknown = chosen.filter((name) => !Object.hasOwn(ISSUERS, name));
if (unknown.length > 0) throw new Error(`no such issuer: ${unknown.join(', ')}`);

const counts = { passed: 0, failed: 0 };
// What was started is ended when this process exits.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const scratch = mkdtempSync(path.join(tmpdir(), 'real-issuers-run-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const name of chosen) {
  const check = (title, action) => tell(`${name}: ${title}`, action);
  const note = (text) => process.stderr.write(`${text}\n`);
  try {
    await ISSUERS[name]({ check, note, folder: values.folder, scratch });
  } catch (error) {
    await tell(`${name}: was run to the end`, () => Promise.reject(error));
  }
}
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed > 0 ? 1 : 0;

async function tell(title, action) {
  try {
    await action();
    counts.passed += 1;
    process.stdout.write(`pass  ${title}\n`);
  } catch (error) {
    counts.failed += 1;
    process.stdout.write(`FAIL  ${title}: ${error.message}\n`);
  }
}
