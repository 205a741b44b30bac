import path from 'node:path';
import { type Config, readConfig } from '../../src/config/config.ts';
import { CONFIG_VARIABLES } from '../../src/config/variables.ts';

const KEY = Buffer.alloc(32, 1).toString('base64');

function configOf(env: Record<string, string>): Config {
  const read = readConfig(env);
  if (!read.ok) throw new Error(read.faults.join('\n'));
  return read.config;
}

function faultsOf(env: Record<string, string>): string[] {
  const read = readConfig(env);
  return read.ok ? [] : read.faults;
}

test('an empty environment is complete', () => {
  expect(configOf({})).toEqual({
    host: '127.0.0.1',
    port: 4000,
    publicUrl: undefined,
    allowedOrigins: [],
    tls: undefined,
    access: undefined,
    tokensWithoutExpiry: false,
    graphiql: true,
    introspection: true,
    console: true,
    dataDir: path.resolve('data'),
    mongodbUrl: undefined,
    keyRing: undefined,
    secretsKeepDays: 30,
    probeTargetUrl: new URL('https://example.com/'),
    egressAllow: [],
    egressDeny: [],
    extraAuthorities: undefined,
    probesAtOnce: 20,
    probesPerActorPerMinute: 60,
    callsAtOnce: 500,
    callsPerActorPerMinute: undefined,
    subscriptionsPerSocket: 100,
    socketsPerIdentity: 20,
    subscriptionsPerIdentity: 500,
    logLevel: 'info',
  });
});

test('every variable is read', () => {
  const config = configOf({
    HOST: '::1',
    PORT: '0',
    DATA_DIR: '/somewhere/else',
    MONGODB_URL: 'mongodb://127.0.0.1:27017/proxy_ledger?replicaSet=rs0',
    SECRETS_KEYS: `new:${KEY},old:${KEY}`,
    SECRETS_KEEP_DAYS: '7',
    PROBE_TARGET_URL: 'http://127.0.0.1:8080/ping?now',
    EGRESS_ALLOW: '127.0.0.0/8, ::1/128',
    EGRESS_DENY: '10.0.0.0/8',
    NODE_EXTRA_CA_CERTS: '/etc/ours.pem',
    PROBES_AT_ONCE: '1',
    PROBES_PER_ACTOR_PER_MINUTE: '2',
    CALLS_AT_ONCE: '3',
    CALLS_PER_ACTOR_PER_MINUTE: '4',
    SUBSCRIPTIONS_PER_SOCKET: '5',
    LOG_LEVEL: 'silent',
  });
  expect(config).toMatchObject({
    host: '::1',
    port: 0,
    dataDir: '/somewhere/else',
    mongodbUrl: 'mongodb://127.0.0.1:27017/proxy_ledger?replicaSet=rs0',
    secretsKeepDays: 7,
    probesAtOnce: 1,
    probesPerActorPerMinute: 2,
    callsAtOnce: 3,
    callsPerActorPerMinute: 4,
    subscriptionsPerSocket: 5,
    logLevel: 'silent',
  });
  expect(config.keyRing?.keyIds).toEqual(['new', 'old']);
  expect(config.probeTargetUrl.href).toBe('http://127.0.0.1:8080/ping?now');
  expect(config.egressAllow.map(({ text }) => text)).toEqual(['127.0.0.0/8', '::1/128']);
  expect(config.egressDeny.map(({ text }) => text)).toEqual(['10.0.0.0/8']);
});

test('an empty variable, or one of white space, counts as not set', () => {
  const empty = Object.fromEntries(CONFIG_VARIABLES.map(({ name }, index) => [name, index % 2 ? '' : ' \t']));
  expect(configOf(empty)).toEqual(configOf({}));
});

test('white space around a value is not part of it', () => {
  expect(configOf({ PORT: ' 4001 ', LOG_LEVEL: 'warn\n' })).toMatchObject({ port: 4001, logLevel: 'warn' });
});

test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'])(
  'it may listen on %s',
  (host) => {
    expect(configOf({ HOST: host }).host).toBe(host);
  },
);

test.each([
  [{ PORT: '65536' }, 'PORT is "65536", but must be a whole number from 0 to 65535'],
  [{ PORT: '-1' }, 'PORT is "-1", but must be a whole number from 0 to 65535'],
  [{ PORT: '80.5' }, 'PORT is "80.5", but must be a whole number from 0 to 65535'],
  [{ PORT: '0x50' }, 'PORT is "0x50", but must be a whole number from 0 to 65535'],
  [{ PORT: 'http' }, 'PORT is "http", but must be a whole number from 0 to 65535'],
  [{ PROBES_AT_ONCE: '0' }, 'PROBES_AT_ONCE is "0", but must be a whole number from 1 to 10000'],
  [{ SECRETS_KEEP_DAYS: '1e3' }, 'SECRETS_KEEP_DAYS is "1e3", but must be a whole number from 0 to 36500'],
  [{ CALLS_PER_ACTOR_PER_MINUTE: 'no' }, /^CALLS_PER_ACTOR_PER_MINUTE is "no", but must be a whole number/],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud", but must be one of trace, debug, info, warn, error, fatal, silent'],
  [{ PROBE_TARGET_URL: 'ftp://example.com/' }, /^PROBE_TARGET_URL is not valid: .*http/],
  [{ EGRESS_ALLOW: '10.0.0.0/33' }, /^EGRESS_ALLOW is not valid: 10\.0\.0\.0\/33 /],
  [{ EGRESS_DENY: 'everything' }, /^EGRESS_DENY is not valid: everything /],
])('%j is refused', (env, fault) => {
  expect(faultsOf(env)).toEqual([typeof fault === 'string' ? fault : expect.stringMatching(fault)]);
});

test('all faults are named at once', () => {
  const faults = faultsOf({
    HOST: '[::1]',
    PORT: 'x',
    MONGODB_URL: 'x',
    SECRETS_KEYS: 'x,y',
    EGRESS_DENY: 'x,y',
    LOG_LEVEL: 'x',
  });
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
    'HOST',
    'PORT',
    'MONGODB_URL',
    'SECRETS_KEYS',
    'SECRETS_KEYS',
    'EGRESS_DENY',
    'EGRESS_DENY',
    'LOG_LEVEL',
  ]);
});

test.each([
  { MONGODB_URL: 'postgres://user:hunter2@db/x' },
  { MONGODB_URL: 'user:hunter2@db:27017' },
  { MONGODB_URL: 'mongodb://' },
  { SECRETS_KEYS: 'hunter2' },
  { SECRETS_KEYS: 'hunter2:hunter2' },
  { SECRETS_KEYS: `k1:${KEY},k1:${KEY}` },
  { PROBE_TARGET_URL: 'https://user:hunter2@example.com/' },
])('a fault in %j is told without quoting what may be secret', (env) => {
  const faults = faultsOf(env);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(new RegExp(`^${Object.keys(env)[0]} `));
  expect(faults[0]).not.toContain('hunter2');
  expect(faults[0]).not.toContain(KEY);
});

test('the documented defaults are the real ones', () => {
  const documented = Object.fromEntries(
    CONFIG_VARIABLES.filter(({ defaultsTo }) => !/^(the|a|none|no) ?/.test(defaultsTo)).map((variable) => [
      variable.name,
      variable.defaultsTo,
    ]),
  );
  expect(Object.keys(documented)).toHaveLength(21);
  const issuer = { OIDC_ISSUER: 'https://id.example.com', OIDC_AUDIENCE: 'ledger' };
  expect(configOf({ ...documented, ...issuer })).toEqual(configOf(issuer));
});
