import path from 'node:path';
import { z } from 'zod';
import { KeyRing } from './secrets/key-ring.ts';
import { parseTargetUrl } from './traffic/network/addresses.ts';
import { type Cidr, parseCidrs } from './traffic/network/cidr.ts';
import { isLoopbackHost } from './traffic/network/loopback.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface Config {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  /** Undefined: the embedded store in `dataDir`. May hold a password: never to be logged. */
  readonly mongodbUrl: string | undefined;
  /** Undefined: the key file in `dataDir`. */
  readonly keyRing: KeyRing | undefined;
  readonly secretsKeepDays: number;
  readonly probeTargetUrl: URL;
  readonly egressAllow: readonly Cidr[];
  readonly egressDeny: readonly Cidr[];
  /** The file of NODE_EXTRA_CA_CERTS, which Node has read by itself. */
  readonly extraAuthorities: string | undefined;
  readonly probesAtOnce: number;
  readonly probesPerActorPerMinute: number;
  readonly callsAtOnce: number;
  /** Undefined: no limit. */
  readonly callsPerActorPerMinute: number | undefined;
  readonly subscriptionsPerSocket: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  /** One line each, beginning with the variable's name. None holds a key or a connection string. */
  | { readonly ok: false; readonly faults: string[] };

export interface ConfigVariable {
  readonly name: string;
  /** As it is told to people. */
  readonly defaultsTo: string;
  readonly meaning: string;
}

/** Reads the environment. A variable that is empty, or only white space, counts as not set. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigResult {
  const given = Object.fromEntries(
    CONFIG_VARIABLES.map(({ name }) => [name, env[name]?.trim()]).filter(([, value]) => value),
  );
  const parsed = ENVIRONMENT.safeParse(given);
  if (!parsed.success) {
    return { ok: false, faults: parsed.error.issues.map(({ path: [name], message }) => `${String(name)} ${message}`) };
  }
  const values = parsed.data;
  return {
    ok: true,
    config: {
      host: values.HOST,
      port: values.PORT,
      dataDir: values.DATA_DIR,
      mongodbUrl: values.MONGODB_URL,
      keyRing: values.SECRETS_KEYS,
      secretsKeepDays: values.SECRETS_KEEP_DAYS,
      probeTargetUrl: values.PROBE_TARGET_URL,
      egressAllow: values.EGRESS_ALLOW,
      egressDeny: values.EGRESS_DENY,
      extraAuthorities: env.NODE_EXTRA_CA_CERTS || undefined,
      probesAtOnce: values.PROBES_AT_ONCE,
      probesPerActorPerMinute: values.PROBES_PER_ACTOR_PER_MINUTE,
      callsAtOnce: values.CALLS_AT_ONCE,
      callsPerActorPerMinute: values.CALLS_PER_ACTOR_PER_MINUTE,
      subscriptionsPerSocket: values.SUBSCRIPTIONS_PER_SOCKET,
      logLevel: values.LOG_LEVEL,
    },
  };
}

export const CONFIG_VARIABLES: readonly ConfigVariable[] = [
  { name: 'HOST', defaultsTo: '127.0.0.1', meaning: 'loopback address to listen on' },
  { name: 'PORT', defaultsTo: '4000', meaning: 'port to listen on; 0 takes a free one' },
  { name: 'DATA_DIR', defaultsTo: './data', meaning: 'directory of the embedded store and the key file' },
  { name: 'MONGODB_URL', defaultsTo: 'the embedded store', meaning: 'mongodb://host:port/database?replicaSet=name' },
  {
    name: 'SECRETS_KEYS',
    defaultsTo: 'a key file in DATA_DIR',
    meaning: 'id:base64 of 32 bytes, comma-separated; the first encrypts, all decrypt',
  },
  { name: 'SECRETS_KEEP_DAYS', defaultsTo: '30', meaning: 'days until a replaced or deleted secret is purged' },
  { name: 'PROBE_TARGET_URL', defaultsTo: 'https://example.com/', meaning: 'what a probe reaches through the proxy' },
  { name: 'EGRESS_ALLOW', defaultsTo: 'none', meaning: 'CIDRs to reach though denied by default, comma-separated' },
  { name: 'EGRESS_DENY', defaultsTo: 'none', meaning: 'CIDRs never to reach, comma-separated' },
  { name: 'PROBES_AT_ONCE', defaultsTo: '20', meaning: 'live probes at the same time' },
  { name: 'PROBES_PER_ACTOR_PER_MINUTE', defaultsTo: '60', meaning: 'probes that one actor may start in a minute' },
  { name: 'CALLS_AT_ONCE', defaultsTo: '500', meaning: 'live calls at the same time' },
  { name: 'CALLS_PER_ACTOR_PER_MINUTE', defaultsTo: 'no limit', meaning: 'calls that one actor may start in a minute' },
  { name: 'SUBSCRIPTIONS_PER_SOCKET', defaultsTo: '100', meaning: 'subscriptions on one WebSocket at the same time' },
  { name: 'LOG_LEVEL', defaultsTo: 'info', meaning: `${LOG_LEVELS.join(', ')}; logs go to stdout` },
];

const ENVIRONMENT = z.object({
  HOST: read((text) =>
    isLoopbackHost(text)
      ? { value: text }
      : {
          faults: [
            `is ${JSON.stringify(text)}, but may only be localhost, an address of 127.0.0.0/8 or ::1: ` +
              'the server has no authentication yet, so it must not be reachable from other machines',
          ],
        },
  ).default('127.0.0.1'),
  PORT: wholeNumber(0, 65535).default(4000),
  DATA_DIR: z
    .string()
    .default('./data')
    .transform((text) => path.resolve(text)),
  // The driver judges the rest: what is wrong here must not be told by quoting it, for it may hold a password.
  MONGODB_URL: read((text) =>
    /^mongodb(\+srv)?:\/\/[^/?#\s]+/.test(text)
      ? { value: text }
      : { faults: ['is not of the form mongodb://host:port/database?replicaSet=name or mongodb+srv://…'] },
  ).optional(),
  SECRETS_KEYS: read((text) => {
    const parsed = KeyRing.parse(text);
    return parsed.ok ? { value: parsed.keyRing } : { faults: parsed.faults.map((fault) => `is not valid: ${fault}`) };
  }).optional(),
  SECRETS_KEEP_DAYS: wholeNumber(0, 36_500).default(30),
  PROBE_TARGET_URL: read((text) => {
    const parsed = parseTargetUrl(text);
    return parsed.ok ? { value: parsed.url } : { faults: [`is not valid: ${parsed.fault}`] };
  }).default(() => new URL('https://example.com/')),
  EGRESS_ALLOW: cidrs().default(() => []),
  EGRESS_DENY: cidrs().default(() => []),
  PROBES_AT_ONCE: wholeNumber(1, 10_000).default(20),
  PROBES_PER_ACTOR_PER_MINUTE: wholeNumber(1, 1_000_000).default(60),
  CALLS_AT_ONCE: wholeNumber(1, 100_000).default(500),
  CALLS_PER_ACTOR_PER_MINUTE: wholeNumber(1, 1_000_000).optional(),
  SUBSCRIPTIONS_PER_SOCKET: wholeNumber(1, 100_000).default(100),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, {
      error: ({ input }) => `is ${JSON.stringify(input)}, but must be one of ${LOG_LEVELS.join(', ')}`,
    })
    .default('info'),
});

type Reading<T> = { readonly value: T } | { readonly faults: readonly string[] };

function read<T>(reader: (text: string) => Reading<T>) {
  return z.string().transform((text, context): T => {
    const reading = reader(text);
    if ('value' in reading) return reading.value;
    for (const message of reading.faults) context.issues.push({ code: 'custom', message, input: undefined });
    return z.NEVER;
  });
}

function wholeNumber(least: number, most: number) {
  return read((text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return { value };
    return { faults: [`is ${JSON.stringify(text)}, but must be a whole number from ${least} to ${most}`] };
  });
}

function cidrs() {
  return read<readonly Cidr[]>((text) => {
    const parsed = parseCidrs(text);
    return parsed.ok ? { value: parsed.ranges } : { faults: parsed.faults.map((fault) => `is not valid: ${fault}`) };
  });
}
