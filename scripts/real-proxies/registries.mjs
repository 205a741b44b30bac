// The proxies of npm, PyPI, Go, Maven Central and crates. Each entry: what installs it, its version, how it is started.
import path from 'node:path';
import { CREDENTIALS, FORBIDDEN } from './cases.mjs';
import { GO, NPM, OLDER_PYTHON, PYTHON } from './install.mjs';

const { user, password } = CREDENTIALS;
const LOGIN = `${user}:${password}`;

export const REGISTRIES = [
  ...npm('proxy-chain', ['open', 'login']),
  ...npm('proxy', ['open', 'login']),
  ...npm('mockttp', ['open'], { intercepts: 'authority.pem' }),
  ...npm('http-mitm-proxy', ['open'], { intercepts: 'http-mitm-proxy/certs/ca.pem' }),
  ...npm('anyproxy', ['open']),
  {
    name: 'mitmproxy',
    version: PYTHON.mitmproxy,
    install: 'python',
    variants: ['open', 'login'],
    intercepts: 'conf/mitmproxy-ca-cert.pem',
    start: ({ port, variant, folder, file, authority }) => [
      ...[path.join(folder, 'bin/mitmdump'), '--quiet', '--listen-host', '127.0.0.1', '--listen-port', `${port}`],
      ...['--set', `confdir=${file('conf')}`, '--set', `ssl_verify_upstream_trusted_ca=${authority}`],
      ...(variant === 'login' ? ['--proxyauth', LOGIN] : []),
    ],
  },
  {
    name: 'proxy.py',
    version: PYTHON['proxy.py'],
    install: 'python',
    variants: ['open', 'login'],
    start: ({ port, variant, folder, file }) => [
      ...[path.join(folder, 'bin/proxy'), '--hostname', '127.0.0.1', '--port', `${port}`, '--num-workers', '1'],
      ...['--data-dir', file('.'), ...(variant === 'login' ? ['--basic-auth', LOGIN] : [])],
    ],
  },
  {
    name: 'px',
    version: PYTHON['px-proxy'],
    install: 'python',
    variants: ['open', 'login'],
    start: ({ port, variant, folder }) => ({
      command: [
        ...[
          path.join(folder, 'bin/px'),
          `--port=${port}`,
          '--listen=127.0.0.1',
          '--noproxy=*',
          '--workers=1',
          '--threads=5',
        ],
        ...(variant === 'login' ? ['--client-auth=BASIC', `--client-username=${user}`, '--client-nosspi'] : []),
      ],
      env: { PX_CLIENT_PASSWORD: password, PYTHON_KEYRING_BACKEND: 'keyring.backends.null.Keyring' },
    }),
  },
  {
    name: 'pproxy',
    version: OLDER_PYTHON.pproxy,
    install: 'olderPython',
    variants: ['open', 'login'],
    start: ({ port, variant, folder }) => [
      ...[
        path.join(folder, 'bin/pproxy'),
        '-l',
        `http://127.0.0.1:${port}${variant === 'login' ? `#${LOGIN}` : ''}`,
        '--auth',
        '0',
      ],
    ],
  },
  {
    name: 'goproxy',
    version: 'v1.9.4',
    install: 'goproxy',
    variants: ['open', 'login'],
    start: ({ port, variant, folder }) => [path.join(folder, 'goproxy'), `${port}`, ...login(variant)],
  },
  {
    name: 'smokescreen',
    version: GO.smokescreen[1],
    install: 'go',
    variants: ['open', 'rule'],
    start: ({ port, variant, folder, write }) => [
      ...[path.join(folder, 'smokescreen'), '--listen-ip', '127.0.0.1', '--listen-port', `${port}`],
      ...['--unsafe-allow-private-ranges', '--allow-range', '127.0.0.0/8', '--allow-range', '::1/128'],
      ...(variant === 'rule' ? ['--egress-acl-file', write('acl.yaml', SMOKESCREEN_RULES)] : []),
    ],
  },
  {
    name: 'martian',
    version: GO.proxy[1],
    install: 'go',
    variants: ['open'],
    start: ({ port, spare, folder }) => [
      ...[
        path.join(folder, 'proxy'),
        `-addr=127.0.0.1:${port}`,
        `-api-addr=127.0.0.1:${spare}`,
        `-tls-addr=127.0.0.1:0`,
      ],
    ],
  },
  {
    name: 'sing-box',
    version: GO['sing-box'][1],
    install: 'go',
    variants: ['open', 'login', 'rule'],
    start: ({ port, variant, folder, write }) => {
      const users = variant === 'login' ? [{ username: user, password }] : [];
      const rules = variant === 'rule' ? [{ domain: [FORBIDDEN], action: 'reject' }] : [];
      const config = {
        log: { disabled: true },
        inbounds: [{ type: 'http', listen: '127.0.0.1', listen_port: port, users }],
        outbounds: [{ type: 'direct' }],
        route: { rules },
      };
      return [path.join(folder, 'sing-box'), 'run', '-c', write('sing-box.json', [JSON.stringify(config)])];
    },
  },
  ...maven('LittleProxy', '2.6.0', 'littleproxy', ['open', 'login']),
  ...maven('Jetty', '12.1.0', 'jetty', ['open', 'login']),
  ...maven('WireMock', '3.13.2', 'wiremock', ['open']),
  ...maven('MockServer', '5.15.0', 'mockserver', ['open']),
  {
    name: 'hudsucker',
    version: '0.25.0',
    install: 'cargo',
    variants: ['open'],
    intercepts: 'authority.pem',
    start: ({ port, folder, file }) => [
      ...[path.join(folder, 'target/debug/real-proxies'), `${port}`, file('authority.pem'), file('authority.key')],
    ],
  },
];

/** One policy, for the role of those that bring no certificate: everything but that host. */
const SMOKESCREEN_RULES = [
  'version: v1',
  'services: []',
  'default:',
  '  project: all',
  '  action: enforce',
  '  allowed_domains: ["allowed.example"]',
];

function npm(name, variants, { intercepts } = {}) {
  return [
    {
      name,
      version: NPM[name],
      install: 'npm',
      variants,
      intercepts,
      start: ({ port, variant, folder, authority }) => ({
        command: [process.execPath, path.join(folder, 'serve.mjs'), name, `${port}`, ...login(variant)],
        env: { NODE_EXTRA_CA_CERTS: authority },
      }),
    },
  ];
}

function maven(name, version, kind, variants) {
  return [
    {
      name,
      version,
      install: 'maven',
      variants,
      start: ({ port, variant, folder }) => [
        ...[
          'java',
          '-cp',
          path.join(folder, 'lib', '*'),
          path.join(folder, 'Proxies.java'),
          kind,
          `${port}`,
          ...login(variant),
        ],
      ],
    },
  ];
}

function login(variant) {
  return variant === 'login' ? [user, password] : [];
}
