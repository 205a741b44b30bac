import { execFileSync, spawn } from 'node:child_process';
import type { LookupAddress, LookupOptions, lookup } from 'node:dns';
import { existsSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { type PrepareRequestFunction, Server as ProxyChain } from 'proxy-chain';
import type { KeyedCertificate } from './certificates.ts';
import { handOver, onPath, read, scratchDirectory, started, stopped, unprivileged } from './programs.ts';
import { eventually, freePort } from './sockets.ts';

/** A request that a proxy let through or refused, by its own record. */
export interface Passed {
  readonly method: string;
  /** Host and port of a CONNECT, or the URL of a forwarded request. */
  readonly target: string;
  /** What the proxy answered, where it records that. */
  readonly status?: number;
  /** Who was asked for credentials and gave good ones, where it records that. */
  readonly user?: string;
}

export interface TestProxy {
  readonly port: number;
  /** What it has seen, once that is so many requests; some write their record only when a connection is over. */
  record(atLeast?: number): Promise<readonly Passed[]>;
  stop(): Promise<void>;
}

export interface ProxyOptions {
  /** With it the proxy itself speaks TLS (type HTTPS). */
  readonly tls?: KeyedCertificate;
  /** With it the proxy wants these credentials by Basic. */
  readonly credentials?: { readonly user: string; readonly password: string };
}

export const SQUID = onPath('squid');
export const TINYPROXY = onPath('tinyproxy');

/** @param rules lines of squid.conf before everything is allowed. */
export async function startSquid(
  { tls, credentials }: ProxyOptions = {},
  rules: readonly string[] = [],
): Promise<TestProxy> {
  const scratch = scratchDirectory();
  const file = (name: string) => join(scratch, name);
  const port = await freePort();
  const config = [
    'pid_filename none',
    `cache_log ${file('cache.log')}`,
    'logformat record %rm %ru %>Hs %un',
    `access_log stdio:${file('access.log')} record`,
    'buffered_logs off',
    'cache deny all',
    'server_persistent_connections off',
    `coredump_dir ${scratch}`,
    'visible_hostname squid.test',
    'shutdown_lifetime 0 seconds',
  ];
  if (tls) {
    writeFileSync(file('tls.pem'), `${tls.cert}\n${tls.key}\n`);
    config.push(`https_port 127.0.0.1:${port} tls-cert=${file('tls.pem')} tls-key=${file('tls.pem')}`);
  } else {
    config.push(`http_port 127.0.0.1:${port}`);
  }
  if (credentials) {
    const hash = execFileSync('openssl', ['passwd', '-apr1', '-stdin'], { input: `${credentials.password}\n` });
    writeFileSync(file('users'), `${credentials.user}:${hash.toString().trim()}\n`);
    config.push(
      `auth_param basic program ${BASIC_NCSA_AUTH} ${file('users')}`,
      'auth_param basic children 1 startup=1 idle=1',
      'acl known proxy_auth REQUIRED',
      'http_access deny !known',
    );
  }
  config.push(...rules, 'http_access allow all');
  writeFileSync(file('squid.conf'), `${config.join('\n')}\n`);
  handOver(scratch);
  const child = spawn(SQUID ?? 'squid', ['-N', '-n', `t${port}`, '-f', file('squid.conf')], {
    cwd: scratch,
    stdio: 'ignore',
    ...unprivileged(),
  });
  await started(
    child,
    () => /Accepting .* connections at/.test(read(file('cache.log'))),
    () => read(file('cache.log')),
  );
  return {
    port,
    record: (atLeast = 0) => recordOf(atLeast, () => lines(read(file('access.log'))).flatMap(squidLine)),
    stop: () => stopped(child, scratch),
  };
}

/** It speaks no TLS itself. */
export async function startTinyproxy({ credentials }: Omit<ProxyOptions, 'tls'> = {}): Promise<TestProxy> {
  const scratch = scratchDirectory();
  const file = (name: string) => join(scratch, name);
  const port = await freePort();
  const config = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Timeout 60',
    'MaxClients 50',
    `LogFile "${file('log')}"`,
    'LogLevel Info',
    ...(credentials ? [`BasicAuth ${credentials.user} ${credentials.password}`] : []),
  ];
  writeFileSync(file('tinyproxy.conf'), `${config.join('\n')}\n`);
  handOver(scratch);
  const child = spawn(TINYPROXY ?? 'tinyproxy', ['-d', '-c', file('tinyproxy.conf')], {
    cwd: scratch,
    stdio: 'ignore',
    ...unprivileged(),
  });
  await started(
    child,
    () => /Accepting connections/.test(read(file('log'))),
    () => read(file('log')),
  );
  return {
    port,
    record: (atLeast = 0) => recordOf(atLeast, () => lines(read(file('log'))).flatMap(tinyproxyLine)),
    stop: () => stopped(child, scratch),
  };
}

export interface ProgrammableProxy extends TestProxy {
  /** Each request's Proxy-Authorization as it came, or an empty text. */
  authorizations(): readonly string[];
}

/**
 * proxy-chain, in this process.
 *
 * @param address what it listens on.
 * @param resolve the address that it takes a name for; left out: it asks the system.
 */
export async function startProxyChain(
  { tls, credentials }: ProxyOptions = {},
  address = '127.0.0.1',
  resolve?: (name: string) => string,
): Promise<ProgrammableProxy> {
  const passed: Passed[] = [];
  const authorizations: string[] = [];
  const prepareRequestFunction: PrepareRequestFunction = ({ request, username, password }) => {
    const { method = '', url: target = '' } = request;
    const allowed = credentials === undefined || (username === credentials.user && password === credentials.password);
    passed.push({ method, target, ...(allowed && credentials && { user: username }) });
    authorizations.push(request.headers['proxy-authorization'] ?? '');
    return { requestAuthentication: !allowed, ...(resolve && { dnsLookup: lookupBy(resolve) }) };
  };
  const options = { port: 0, host: address, prepareRequestFunction };
  const server = tls
    ? new ProxyChain({ ...options, serverType: 'https', httpsOptions: { ...tls } })
    : new ProxyChain(options);
  await server.listen();
  return {
    port: server.port,
    record: (atLeast = 0) => recordOf(atLeast, () => passed),
    authorizations: () => authorizations,
    stop: () => server.close(true),
  };
}

/** As `dns.lookup`, whose type has many overloads and of which proxy-chain uses one. */
function lookupBy(resolve: (name: string) => string): typeof lookup {
  const answer = (name: string, options: LookupOptions, callback: LookupCallback): void => {
    const address = resolve(name);
    const family = isIP(address);
    if (options.all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
  return answer as typeof lookup;
}

type LookupCallback = (error: null, address: string | LookupAddress[], family?: number) => void;

const BASIC_NCSA_AUTH = ['/usr/lib/squid', '/usr/lib64/squid', '/usr/libexec/squid']
  .map((directory) => join(directory, 'basic_ncsa_auth'))
  .find((path) => existsSync(path));

/** What was asked for but to learn whether the proxy wants a login. */
export function besidesQuestions<Request extends { readonly target: string }>(record: readonly Request[]): Request[] {
  return record.filter(({ target }) => !target.includes('proxy-ledger.invalid'));
}

async function recordOf(atLeast: number, read: () => readonly Passed[]): Promise<readonly Passed[]> {
  await eventually(() => read().length >= atLeast);
  return read();
}

function squidLine(line: string): Passed[] {
  const [method = '-', target = '', status = '', user = '-'] = line.split(' ');
  // Connections without a request are recorded as well.
  if (method === '-' || target.startsWith('error:')) return [];
  return [{ method, target, status: Number(status), ...(user !== '-' && { user: decodeURIComponent(user) }) }];
}

function tinyproxyLine(line: string): Passed[] {
  const [, method, target] = /Request \(file descriptor \d+\): (\S+) (\S+)/.exec(line) ?? [];
  return method === undefined || target === undefined ? [] : [{ method, target }];
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
