import { answering, type Script } from './misbehaving.ts';

/** What a proxy of this product and version was seen to answer. */
export interface StandIn {
  readonly product: string;
  /** Why. */
  readonly when: string;
  /** To any request, in Latin-1. */
  readonly answer: string;
  /** What it does behind its answer; it keeps the connection when left out. */
  readonly afterwards?: 'closes' | 'resets';
  /** What it writes into the tunnel that its answer opened, once the client speaks in it. */
  readonly inTunnel?: string;
}

/** A head with these lines. */
function head(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function page(status: string, ...fields: readonly string[]): string {
  return `${head(`HTTP/1.1 ${status}`, ...fields, 'Content-Type: text/html', 'Content-Length: 4')}page`;
}

const OPENED = head('HTTP/1.1 200 Connection established');

export const STAND_INS = {
  squidUnknownName: {
    product: 'squid 5.7',
    when: 'CONNECT to a name that it does not find',
    answer: page('500 Internal Server Error', 'Server: squid/5.7', 'X-Squid-Error: ERR_CANNOT_FORWARD 0'),
    afterwards: 'closes',
  },
  squidUnknownNameForwarded: {
    product: 'squid 5.7',
    when: 'a GET for a name that it does not find',
    answer: page(
      '502 Bad Gateway',
      'Server: squid/5.7',
      'X-Squid-Error: ERR_READ_ERROR 0',
      'Via: 1.1 proxy (squid/5.7)',
    ),
  },
  squidRefused: {
    product: 'squid 5.7',
    when: 'a target that refuses',
    answer: page('503 Service Unavailable', 'Server: squid/5.7', 'X-Squid-Error: ERR_CONNECT_FAIL 111'),
  },
  squidDenied: {
    product: 'squid 5.7',
    when: 'a port that its rules refuse',
    answer: page('403 Forbidden', 'Server: squid/5.7', 'X-Squid-Error: ERR_ACCESS_DENIED 0'),
  },
  squidWantsLogin: {
    product: 'squid 5.7',
    when: 'no credentials, or wrong ones',
    answer: page(
      '407 Proxy Authentication Required',
      'X-Squid-Error: ERR_CACHE_ACCESS_DENIED 0',
      'Proxy-Authenticate: Basic realm="squid"',
    ),
  },
  squidEmptyAnswer: {
    product: 'squid 5.7',
    when: 'a target that closes',
    answer: page('502 Bad Gateway', 'X-Squid-Error: ERR_ZERO_SIZE_OBJECT 0', 'Via: 1.1 proxy (squid/5.7)'),
  },
  tinyproxyRefused: {
    product: 'tinyproxy 1.11.1',
    when: 'a target that refuses, or a name that it does not find',
    answer: page('500 Unable to connect', 'Server: tinyproxy/1.11.1', 'Connection: close'),
    afterwards: 'closes',
  },
  tinyproxyFiltered: {
    product: 'tinyproxy 1.11.1',
    when: 'a target that its filter refuses',
    answer: page('403 Filtered', 'Server: tinyproxy/1.11.1', 'Connection: close'),
    afterwards: 'closes',
  },
  tinyproxyWrongPassword: {
    product: 'tinyproxy 1.11.1',
    when: 'wrong credentials',
    answer: head(
      'HTTP/1.0 401 Unauthorized',
      'Server: tinyproxy/1.11.1',
      'WWW-Authenticate: Basic realm="Tinyproxy"',
      'Connection: close',
    ),
    afterwards: 'closes',
  },
  privoxyUnknownName: {
    product: 'privoxy 3.0.34',
    when: 'a name that it does not find',
    answer: page('404 No such domain', 'Last-Modified: Wed, 08 Jun 1955 12:00:00 GMT', 'Connection: close'),
    afterwards: 'closes',
  },
  privoxyRefused: {
    product: 'privoxy 3.0.34',
    when: 'a target that refuses',
    answer: page('503 Connect failed', 'Connection: close'),
    afterwards: 'closes',
  },
  privoxyBlocked: {
    product: 'privoxy 3.0.34',
    when: 'a target that its rules refuse',
    answer: page('403 Request blocked by Privoxy', 'Connection: close'),
    afterwards: 'closes',
  },
  ziproxyUnknownName: {
    product: 'ziproxy 3.3.2',
    when: 'a name that it does not find',
    answer: page('404 Not Found', 'Server: ziproxy', 'Proxy-Connection: close'),
    afterwards: 'closes',
  },
  ziproxyRefused: {
    product: 'ziproxy 3.3.2',
    when: 'a target that refuses',
    answer: page('503 Service Unavailable', 'Server: ziproxy', 'Proxy-Connection: close'),
    afterwards: 'closes',
  },
  trafficserverUnknownName: {
    product: 'trafficserver 9.2.5',
    when: 'a name that it does not find',
    answer: page('500 Cannot find server.', 'Connection: keep-alive', 'Server: ATS/9.2.9'),
  },
  trafficserverRefusedForwarded: {
    product: 'trafficserver 9.2.5',
    when: 'a GET for a target that refuses',
    answer: page('502 Connection refused', 'Server: ATS/9.2.9'),
  },
  trafficserverHandsOn: {
    product: 'trafficserver 9.2.5',
    when: 'an answer of the target',
    answer: page('502 Bad Gateway', 'Server: ATS/9.2.9'),
  },
  trafficserverRefused: {
    product: 'trafficserver 9.2.5',
    when: 'CONNECT to a target that refuses',
    answer: head('HTTP/1.1 200 OK', 'Connection: keep-alive', 'Server: ATS/9.2.9'),
    afterwards: 'closes',
  },
  singBoxRefused: {
    product: 'sing-box 1.14.1',
    when: 'CONNECT to a target that refuses, or that its rules refuse',
    answer: OPENED,
    afterwards: 'resets',
  },
  ncatFails: {
    product: 'ncat 7.93',
    when: 'a target that refuses, or a name that it does not find',
    answer: head('HTTP/1.0 504 Gateway Timeout'),
    afterwards: 'closes',
  },
  ffproxyUnreachable: {
    product: 'ffproxy 1.6',
    when: 'a target that refuses, or a name that it does not find',
    answer: 'HTTP/1.1 503 ERROR\nConnection: close\nContent-Type: text/html\n\npage',
    afterwards: 'closes',
  },
  ffproxyPort: {
    product: 'ffproxy 1.6',
    when: 'a port that its rules refuse',
    answer: 'HTTP/1.1 400 ERROR\nConnection: close\nContent-Type: text/html\n\npage',
    afterwards: 'closes',
  },
  e2guardianBadHost: {
    product: 'e2guardian 5.3.5',
    when: 'CONNECT to an address of IPv6',
    answer: 'HTTP/1.1 400 Bad Request\nContent-Type: text/html\r\nConnection: Close\r\n\r\npage',
    afterwards: 'closes',
  },
  e2guardianBlocked: {
    product: 'e2guardian 5.3.5',
    when: 'CONNECT to a target that it does not reach, or that its lists refuse',
    answer: OPENED,
    inTunnel: head(
      'HTTP/1.1 302 Redirect',
      'Location: http://internal.test.e2guardian.org',
      'Server: e2guardian',
      'Connection: close',
    ),
  },
  aptCacherUnknownName: {
    product: 'apt-cacher-ng 3.7.4',
    when: 'a name that it does not find',
    answer: head('HTTP/1.0 502 CONNECT error: Host not found'),
    afterwards: 'closes',
  },
  aptCacherDenied: {
    product: 'apt-cacher-ng 3.7.4',
    when: 'CONNECT, as it is shipped',
    answer: head('HTTP/1.0 403 CONNECT denied (ask the admin to allow HTTPS tunnels)'),
    afterwards: 'closes',
  },
  aptCacherUnknownNameForwarded: {
    product: 'apt-cacher-ng 3.7.4',
    when: 'a GET for a name that it does not find',
    answer: page('503 Host not found', 'Server: Debian Apt-Cacher NG/3.7.4'),
  },
  torPrivate: {
    product: 'tor 0.4.9.11',
    when: 'an address of a private network',
    answer: head(
      'HTTP/1.0 500 Internal Server Error (weird end reason)',
      'Via: tor/1.0 localhost',
      'Tor-Request-Failed: c-tor/PRIVATE_ADDR',
    ),
    afterwards: 'closes',
  },
  cntlmParentAway: {
    product: 'cntlm 0.92.3',
    when: 'its parent is away',
    answer: page('502 Parent proxy unreacheable'),
    afterwards: 'closes',
  },
  haproxyAuth: {
    product: 'haproxy 2.6',
    when: 'its `http-request auth`, whatever Proxy-Authorization says',
    answer: page('401 Unauthorized', 'www-authenticate: Basic realm="px"'),
  },
  apacheTlsPort: {
    product: 'apache 2.4.71',
    when: 'plain text on a port that wants TLS',
    answer: page('400 Bad Request', 'Server: Apache/2.4.71 (Debian) OpenSSL/3.0.19', 'Connection: close'),
    afterwards: 'closes',
  },
  nginxTlsPort: {
    product: 'nginx 1.22',
    when: 'plain text on a port that wants TLS',
    answer: page('400 Bad Request', 'Server: nginx/1.22.1', 'Connection: close'),
    afterwards: 'closes',
  },
  closesWithoutByte: {
    product: 'proxy-chain 3.0.1, pproxy 2.7.9, goproxy 1.9.4, and tor 0.4.9.11 on anything but CONNECT',
    when: 'CONNECT to a target that it does not reach, or that its rules refuse',
    answer: '',
    afterwards: 'closes',
  },
  smokescreenDenies: {
    product: 'smokescreen 0.1.0',
    when: 'a target that its policy denies',
    answer: head(
      'HTTP/1.1 407 Request rejected by proxy',
      'Content-Length: 0',
      'X-Smokescreen-Error: Egress proxying is denied to host by rule',
    ),
    afterwards: 'closes',
  },
  smokescreenUnknownName: {
    product: 'smokescreen 0.1.0',
    when: 'a name that it does not find',
    answer: head(
      'HTTP/1.1 502 Bad Gateway',
      'X-Smokescreen-Error: Failed to resolve remote hostname: lookup x: no such host',
      'Content-Length: 0',
    ),
  },
  jettyWantsLogin: {
    product: 'Jetty 12.1.0',
    when: 'a handler that authenticates says no',
    answer: head('HTTP/1.1 407 Proxy Authentication Required', 'Server: Jetty(12.1.0)', 'Content-Length: 0'),
  },
  pxWantsLogin: {
    product: 'px 0.13.0',
    when: 'a wrong password, or an upstream of its own that wants a login',
    answer: head('HTTP/1.1 401 Unauthorized', 'Content-Type: text/html', 'Content-Length: 0', 'Connection: close'),
    afterwards: 'closes',
  },
  anyproxyRefusedForwarded: {
    product: 'anyproxy 4.1.3',
    when: 'a GET for a target that refuses',
    answer: head(
      'HTTP/1.1 500 Internal Server Error',
      'Proxy-Error: true',
      'Proxy-Error-Message: {"errno":-111,"code":"ECONNREFUSED"}',
      'Content-Length: 0',
    ),
  },
  anyproxyRefused: {
    product: 'anyproxy 4.1.3',
    when: 'CONNECT to a target that refuses',
    answer: head('HTTP/1.1 200 OK'),
    inTunnel: `${head('HTTP/1.1 502', 'Proxy-Error: true', 'Proxy-Error-Message: Error: connect ECONNREFUSED', 'Content-Type: text/html')}\r\n`,
  },
  martianRefused: {
    product: 'martian 3.3.3',
    when: 'a target that refuses',
    answer: head(
      'HTTP/1.1 502 Bad Gateway',
      'Warning: 199 "martian" "dial tcp 127.0.0.1:9: connect: connection refused" "Fri, 27 Nov 2026 23:00:00 GMT"',
      'Content-Length: 0',
    ),
  },
  proxyPyRefused: {
    product: 'proxy.py 2.4.10',
    when: 'a target that refuses',
    answer: head('HTTP/1.1 502 Bad Gateway', 'Proxy-agent: proxy.py v2.4.10', 'Content-Length: 0'),
    afterwards: 'closes',
  },
  proxyChainRefused: {
    product: 'proxy-chain 3.0.1',
    when: 'a target, or an upstream of its own, that refuses',
    answer: head('HTTP/1.1 594 Connection Refused', 'Content-Length: 0'),
  },
  proxyChainUpstreamUnknown: {
    product: 'proxy-chain 3.0.1',
    when: "its upstream's name is not found",
    answer: head('HTTP/1.1 593 ENOTFOUND', 'Content-Length: 0'),
    afterwards: 'closes',
  },
  proxyChainUpstreamLogin: {
    product: 'proxy-chain 3.0.1',
    when: 'its upstream wants a login',
    answer: head('HTTP/1.1 597 UPSTREAM407', 'Connection: close', 'server: ProxyChain', 'Content-Length: 0'),
    afterwards: 'closes',
  },
  tooTallNateUnknownName: {
    product: 'proxy 4.1.0 (npm)',
    when: 'a name that it does not find',
    answer: head('HTTP/1.1 404 Not Found', 'Connection: close'),
    afterwards: 'closes',
  },
  mockServerBadHost: {
    product: 'MockServer 5.15.0',
    when: 'CONNECT to an address of IPv6',
    answer: head('HTTP/1.1 400 Bad Request', 'version: 5.15.0', 'Content-Length: 0'),
  },
  mitmproxyFails: {
    product: 'mitmproxy 12.3.1',
    when: 'a target, or an upstream of its own, that it does not reach; also within an intercepted tunnel',
    answer: head('HTTP/1.1 502 Bad Gateway', 'Server: mitmproxy 12.3.1', 'Connection: close', 'content-length: 0'),
    afterwards: 'closes',
  },
  mitmproxyUpstreamLogin: {
    product: 'mitmproxy 12.3.1 with proxy-chain 3.0.1 as upstream',
    when: 'its upstream wants a login, within an intercepted tunnel',
    answer: page('407 Proxy Authentication Required', 'connection: close', 'server: ProxyChain'),
    afterwards: 'closes',
  },
  bareBadGateway: {
    product: 'hudsucker 0.25.0, sing-box 1.14.1, px 0.13.0',
    when: 'a GET for a target that it does not reach; also within an intercepted tunnel',
    answer: head('HTTP/1.1 502 Bad Gateway', 'Content-Length: 0'),
  },
  bareNotFound: {
    product: 'any server',
    when: 'a page that is not there',
    answer: head('HTTP/1.1 404 Not Found', 'Content-Length: 0'),
  },
  bareServerError: {
    product: 'any server',
    when: 'an error of its own',
    answer: head('HTTP/1.1 500 Internal Server Error', 'Content-Length: 0'),
  },
} as const satisfies Readonly<Record<string, StandIn>>;

export type StandInName = keyof typeof STAND_INS;

/** A server that says this to each request. */
export function standIn(name: StandInName): Script {
  const { answer, afterwards, inTunnel }: StandIn = STAND_INS[name];
  return (socket) => {
    let isTunnel = false;
    socket.on('data', (chunk: Buffer) => {
      if (isTunnel) socket.end(Buffer.from(inTunnel ?? '', 'latin1'));
      else if (chunk.includes('\r\n\r\n') || answer === '') {
        isTunnel = inTunnel !== undefined;
        socket.write(Buffer.from(answer, 'latin1'), () => {
          if (afterwards === 'closes') socket.end();
          if (afterwards === 'resets') socket.resetAndDestroy();
        });
      }
    });
  };
}

/** The same, but for what it writes into its tunnel: that comes right behind the answer. */
export function hastyStandIn(name: StandInName): Script {
  const { answer, inTunnel = '' }: StandIn = STAND_INS[name];
  return answering(answer + inTunnel);
}
