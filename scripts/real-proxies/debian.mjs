// Debian's proxies. Each entry: the packages it needs, the package whose version is told, and how it is started. They run
// as Debian's user `proxy`, in a scratch folder of their own: `file(name)` is a path in it, `write(name, lines)` makes the
// file and answers its path.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CREDENTIALS, FORBIDDEN } from './cases.mjs';

const { user, password } = CREDENTIALS;
const LOGIN = `${user}:${password}`;

const APACHE_MODULES = [
  'mpm_event',
  'proxy',
  'proxy_http',
  'proxy_connect',
  'authn_core',
  'authn_file',
  'authz_core',
  'authz_user',
  'auth_basic',
];

export const DEBIAN = [
  {
    name: 'squid',
    packages: ['squid-openssl'],
    variants: ['open', 'login', 'rule'],
    start: ({ port, variant, file, write }) => {
      const login = [
        `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${write('users', [`${user}:${hash()}`])}`,
        'acl known proxy_auth REQUIRED',
        'http_access deny !known',
      ];
      const config = [
        ...[
          `http_port 127.0.0.1:${port}`,
          'pid_filename none',
          `cache_log ${file('log')}`,
          'access_log none',
          'cache deny all',
        ],
        ...[`coredump_dir ${file('.')}`, 'visible_hostname squid.test', 'dns_timeout 2 seconds'],
        ...(variant === 'login' ? login : []),
        ...(variant === 'rule' ? [`acl forbidden dstdomain ${FORBIDDEN}`, 'http_access deny forbidden'] : []),
        'http_access allow all',
      ];
      return ['/usr/sbin/squid', '-N', '-n', `p${port}`, '-f', write('squid.conf', config)];
    },
  },
  {
    name: 'tinyproxy',
    packages: ['tinyproxy-bin'],
    variants: ['open', 'login', 'rule'],
    start: ({ port, variant, write }) => {
      const config = [
        ...[`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 60', 'MaxClients 50'],
        ...(variant === 'login' ? [`BasicAuth ${user} ${password}`] : []),
        ...(variant === 'rule' ? [`Filter "${write('filter', [FORBIDDEN])}"`] : []),
      ];
      return ['tinyproxy', '-d', '-c', write('tinyproxy.conf', config)];
    },
  },
  {
    name: 'apache',
    packages: ['apache2-bin'],
    variants: ['open', 'login', 'rule'],
    start: ({ port, variant, file, write }) => {
      const login = [
        'AuthType Basic',
        'AuthName apache',
        `AuthUserFile ${write('users', [`${user}:${hash()}`])}`,
        'Require valid-user',
      ];
      const config = [
        ...[
          `ServerRoot ${file('.')}`,
          'ServerName apache.test',
          `DefaultRuntimeDir ${file('.')}`,
          `PidFile ${file('pid')}`,
        ],
        ...[`ErrorLog ${file('log')}`, `Listen 127.0.0.1:${port}`],
        ...APACHE_MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
        ...['ProxyRequests On', 'ProxyVia On', `AllowCONNECT ${variant === 'rule' ? '563' : '1-65535'}`],
        ...(variant === 'login' ? ['<Proxy "*">', ...login, '</Proxy>'] : []),
      ];
      return ['/usr/sbin/apache2', '-X', '-f', write('apache.conf', config)];
    },
  },
  {
    name: 'privoxy',
    packages: ['privoxy'],
    variants: ['open', 'rule'],
    start: ({ port, file, write }) => {
      write('forbidden.action', ['{ +block{Refused.} }', FORBIDDEN]);
      const config = [
        `confdir ${file('.')}`,
        'templdir /etc/privoxy/templates',
        `listen-address 127.0.0.1:${port}`,
        'actionsfile forbidden.action',
      ];
      return ['/usr/sbin/privoxy', '--no-daemon', write('privoxy.conf', config)];
    },
  },
  {
    name: 'ncat',
    packages: ['ncat'],
    variants: ['open', 'login'],
    // As a proxy it listens on every address, so it is told whom to serve.
    start: ({ port, variant }) => [
      ...['ncat', '--listen', '127.0.0.1', `${port}`, '--keep-open', '--proxy-type', 'http', '--allow', '127.0.0.1'],
      ...(variant === 'login' ? ['--proxy-auth', LOGIN] : []),
    ],
  },
  {
    name: 'trafficserver',
    packages: ['trafficserver'],
    variants: ['open'],
    start: ({ port, file, write }) => {
      execFileSync('cp', ['-r', '/etc/trafficserver', file('etc')]);
      const places = ['runtimedir', 'logdir', 'cachedir', 'datadir', 'localstatedir'].map(
        (name) => `${name}: ${file(name)}`,
      );
      for (const place of places) mkdirSync(place.split(': ')[1]);
      const shipped = ['prefix: /usr', 'exec_prefix: /usr', 'bindir: /usr/bin', 'sbindir: /usr/sbin'];
      const root = write('runroot.yaml', [...shipped, `sysconfdir: ${file('etc')}`, ...places]);
      write('etc/records.config', [
        `CONFIG proxy.config.http.server_ports STRING ${port}:ip-in=127.0.0.1`,
        'CONFIG proxy.config.reverse_proxy.enabled INT 0',
        'CONFIG proxy.config.url_remap.remap_required INT 0',
        'CONFIG proxy.config.http.connect_ports STRING *',
        'CONFIG proxy.config.http.cache.http INT 0',
        'CONFIG proxy.config.admin.user_id STRING #-1',
      ]);
      return { command: ['traffic_server'], env: { TS_RUNROOT: root } };
    },
  },
  {
    name: 'e2guardian',
    packages: ['e2guardian'],
    variants: ['open'],
    start: ({ port, file, write }) => {
      execFileSync('cp', ['-r', '/etc/e2guardian', file('e2')]);
      const shipped = execFileSync('sed', [
        `s#/etc/e2guardian#${file('e2')}#g`,
        '/etc/e2guardian/e2guardian.conf',
      ]).toString();
      const replaced = shipped
        .split('\n')
        .filter(
          (line) =>
            !/^(filterip|filterports|transparenthttpsport|nodaemon|httpworkers|daemonuser|daemongroup)\b/.test(line),
        );
      const own = [
        'filterip = 127.0.0.1',
        `filterports = ${port}`,
        'transparenthttpsport =',
        'nodaemon = on',
        'httpworkers = 20',
        "daemonuser = 'proxy'",
        "daemongroup = 'proxy'",
      ];
      const files = [`pidfilename = '${file('pid')}'`, `loglocation = '${file('access.log')}'`];
      return ['/usr/sbin/e2guardian', '-N', '-c', write('e2/e2guardian.conf', [...replaced, ...own, ...files])];
    },
  },
  {
    name: 'apt-cacher-ng',
    packages: ['apt-cacher-ng'],
    variants: ['open'],
    start: ({ port, file, write }) => {
      const config = [
        ...[
          `CacheDir: ${file('cache')}`,
          `LogDir: ${file('.')}`,
          `SocketPath: ${file('socket')}`,
          `Port: ${port}`,
          'BindAddress: localhost',
          'ForeGround: 1',
        ],
        ...['PassThroughPattern: .*', 'SupportDir: /usr/lib/apt-cacher-ng', 'ReportPage: acng-report.html'],
      ];
      write('conf/acng.conf', config);
      return ['/usr/sbin/apt-cacher-ng', '-c', file('conf')];
    },
  },
  {
    name: 'ffproxy',
    packages: ['ffproxy'],
    variants: ['open'],
    start: ({ port, file, write }) => {
      execFileSync('cp', ['-r', '/etc/ffproxy', file('ff')]);
      write('ff/db/access.ip', ['^127']);
      const config = [
        ...[
          `port ${port}`,
          'bind_ipv4 yes',
          'bind_ipv4_host 127.0.0.1',
          'bind_ipv6 no',
          'use_syslog no',
          'unrestricted_connect yes',
        ],
        ...[
          'daemonize no',
          `pid_dir ${file('.')}`,
          `db_files_path ${file('ff')}`,
          'use_ipv6 yes',
          'child_processes 10',
        ],
      ];
      return ['ffproxy', '-F', write('ffproxy.conf', config)];
    },
  },
  {
    name: 'ziproxy',
    packages: ['ziproxy'],
    variants: ['open', 'login'],
    start: ({ port, variant, file, write }) => {
      const login = ['AuthMode = 1', `AuthPasswdFile = "${write('passwd', [LOGIN])}"`];
      const config = [
        `Port = ${port}`,
        'Address = "127.0.0.1"',
        'OnlyFrom = "127.0.0.1"',
        ...(variant === 'login' ? login : []),
      ];
      return {
        command: ['ziproxy', '-d', '-c', write('ziproxy.conf', config), '-p', file('pid')],
        pidFile: file('pid'),
      };
    },
  },
  {
    name: 'cntlm before squid',
    packages: ['cntlm'],
    variants: ['open'],
    behind: 'squid',
    start: ({ port, upstream, write }) => {
      const config = [
        'Username u',
        'Domain d',
        'Password p',
        `Proxy 127.0.0.1:${upstream}`,
        `Listen 127.0.0.1:${port}`,
        'Auth NTLM',
      ];
      return ['/usr/sbin/cntlm', '-f', '-c', write('cntlm.conf', config)];
    },
  },
  {
    name: 'haproxy before squid',
    packages: ['haproxy'],
    variants: ['open', 'login'],
    behind: 'squid',
    start: ({ port, upstream, variant, write }) => {
      const config = [
        ...['defaults', ' mode http', ' timeout connect 3s', ' timeout client 60s', ' timeout server 60s'],
        ...['userlist known', ` user ${user} insecure-password ${password}`],
        ...['frontend f', ` bind 127.0.0.1:${port}`, ' option http-use-proxy-header', ' default_backend b'],
        ...(variant === 'login' ? [' http-request auth unless { http_auth(known) }'] : []),
        ...['backend b', ` server s 127.0.0.1:${upstream}`],
      ];
      return ['/usr/sbin/haproxy', '-db', '-f', write('haproxy.cfg', config)];
    },
  },
  {
    name: 'nghttpx before squid',
    packages: ['nghttp2-proxy'],
    variants: ['open'],
    behind: 'squid',
    start: ({ port, upstream, write }) => [
      ...['nghttpx', '--http2-proxy', `--frontend=127.0.0.1,${port};no-tls`, `--backend=127.0.0.1,${upstream}`],
      ...[`--conf=${write('nghttpx.conf', [])}`, '--workers=1'],
    ],
  },
];

function hash() {
  return execFileSync('openssl', ['passwd', '-apr1', '-stdin'], { input: `${password}\n` })
    .toString()
    .trim();
}

/** @param folder of the run. @param lines of the file. */
export function writer(folder) {
  return (name, lines) => {
    const file = path.join(folder, name);
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  };
}
