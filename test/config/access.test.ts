import path from 'node:path';
import { type Config, readConfig } from '../../src/config/config.ts';

const ISSUER = 'https://id.example.com/realms/a';
const OIDC = { OIDC_ISSUER: ISSUER, OIDC_AUDIENCE: 'ledger' };
const PUBLIC = 'https://ledger.example.com';

function configOf(env: Record<string, string>): Config {
  const read = readConfig(env);
  if (!read.ok) throw new Error(read.faults.join('\n'));
  return read.config;
}

function faultsOf(env: Record<string, string>): string[] {
  const read = readConfig(env);
  return read.ok ? [] : read.faults;
}

/** The variables that faults name, in their order. */
const named = (env: Record<string, string>) => faultsOf(env).map((fault) => fault.split(' ')[0]);

describe('identities', () => {
  test('an issuer needs an audience alone, and makes them required', () => {
    expect(configOf(OIDC).access).toEqual({
      administrators: [],
      oidc: {
        issuer: ISSUER,
        jwksUri: undefined,
        jwksFile: undefined,
        audiences: ['ledger'],
        nameClaim: 'name',
        groupsClaim: 'groups',
        algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
        toleranceSeconds: 30,
        clientId: undefined,
        scopes: 'openid profile email',
        authorizeParams: '',
      },
    });
    expect(configOf({ ...OIDC, AUTH: 'required' })).toEqual(configOf(OIDC));
  });

  test('AUTH=required alone is for API tokens', () => {
    expect(configOf({ AUTH: 'required' }).access).toEqual({ administrators: [], oidc: undefined });
    expect(configOf({ AUTH: 'none' })).toEqual(configOf({}));
  });

  test('everything of an issuer is read', () => {
    const { access } = configOf({
      ...OIDC,
      OIDC_JWKS_FILE: 'keys.json',
      OIDC_AUDIENCE: 'ledger , https://ledger.example.com/,ledger',
      OIDC_NAME_CLAIM: 'https://example.com/name',
      OIDC_GROUPS_CLAIM: 'roles',
      OIDC_ALGORITHMS: 'RS256, ES384',
      OIDC_CLOCK_TOLERANCE_SECONDS: '0',
      OIDC_CLIENT_ID: 'console',
      OIDC_SCOPES: 'openid  offline_access',
      OIDC_AUTHORIZE_PARAMS: '?audience=https%3A%2F%2Fledger&resource=a&resource=b',
    });
    expect(access?.oidc).toEqual({
      issuer: ISSUER,
      jwksUri: undefined,
      jwksFile: path.resolve('keys.json'),
      audiences: ['ledger', 'https://ledger.example.com/'],
      nameClaim: 'https://example.com/name',
      groupsClaim: 'roles',
      algorithms: ['RS256', 'ES384'],
      toleranceSeconds: 0,
      clientId: 'console',
      scopes: 'openid offline_access',
      authorizeParams: 'audience=https%3A%2F%2Fledger&resource=a&resource=b',
    });
  });

  test.each([
    'https://id.example.com',
    'https://id.example.com/',
    'https://ID.example.com:443/a/',
    'http://[::1]:8080/a',
  ])('the issuer %s stays the text that it is', (issuer) => {
    expect(configOf({ ...OIDC, OIDC_ISSUER: issuer }).access?.oidc?.issuer).toBe(issuer);
  });

  test.each([
    ['OIDC_ISSUER', 'http://id.example.com'],
    ['OIDC_ISSUER', 'id.example.com'],
    ['OIDC_ISSUER', 'https://id.example.com/?tenant=a'],
    ['OIDC_ISSUER', 'https://id.example.com/#a'],
    ['OIDC_ISSUER', 'https://user:hunter2@id.example.com/'],
    ['OIDC_JWKS_URI', 'http://id.example.com/keys'],
    ['OIDC_JWKS_URI', 'file:///etc/keys'],
    ['OIDC_AUDIENCE', 'a,,b'],
    ['OIDC_ALGORITHMS', 'none'],
    ['OIDC_ALGORITHMS', 'RS256,HS256'],
    ['OIDC_CLOCK_TOLERANCE_SECONDS', '601'],
    ['OIDC_AUTHORIZE_PARAMS', 'audience=a&redirect_uri=https://elsewhere.example'],
    ['AUTH', 'yes'],
  ])('%s %s is refused', (name, value) => {
    const [fault, ...others] = faultsOf({ ...OIDC, [name]: value });
    expect(others).toEqual([]);
    expect(fault).toMatch(new RegExp(`^${name} `));
    expect(fault).not.toContain('hunter2');
  });

  test('AUTH=none beside an issuer, an issuer without an audience, and keys from two places are refused', () => {
    expect(faultsOf({ ...OIDC, AUTH: 'none' })).toEqual(['AUTH is none beside OIDC_ISSUER: leave one of them out']);
    expect(named({ OIDC_ISSUER: ISSUER })).toEqual(['OIDC_AUDIENCE']);
    expect(named({ ...OIDC, OIDC_JWKS_URI: `${ISSUER}/keys`, OIDC_JWKS_FILE: 'keys.json' })).toEqual([
      'OIDC_JWKS_FILE',
    ]);
  });

  test('what is of an issuer alone is refused without one', () => {
    const env = { AUTH: 'required', OIDC_AUDIENCE: 'ledger', OIDC_CLIENT_ID: 'console', ADMINS: 'group:admins' };
    expect(faultsOf(env)).toEqual([
      'OIDC_AUDIENCE is set without OIDC_ISSUER',
      'OIDC_CLIENT_ID is set without OIDC_ISSUER',
      'ADMINS is set without OIDC_ISSUER',
    ]);
  });
});

describe('ADMINS', () => {
  const administratorsOf = (text: string) => configOf({ ...OIDC, ADMINS: text }).access?.administrators;

  test.each([
    [`user:${ISSUER}#ada`, [`user:${ISSUER}#ada`]],
    [`user:${ISSUER}#a#b , client:${ISSUER}#ci`, [`user:${ISSUER}#a#b`, `client:${ISSUER}#ci`]],
    ['group:admins,group:admins', ['group:admins']],
    ['group:/admins', ['group:/admins']],
    ['group:CN=admins\\,OU=it\\,DC=example,group:b', ['group:CN=admins,OU=it,DC=example', 'group:b']],
    ['group:DOMAIN\\admins', ['group:DOMAIN\\admins']],
    ['group:#1', ['group:#1']],
  ])('%s names these', (text, administrators) => {
    expect(administratorsOf(text)).toEqual(administrators);
  });

  test.each([
    'ada',
    'user:ada',
    `user:${ISSUER}`,
    `user:${ISSUER}#`,
    'user:#ada',
    'group:',
    'token:abc',
    'group:a,,group:b',
    `group:a,`,
    `User:${ISSUER}#ada`,
    `user:${ISSUER}/#ada`,
    'client:https://other.example.com#ci',
  ])('%s is refused', (text) => {
    expect(named({ ...OIDC, ADMINS: text })).toEqual(['ADMINS']);
  });

  test('each one of another issuer is named', () => {
    const faults = faultsOf({ ...OIDC, ADMINS: `user:a#1,user:${ISSUER}#2,client:b#3` });
    expect(faults).toEqual([
      expect.stringContaining('ADMINS has "user:a#1", whose issuer is not'),
      expect.stringContaining('ADMINS has "client:b#3", whose issuer is not'),
    ]);
  });
});

describe('where it may be reached', () => {
  test.each([
    { HOST: '0.0.0.0', AUTH: 'required', PUBLIC_URL: PUBLIC },
    { HOST: '::', ...OIDC, PUBLIC_URL: `${PUBLIC}/ledger/` },
    { HOST: '0.0.0.0', AUTH: 'required', PUBLIC_URL: 'http://localhost:4000' },
    { HOST: '192.168.1.1', AUTH: 'required', PUBLIC_URL: 'http://[::1]:4000' },
    { HOST: 'ledger.example.com', AUTH: 'required', PUBLIC_URL: PUBLIC, TLS_CERT_FILE: 'a', TLS_KEY_FILE: 'b' },
    { HOST: '127.0.0.1', AUTH: 'required', PUBLIC_URL: PUBLIC },
    { PUBLIC_URL: 'http://localhost:8080' },
  ])('%j may be', (env) => {
    expect(configOf(env).publicUrl).toEqual(new URL(env.PUBLIC_URL));
  });

  test.each([
    [{ HOST: '0.0.0.0' }, ['HOST']],
    [{ HOST: 'localhost.example.com', AUTH: 'required' }, ['HOST']],
    [{ HOST: '127.1', PUBLIC_URL: PUBLIC }, ['HOST']],
    [{ HOST: '::ffff:127.0.0.1', PUBLIC_URL: 'http://ledger.example.com' }, ['HOST', 'PUBLIC_URL']],
    [{ HOST: '::1%lo', ...OIDC, PUBLIC_URL: 'http://ledger.example.com' }, ['PUBLIC_URL']],
    [{ HOST: '0.0.0.0', OIDC_ISSUER: ISSUER, TLS_KEY_FILE: 'a' }, ['HOST', 'OIDC_AUDIENCE', 'TLS_CERT_FILE']],
    [{ HOST: '0.0.0.0', PORT: 'x' }, ['HOST', 'PORT']],
    [{ PUBLIC_URL: PUBLIC }, ['PUBLIC_URL']],
    [{ PUBLIC_URL: 'http://ledger.example.com', AUTH: 'none' }, ['PUBLIC_URL']],
    [{ HOST: '[::1]' }, ['HOST']],
    [{ HOST: 'http://localhost' }, ['HOST']],
    [{ HOST: '' }, []],
  ])('%j lacks %j', (env, lacking) => {
    expect(named(env as Record<string, string>)).toEqual(lacking);
  });

  test('an address that others reach names all that it lacks', () => {
    const told = (env: Record<string, string>) => faultsOf({ HOST: '0.0.0.0', ...env })[0];
    expect(told({ AUTH: 'none' })).toMatch(
      /^HOST is "0\.0\.0\.0", not a loopback address, .*AUTH=required.*PUBLIC_URL/,
    );
    expect(told({ AUTH: 'required' })).not.toContain('AUTH');
    expect(told({ PUBLIC_URL: PUBLIC })).not.toContain('PUBLIC_URL');
  });

  test.each([
    'ledger.example.com',
    'ftp://ledger.example.com',
    'https://user:hunter2@ledger.example.com',
    'https://ledger.example.com/?a',
    'https://ledger.example.com/#a',
  ])('the PUBLIC_URL %s is refused', (text) => {
    const faults = faultsOf({ AUTH: 'required', PUBLIC_URL: text });
    expect(faults).toEqual([expect.stringMatching(/^PUBLIC_URL /)]);
    expect(faults[0]).not.toContain('hunter2');
  });

  test('TLS takes two files', () => {
    const { tls } = configOf({ TLS_CERT_FILE: 'cert.pem', TLS_KEY_FILE: '/etc/key.pem' });
    expect(tls).toEqual({ certFile: path.resolve('cert.pem'), keyFile: '/etc/key.pem' });
    expect(faultsOf({ TLS_CERT_FILE: 'a' })).toEqual(['TLS_KEY_FILE is missing beside TLS_CERT_FILE']);
    expect(faultsOf({ TLS_KEY_FILE: 'a' })).toEqual(['TLS_CERT_FILE is missing beside TLS_KEY_FILE']);
  });
});

describe('ALLOWED_ORIGINS', () => {
  test('are kept as browsers spell them', () => {
    const text = 'http://localhost:5173, https://App.example.com:443/,http://[::1]:80';
    expect(configOf({ ALLOWED_ORIGINS: text }).allowedOrigins).toEqual([
      'http://localhost:5173',
      'https://app.example.com',
      'http://[::1]',
    ]);
  });

  test.each([
    '*',
    'https://*.example.com',
    'null',
    'app.example.com',
    'https://app.example.com/path',
    'https://app.example.com/?',
    'https://app.example.com#',
    'https://user:hunter2@app.example.com',
    'file:///',
    'https://a.example.com,,https://b.example.com',
  ])('%s is refused', (text) => {
    const faults = faultsOf({ ALLOWED_ORIGINS: text });
    expect(faults).toEqual([expect.stringMatching(/^ALLOWED_ORIGINS /)]);
    expect(faults[0]).not.toContain('hunter2');
  });
});

test('what can be switched is on or off', () => {
  const off = { GRAPHIQL: 'off', INTROSPECTION: 'off', CONSOLE: 'off', TOKENS_WITHOUT_EXPIRY: 'on' };
  expect(configOf(off)).toMatchObject({
    graphiql: false,
    introspection: false,
    console: false,
    tokensWithoutExpiry: true,
  });
  for (const name of Object.keys(off))
    expect(faultsOf({ [name]: 'false' })).toEqual([`${name} is "false", but must be one of on, off`]);
});
