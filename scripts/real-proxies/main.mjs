// Installs some thirty real proxies, runs each on loopback, asks it for good and bad targets, and prints what it answered
// and what the product's test says of it: the tables of docs/proxies.md. It takes some minutes, the first time up to half
// an hour, and is no part of the tests. Debian's need root on Debian,
// the others npm, Python (3.12 or newer, and 3.11 for pproxy), Go, Maven with Java 17, and cargo on the path; what can't be
// had is left out, and told.
//
//   npm run -s build && node scripts/real-proxies/main.mjs [--only NAME,NAME] [--folder FOLDER] [--into FILE]
//
// FOLDER keeps what is installed for the next run; left out: `real-proxies` below the temporary one. FILE gets the tables in place of what
// stands below its line `<!-- tables -->`; left out: they are printed.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseCidrs } from '../../dist/traffic/network/cidr.js';
import { EgressPolicy } from '../../dist/traffic/network/egress.js';
import { probe } from '../../dist/traffic/probe/probe.js';
import { createAuthority } from '../example/certificates.mjs';
import { CASES, examine } from './cases.mjs';
import { DEBIAN, writer } from './debian.mjs';
import { installers } from './install.mjs';
import { REGISTRIES } from './registries.mjs';
import { freePort, serve } from './run.mjs';
import { caseTables, versionTable } from './table.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    into: { type: 'string' },
    folder: { type: 'string', default: path.join(tmpdir(), 'real-proxies') },
  },
});
const only = values.only?.split(',');
const REGISTRY_NAMES = {
  npm: 'npm',
  python: 'PyPI',
  olderPython: 'PyPI',
  go: 'Go',
  goproxy: 'Go',
  maven: 'Maven Central',
  cargo: 'crates',
};

const MARK = '<!-- tables -->';
const install = installers(values.folder);
const scratch = mkdtempSync(path.join(tmpdir(), 'real-proxies-'));
chmodSync(scratch, 0o755);
const LOOPBACK = new EgressPolicy({ allow: parseCidrs('127.0.0.0/8,::1/128').ranges });
const authority = await targetsAuthority();
const { targets, close } = await startTargets(authority);
const seen = [];
const missing = [];
try {
  for (const recipe of [...DEBIAN, ...REGISTRIES]) {
    if (only && !only.includes(recipe.name)) continue;
    try {
      seen.push(await look(recipe));
    } catch (error) {
      process.stderr.write(`${recipe.name}: left out: ${error.message}\n`);
      missing.push(`${recipe.name}: ${error.message.split('\n')[0]}`);
    }
  }
} finally {
  close();
  rmSync(scratch, { recursive: true, force: true });
}
const left = missing.length > 0 ? `\nNot to be had in this run: ${missing.join('; ')}.\n` : '';
const tables = `${versionTable(seen)}\n${left}\n${caseTables(CASES, seen)}`;
if (values.into === undefined) process.stdout.write(tables);
else {
  const [above, below] = readFileSync(values.into, 'utf8').split(MARK);
  if (below === undefined) throw new Error(`${values.into} has no line ${MARK}`);
  writeFileSync(values.into, `${above}${MARK}\n\n${tables}`);
}

/** A proxy in each of its variants, with what it answered in all their cases. */
async function look(recipe) {
  const from = recipe.packages ? 'Debian' : REGISTRY_NAMES[recipe.install];
  process.stderr.write(`${recipe.name} (${from})\n`);
  const installed = recipe.packages ? await install.debian(recipe.packages) : await install[recipe.install]();
  const version = recipe.packages ? installed : recipe.version;
  const results = [];
  for (const variant of recipe.variants) {
    const upstream = recipe.behind
      ? await start(
          DEBIAN.find(({ name }) => name === recipe.behind),
          { variant: 'open' },
        )
      : undefined;
    try {
      const proxy = await start(recipe, { variant, folder: installed, upstream: upstream?.port });
      try {
        const product = { probe, settings: { egress: LOOPBACK, ca: [authority.ca, ...proxy.ca()] } };
        for (const each of CASES.filter((one) => one.variant === variant)) {
          results.push(await examine(each, proxy.port, targets, product));
        }
      } finally {
        await proxy.stop();
      }
    } finally {
      await upstream?.stop();
    }
  }
  for (const { title, verdict, message } of results) process.stderr.write(`  ${title}: ${verdict}: ${message}\n`);
  return { name: recipe.name, version, from, results };
}

/** Debian's daemons run as its user `proxy`, what was installed beside them as who runs this. */
async function start(recipe, { variant, folder, upstream }) {
  const own = mkdtempSync(path.join(scratch, 'run-'));
  chmodSync(own, 0o755);
  const file = (name) => path.join(own, name);
  const write = writer(own);
  for (const name of ['authority.pem', 'authority.key'])
    writeFileSync(file(name), readFileSync(path.join(scratch, name)));
  const port = await freePort();
  const spare = await freePort();
  mkdirSync(file('conf'), { recursive: true });
  const started = recipe.start({
    port,
    spare,
    variant,
    folder,
    upstream,
    file,
    write,
    authority: path.join(scratch, 'target-ca.pem'),
  });
  const { command, env = {}, pidFile } = Array.isArray(started) ? { command: started } : started;
  const user = recipe.packages && process.getuid() === 0 ? proxyUser() : {};
  if (user.uid !== undefined) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, own]);
  const [program, ...args] = command;
  const server = await serve({
    program,
    args,
    port,
    pidFile,
    cwd: own,
    env: { ...process.env, ...env, HOME: own },
    ...user,
  });
  const ca = () => (recipe.intercepts ? [readFileSync(file(recipe.intercepts), 'utf8')] : []);
  return { ...server, ca };
}

function proxyUser() {
  const id = (flag) => Number(execFileSync('id', [flag, 'proxy']).toString());
  return { uid: id('-u'), gid: id('-g') };
}

/** That of the targets, and one for proxies which intercept, in files. */
async function targetsAuthority() {
  const made = await createAuthority('Real Targets');
  writeFileSync(path.join(scratch, 'target-ca.pem'), made.ca);
  const names = [path.join(scratch, 'authority.key'), path.join(scratch, 'authority.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=Real Proxies'];
  execFileSync(
    'openssl',
    [...request, '-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-keyout', names[0], '-out', names[1]],
    { stdio: 'ignore' },
  );
  chmodSync(names[0], 0o644);
  return made;
}

async function startTargets(made) {
  const hello = (_request, response) => response.end('hello');
  const certificate = await made.issue(['localhost', '127.0.0.1', '::1']);
  const ports = { plain: await freePort(), secure: await freePort(), unused: await freePort() };
  const plain = createServer(hello).listen(ports.plain, '127.0.0.1');
  const secure = createTlsServer(certificate, hello).listen(ports.secure, '127.0.0.1');
  const secure6 = createTlsServer(certificate, hello).listen(ports.secure, '::1');
  const servers = [plain, secure, secure6];
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const close = () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  };
  return { targets: ports, close };
}
