import path from 'node:path';
import { z } from 'zod';
import { KeyRing } from '../secrets/key-ring.ts';
import { parseTargetUrl } from '../traffic/network/addresses.ts';
import type { Cidr } from '../traffic/network/cidr.ts';
import { crossFaults } from './cross-checks.ts';
import { host, origins, publicUrl } from './edges.ts';
import {
  type AccessSettings,
  administrators,
  algorithms,
  authorizeParams,
  claimNames,
  DEFAULT_ALGORITHMS,
  issuer,
  issuerAddress,
} from './identities.ts';
import { cidrs, list, oneOf, onOrOff, read, wholeNumber } from './readers.ts';
import { CONFIG_VARIABLES, LOG_LEVELS } from './variables.ts';

export interface Config {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Undefined: the listening origin. */
  readonly publicUrl: URL | undefined;
  /** Of pages that may call the API beside this server's own. */
  readonly allowedOrigins: readonly string[];
  /** Absolute paths; undefined: this server speaks no TLS. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Undefined: there are no identities, and everybody may do everything. */
  readonly access: AccessSettings | undefined;
  readonly tokensWithoutExpiry: boolean;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly console: boolean;
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
  readonly socketsPerIdentity: number;
  readonly subscriptionsPerIdentity: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  /** One line each, beginning with the variable's name. None holds a key or a connection string. */
  | { readonly ok: false; readonly faults: string[] };

/** Reads the environment. A variable that is empty, or only white space, counts as not set. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigResult {
  const given = Object.fromEntries(
    CONFIG_VARIABLES.map(({ name }) => [name, env[name]?.trim()]).filter(([, value]) => value),
  );
  const parsed = ENVIRONMENT.safeParse(given);
  const unreadable = parsed.error?.issues.map(({ path: [name], message }) => `${String(name)} ${message}`) ?? [];
  const faults = [...unreadable, ...crossFaults(given, readable(given))].sort((a, b) => placeOf(a) - placeOf(b));
  if (!parsed.success || faults.length > 0) return { ok: false, faults };
  const values = parsed.data;
  return {
    ok: true,
    config: {
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.PUBLIC_URL,
      allowedOrigins: values.ALLOWED_ORIGINS,
      tls: tlsOf(values),
      access: accessOf(values),
      tokensWithoutExpiry: values.TOKENS_WITHOUT_EXPIRY,
      graphiql: values.GRAPHIQL,
      introspection: values.INTROSPECTION,
      console: values.CONSOLE,
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
      socketsPerIdentity: values.SOCKETS_PER_IDENTITY,
      subscriptionsPerIdentity: values.SUBSCRIPTIONS_PER_IDENTITY,
      logLevel: values.LOG_LEVEL,
    },
  };
}

const ENVIRONMENT = z.object({
  HOST: host().default('127.0.0.1'),
  PORT: wholeNumber(0, 65535).default(4000),
  PUBLIC_URL: publicUrl().optional(),
  ALLOWED_ORIGINS: origins().default(() => []),
  TLS_CERT_FILE: file().optional(),
  TLS_KEY_FILE: file().optional(),
  AUTH: oneOf(['none', 'required']).optional(),
  OIDC_ISSUER: issuer().optional(),
  OIDC_JWKS_URI: issuerAddress().optional(),
  OIDC_JWKS_FILE: file().optional(),
  OIDC_AUDIENCE: list((text) => ({ value: text })).default(() => []),
  OIDC_NAME_CLAIM: claimNames().default('name'),
  OIDC_GROUPS_CLAIM: claimNames().default('groups'),
  OIDC_ALGORITHMS: algorithms().default(() => DEFAULT_ALGORITHMS),
  OIDC_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 600).default(30),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_SCOPES: z
    .string()
    .transform((text) => text.split(/\s+/).join(' '))
    .default('openid profile email'),
  OIDC_AUTHORIZE_PARAMS: authorizeParams().default(''),
  ADMINS: administrators().default(() => []),
  GRAPHIQL: onOrOff().default(true),
  INTROSPECTION: onOrOff().default(true),
  CONSOLE: onOrOff().default(true),
  TOKENS_WITHOUT_EXPIRY: onOrOff().default(false),
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
  SOCKETS_PER_IDENTITY: wholeNumber(1, 100_000).default(20),
  SUBSCRIPTIONS_PER_IDENTITY: wholeNumber(1, 1_000_000).default(500),
  LOG_LEVEL: oneOf(LOG_LEVELS).default('info'),
});

type Values = z.infer<typeof ENVIRONMENT>;

function file() {
  return z.string().transform((text) => path.resolve(text));
}

/** Of the variable that a fault begins with, among all. */
function placeOf(fault: string): number {
  const [variable] = fault.split(' ');
  return CONFIG_VARIABLES.findIndex(({ name }) => name === variable);
}

/** What can be read of the variables, whatever is wrong with others. */
function readable(given: Readonly<Record<string, string | undefined>>): Partial<Values> {
  const values: Partial<Values> = {};
  for (const [name, variable] of Object.entries(ENVIRONMENT.shape)) {
    const { success, data } = variable.safeParse(given[name]);
    if (success) Object.assign(values, { [name]: data });
  }
  return values;
}

function tlsOf({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile }: Values): Config['tls'] {
  return certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
}

function accessOf(values: Values): AccessSettings | undefined {
  const issuer = values.OIDC_ISSUER;
  if (issuer === undefined && values.AUTH !== 'required') return undefined;
  return {
    administrators: values.ADMINS,
    oidc:
      issuer === undefined
        ? undefined
        : {
            issuer,
            jwksUri: values.OIDC_JWKS_URI,
            jwksFile: values.OIDC_JWKS_FILE,
            audiences: values.OIDC_AUDIENCE,
            nameClaim: values.OIDC_NAME_CLAIM,
            groupsClaim: values.OIDC_GROUPS_CLAIM,
            algorithms: values.OIDC_ALGORITHMS,
            toleranceSeconds: values.OIDC_CLOCK_TOLERANCE_SECONDS,
            clientId: values.OIDC_CLIENT_ID,
            scopes: values.OIDC_SCOPES,
            authorizeParams: values.OIDC_AUTHORIZE_PARAMS,
          },
  };
}
