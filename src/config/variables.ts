export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface ConfigVariable {
  readonly name: string;
  /** As it is told to people. */
  readonly defaultsTo: string;
  readonly meaning: string;
}

export const CONFIG_VARIABLES: readonly ConfigVariable[] = [
  {
    name: 'HOST',
    defaultsTo: '127.0.0.1',
    meaning: 'address to listen on; one that is not loopback needs AUTH=required and a PUBLIC_URL',
  },
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
  {
    name: 'AUTH',
    defaultsTo: 'none, or required where OIDC_ISSUER is set',
    meaning: 'required: every request needs a credential; without an issuer that is an API token',
  },
  { name: 'OIDC_ISSUER', defaultsTo: 'none', meaning: 'issuer of JWT access tokens, as it stands in them; https' },
  {
    name: 'OIDC_JWKS_URI',
    defaultsTo: 'none',
    meaning: "address of the issuer's keys, instead of the one that its metadata name; https",
  },
  { name: 'OIDC_JWKS_FILE', defaultsTo: 'none', meaning: "file of the issuer's keys, reread when it changes" },
  {
    name: 'OIDC_AUDIENCE',
    defaultsTo: 'none; needed with an issuer',
    meaning: 'one of these must be in aud, comma-separated',
  },
  {
    name: 'OIDC_NAME_CLAIM',
    defaultsTo: 'name',
    meaning: 'claim with the name of a person; else preferred_username, email, client_id, azp, sub',
  },
  { name: 'OIDC_GROUPS_CLAIM', defaultsTo: 'groups', meaning: 'claim with the names of the groups of a person' },
  {
    name: 'OIDC_ALGORITHMS',
    defaultsTo: 'RS256,PS256,ES256,EdDSA,Ed25519',
    meaning: 'signature algorithms to accept, comma-separated',
  },
  { name: 'OIDC_CLOCK_TOLERANCE_SECONDS', defaultsTo: '30', meaning: 'for exp, nbf and iat' },
  { name: 'OIDC_CLIENT_ID', defaultsTo: 'none', meaning: 'client that the console signs in with' },
  { name: 'OIDC_SCOPES', defaultsTo: 'openid profile email', meaning: 'scopes that the console asks for' },
  { name: 'OIDC_AUTHORIZE_PARAMS', defaultsTo: 'none', meaning: 'what the console asks for besides, a query string' },
  {
    name: 'ADMINS',
    defaultsTo: 'none',
    meaning: 'user:ISSUER#SUB, client:ISSUER#ID, group:NAME, comma-separated; \\, is a comma in a name',
  },
  {
    name: 'PUBLIC_URL',
    defaultsTo: 'the listening origin',
    meaning: 'how browsers reach the server; its host is allowed in Host, its origin in Origin',
  },
  {
    name: 'ALLOWED_ORIGINS',
    defaultsTo: 'none',
    meaning: 'further origins whose pages may call the API, comma-separated; no wildcards',
  },
  { name: 'TLS_CERT_FILE', defaultsTo: 'none', meaning: 'certificate chain for TLS by the server itself, PEM' },
  { name: 'TLS_KEY_FILE', defaultsTo: 'none', meaning: 'its private key, PEM; both are reread when they change' },
  { name: 'GRAPHIQL', defaultsTo: 'on', meaning: 'on, off: whether GraphiQL is served' },
  { name: 'INTROSPECTION', defaultsTo: 'on', meaning: 'on, off: whether the schema may be asked for' },
  { name: 'CONSOLE', defaultsTo: 'on', meaning: 'on, off: whether the console is served' },
  { name: 'TOKENS_WITHOUT_EXPIRY', defaultsTo: 'off', meaning: 'on, off: whether API tokens may never expire' },
  { name: 'SOCKETS_PER_IDENTITY', defaultsTo: '20', meaning: 'WebSockets of one identity at the same time' },
  { name: 'SUBSCRIPTIONS_PER_IDENTITY', defaultsTo: '500', meaning: 'subscriptions of one identity at the same time' },
  { name: 'LOG_LEVEL', defaultsTo: 'info', meaning: `${LOG_LEVELS.join(', ')}; logs go to stdout` },
];
