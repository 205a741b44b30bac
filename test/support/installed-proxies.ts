import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { handOver, onPath, read, scratchDirectory, started, stopped, unprivileged } from './programs.ts';
import type { ProxyOptions } from './proxies.ts';
import { freePort } from './sockets.ts';

/** A proxy of Debian's that keeps no record of its own that tests could read: see what the target received. */
export interface InstalledProxy {
  readonly port: number;
  stop(): Promise<void>;
}

type LoginOptions = Pick<ProxyOptions, 'credentials'>;

export const NCAT = onPath('ncat');
export const PRIVOXY = onPath('privoxy');
export const APACHE = onPath('apache2');

/** The host that `startPrivoxy` refuses. */
export const FORBIDDEN = 'forbidden.example';

/** As a proxy it listens on every address, whatever it is told, so it is told whom to serve. */
export function startNcat({ credentials }: LoginOptions = {}): Promise<InstalledProxy> {
  return serve(NCAT ?? 'ncat', (_file, port) => [
    ...['--listen', '127.0.0.1', String(port), '--keep-open', '--proxy-type', 'http', '--allow', '127.0.0.1'],
    ...(credentials ? ['--proxy-auth', `${credentials.user}:${credentials.password}`] : []),
  ]);
}

/** It knows no login. */
export function startPrivoxy(): Promise<InstalledProxy> {
  return serve(PRIVOXY ?? 'privoxy', (file, port, scratch) => {
    writeFileSync(file('forbidden.action'), `{ +block{Not for tests.} }\n${FORBIDDEN}\n`);
    const config = [
      `confdir ${scratch}`,
      'templdir /etc/privoxy/templates',
      `listen-address 127.0.0.1:${port}`,
      'actionsfile forbidden.action',
    ];
    writeFileSync(file('config'), `${config.join('\n')}\n`);
    return ['--no-daemon', file('config')];
  });
}

/** @param ports those that CONNECT may reach; 443 and 563 alone when it is told none. */
export function startApache({ credentials }: LoginOptions = {}, ports = '1-65535'): Promise<InstalledProxy> {
  return serve(APACHE ?? 'apache2', (file, port, scratch) => {
    const config = [
      `ServerRoot ${scratch}`,
      'ServerName apache.test',
      `DefaultRuntimeDir ${scratch}`,
      `PidFile ${file('pid')}`,
      `ErrorLog ${file('output')}`,
      `Listen 127.0.0.1:${port}`,
      ...APACHE_MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
      'ProxyRequests On',
      'ProxyVia On',
      `AllowCONNECT ${ports}`,
    ];
    if (credentials) {
      const hash = execFileSync('openssl', ['passwd', '-apr1', '-stdin'], { input: `${credentials.password}\n` });
      writeFileSync(file('users'), `${credentials.user}:${hash.toString().trim()}\n`);
      const login = ['AuthType Basic', 'AuthName apache', `AuthUserFile ${file('users')}`, 'Require valid-user'];
      config.push('<Proxy "*">', ...login, '</Proxy>');
    }
    writeFileSync(file('apache.conf'), `${config.join('\n')}\n`);
    return ['-X', '-f', file('apache.conf')];
  });
}

const APACHE_MODULES = [
  ...['mpm_event', 'proxy', 'proxy_http', 'proxy_connect'],
  ...['authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_basic'],
];

type Configure = (file: (name: string) => string, port: number, scratch: string) => string[];

/** Runs it on a free port, with a scratch directory of its own and no privileges. */
async function serve(program: string, configure: Configure): Promise<InstalledProxy> {
  const scratch = scratchDirectory();
  const file = (name: string) => join(scratch, name);
  const port = await freePort();
  const args = configure(file, port, scratch);
  handOver(scratch);
  let said = '';
  const child = spawn(program, args, { cwd: scratch, stdio: ['ignore', 'pipe', 'pipe'], ...unprivileged() });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
  }
  await started(
    child,
    () => accepts(port),
    () => said + read(file('output')),
  );
  return { port, stop: () => stopped(child, scratch) };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
