// Installs what is not there yet, each from its own registry, by its ordinary client and in a pinned version. What can't
// be had is an error, which leaves out the proxies that need it.
import { cp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { output } from './run.mjs';

const PROGRAMS = path.join(import.meta.dirname, 'programs');
const SECONDS = 900;

export const NPM = {
  'proxy-chain': '3.0.1',
  proxy: '4.1.0',
  mockttp: '4.6.5',
  'http-mitm-proxy': '1.1.0',
  anyproxy: '4.1.3',
};
export const PYTHON = { mitmproxy: '12.3.1', 'proxy.py': '2.4.10', 'px-proxy': '0.13.0' };
/** It does not start on Python 3.13. */
export const OLDER_PYTHON = { pproxy: '2.7.9' };
export const GO = {
  smokescreen: ['github.com/stripe/smokescreen', 'v0.1.0'],
  proxy: ['github.com/google/martian/v3/cmd/proxy', 'v3.3.3'],
  'sing-box': ['github.com/sagernet/sing-box/cmd/sing-box', 'v1.14.1'],
};
const GOPROXY = [
  'github.com/elazarl/goproxy@v1.9.4',
  'github.com/elazarl/goproxy/ext@v0.0.0-20200809112317-0581fc3aee2d',
];

/** Each installs into a folder below `root`, once, and answers that folder. */
export function installers(root) {
  const once = new Map();
  const install = (name, action) => () => {
    const folder = path.join(root, name);
    if (!once.has(name)) once.set(name, complete(folder, action));
    return once.get(name);
  };
  return {
    debian: (packages) => debian(packages, once),
    npm: install('npm', async (folder) => {
      await writeFile(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
      await cp(path.join(PROGRAMS, 'serve.mjs'), path.join(folder, 'serve.mjs'));
      await output(SECONDS, 'npm', ['install', '--no-audit', '--no-fund', ...pins(NPM, '@')], { cwd: folder });
    }),
    python: install('python', (folder) => python(folder, ['python3.13', 'python3.12', 'python3'], PYTHON)),
    olderPython: install('older-python', (folder) => python(folder, ['python3.11', 'python3'], OLDER_PYTHON)),
    go: install('go', async (folder) => {
      const env = { ...process.env, GOBIN: folder };
      for (const [where, version] of Object.values(GO))
        await output(SECONDS, 'go', ['install', `${where}@${version}`], { env });
    }),
    goproxy: install('goproxy', async (cwd) => {
      await cp(path.join(PROGRAMS, 'goproxy.go'), path.join(cwd, 'main.go'));
      await output(60, 'go', ['mod', 'init', 'real-proxies/goproxy'], { cwd });
      await output(SECONDS, 'go', ['get', ...GOPROXY], { cwd });
      await output(SECONDS, 'go', ['build', '-o', 'goproxy', '.'], { cwd });
    }),
    maven: install('maven', async (cwd) => {
      await cp(path.join(PROGRAMS, 'pom.xml'), path.join(cwd, 'pom.xml'));
      await cp(path.join(PROGRAMS, 'Proxies.java'), path.join(cwd, 'Proxies.java'));
      await output(SECONDS, 'mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], { cwd });
    }),
    cargo: install('cargo', async (cwd) => {
      await mkdir(path.join(cwd, 'src'));
      await cp(path.join(PROGRAMS, 'Cargo.toml'), path.join(cwd, 'Cargo.toml'));
      await cp(path.join(PROGRAMS, 'hudsucker.rs'), path.join(cwd, 'src', 'main.rs'));
      await output(SECONDS, 'cargo', ['build', '--quiet'], {
        cwd,
        env: { ...process.env, CARGO_TARGET_DIR: path.join(cwd, 'target') },
      });
    }),
  };
}

/** A folder without its mark is of a run that was cut off. */
export async function complete(folder, action) {
  const mark = path.join(folder, '.installed');
  if (await exists(mark)) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await action(folder);
  await writeFile(mark, '');
  return folder;
}

async function exists(file) {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

function pins(packages, sign) {
  return Object.entries(packages).map(([name, version]) => `${name}${sign}${version}`);
}

async function python(folder, commands, packages) {
  let last;
  for (const command of commands) {
    try {
      await output(60, command, ['-m', 'venv', '--clear', folder]);
      await output(SECONDS, path.join(folder, 'bin', 'pip'), ['install', '--quiet', ...pins(packages, '==')]);
      return;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

const POLICY = '/usr/sbin/policy-rc.d';

/** Without the services that come with these packages, which Debian would start. Only root can install. */
async function debian(packages, once) {
  const status = await output(10, 'dpkg-query', [
    '--show',
    '--showformat=${Package} ${db:Status-Status}\n',
    ...packages,
  ]).catch(() => '');
  const missing = packages.filter((name) => !status.includes(`${name} installed\n`));
  if (missing.length > 0) {
    if (process.getuid() !== 0) throw new Error(`only root can install ${missing.join(' ')}`);
    if (!once.has('apt-get update')) once.set('apt-get update', output(300, 'apt-get', ['update', '-qq']));
    await once.get('apt-get update');
    const isOurs = !(await exists(POLICY));
    if (isOurs) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    try {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      await output(SECONDS, 'apt-get', ['install', '-qq', '--yes', '--no-install-recommends', ...missing], { env });
    } finally {
      if (isOurs) await rm(POLICY, { force: true });
    }
  }
  return output(10, 'dpkg-query', ['--show', '--showformat=${Version}', packages[0]]);
}
