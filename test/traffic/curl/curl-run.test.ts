import { networkInterfaces } from 'node:os';
import { Agent, request as send } from 'undici';
import {
  type HttpMethod,
  headerValueOnWire,
  joinUrl,
  type OutgoingHeader,
  type OutgoingRequest,
  withDefaultHeaders,
} from '../../../src/traffic/call/outgoing-request.ts';
import { curlCommand, curlScript, type ShownCall } from '../../../src/traffic/curl/curl-preview.ts';
import { basicAuthorization } from '../../../src/traffic/proxy/auth-schemes.ts';
import { createAuthority, type KeyedCertificate } from '../../support/certificates.ts';
import { describeWith } from '../../support/programs.ts';
import {
  SQUID,
  startProxyChain,
  startSquid,
  startTinyproxy,
  type TestProxy,
  TINYPROXY,
} from '../../support/proxies.ts';
import { type Received, startTarget, type Target } from '../../support/targets.ts';
import { CURL, runInShell, SHELLS, type Surroundings } from './curl-shells.ts';

const USER = "o'brien$ %41!ü";
const PASSWORD = 'p%41@:$!&\'"\\ `ü` %25$(id)';
const SECRET = 'Bearer "$HOME" \\n %41 \'!&` ü';
/** Else squid forwards no GET with a body. */
const BODIES_FOR_ALL = ['request_entities on'];
const CA_FILE = 'ca.pem';
const HAS_IPV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

const authority = await createAuthority();
let tls: KeyedCertificate;
let secure: Target;
let plain: Target;

beforeAll(async () => {
  tls = await authority.issue();
  secure = await startTarget({ tls });
  plain = await startTarget();
});

afterAll(async () => {
  await secure.stop();
  await plain.stop();
});

/** What could lead a command astray: a configuration file and the variables that curl reads. */
const astray: Surroundings = {
  files: { '.curlrc': 'header = "X-Astray: 1"\nproxy = "http://127.0.0.1:1"\n', [CA_FILE]: authority.ca },
  env: {
    NO_PROXY: '*',
    no_proxy: '*',
    http_proxy: 'http://127.0.0.1:1',
    https_proxy: 'http://127.0.0.1:1',
    ALL_PROXY: 'http://127.0.0.1:1',
    PROXY_CACERT: CA_FILE,
    TARGET_CACERT: CA_FILE,
  },
};

interface Sent {
  readonly method: HttpMethod;
  readonly path: string;
  readonly headers: readonly OutgoingHeader[];
  readonly body?: string;
}

const nasty: readonly Sent[] = [
  { method: 'GET', path: '', headers: [] },
  {
    method: 'GET',
    path: "it's/$HOME/!!/`id`/a;b&c|d/[1-3]/{a,b}/~/*?q=$(id)&a[]={1,2}&e='\"<>&p=%41%25&ü=😀",
    headers: [header('Authorization', SECRET, true), header('X-Empty', ''), header('User-Agent', 'it\'s "$mine" ü')],
  },
  { method: 'HEAD', path: 'head', headers: [header('Accept', ''), header("!#$%&'*+-.^_`|~", '\'"$!`\\ \t@~')] },
  {
    method: 'POST',
    path: 'body',
    headers: [header('Content-Type', 'application/json')],
    body: '{"name":"O\'Brien","price":"$5 & 100%","note":"!wow\\n"}\nü😀`id`$(id)\n',
  },
  { method: 'PUT', path: 'at', headers: [], body: '@/etc/hostname' },
  { method: 'PATCH', path: 'controls', headers: [], body: '-\0\u001b[31m\r\n%s%%\\0\u0085' },
  { method: 'POST', path: 'empty', headers: [] },
  { method: 'DELETE', path: 'delete', headers: [] },
  { method: 'DELETE', path: 'delete', headers: [], body: 'why' },
  { method: 'OPTIONS', path: 'options', headers: [header('Cookie', 'a=b; c=d')] },
  { method: 'GET', path: 'get', headers: [], body: '{"query":{}}' },
];

const large: Sent = { method: 'POST', path: 'large', headers: [], body: `'${'%ü\n'.repeat(256 * 1024 - 1)}` };

function header(name: string, value: string, secret = false): OutgoingHeader {
  return { name, value, secret };
}

function outgoing(target: Target, { path, ...rest }: Sent): OutgoingRequest {
  const joined = joinUrl(`${target.url}base`, path);
  if (!joined.ok) throw new Error(joined.fault);
  return { ...rest, url: joined.url };
}

/** What the target receives of a request that undici sends without a proxy. */
async function sentDirectly(target: Target, request: OutgoingRequest): Promise<Received> {
  const dispatcher = new Agent({ connect: { ca: authority.ca } });
  const headers = withDefaultHeaders(request.headers).flatMap(({ name, value }) => [name, headerValueOnWire(value)]);
  const { method, url, body } = request;
  const answer = await send(url, { dispatcher, method, headers, ...(body && { body }) });
  await answer.body.dump();
  await dispatcher.close();
  return last(target);
}

async function received(
  target: Target,
  shell: string,
  script: string,
  surroundings: Surroundings = {},
): Promise<Received> {
  const before = target.record().length;
  const { code, stdout, stderr } = await runInShell(shell, script, surroundings);
  if (code === 0 && target.record().length === before + 1) return last(target);
  throw new Error(`${shell} ended with ${code}: ${stderr}\n${stdout}\n${script.slice(0, 2_000)}`);
}

function last(target: Target): Received {
  const record = target.record().at(-1);
  if (record === undefined) throw new Error('nothing was received');
  return record;
}

/** Order and case of names aside; without what is the connection's, or added by forwarding proxies (RFC 9110 §7.6). */
function essence({ method, url, rawHeaders, body }: Received, forwarded: boolean) {
  const headers: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (name === 'connection') continue;
    if (forwarded && /^(via|x-forwarded-for|cache-control)$/.test(name)) continue;
    headers.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  return { method, url, headers: headers.sort(), body };
}

/** As the preview has it: without the values of secrets. */
function masked(request: OutgoingRequest): OutgoingRequest {
  return {
    ...request,
    headers: request.headers.map((header) => (header.secret ? { ...header, value: '' } : header)),
  };
}

interface Way {
  readonly name: string;
  /** What it needs. */
  readonly program: string | undefined;
  readonly type: 'HTTP' | 'HTTPS';
  readonly credentials?: { readonly user: string; readonly password: string };
  start(): Promise<TestProxy & { authorizations?(): readonly string[] }>;
}

const here = process.execPath;
const credentials = { user: USER, password: PASSWORD };
/** curl 7.88 decodes `--proxy-user` again for the request that it repeats with `--proxy-anyauth`: `%41` would be `A`. */
const withoutEscapes = { user: USER.replace(/%\d\d/g, '%'), password: PASSWORD.replace(/%\d\d/g, '%') };
const plainCredentials = { user: 'user', password: 'password' };
const ways: readonly Way[] = [
  { name: 'an HTTP proxy', program: here, type: 'HTTP', credentials, start: () => startProxyChain() },
  { name: 'an HTTPS proxy', program: here, type: 'HTTPS', start: () => startProxyChain({ tls }) },
  { name: 'squid', program: SQUID, type: 'HTTP', start: () => startSquid({}, BODIES_FOR_ALL) },
  {
    name: 'squid as an HTTPS proxy that wants credentials',
    program: SQUID,
    type: 'HTTPS',
    credentials: withoutEscapes,
    start: () => startSquid({ tls, credentials: withoutEscapes }, BODIES_FOR_ALL),
  },
  {
    name: 'a tinyproxy that wants credentials',
    program: TINYPROXY,
    type: 'HTTP',
    credentials: plainCredentials,
    start: () => startTinyproxy({ credentials: plainCredentials }),
  },
];

const [describeCurl, curlName] = describeWith(CURL, 'with curl');

describeCurl(curlName, () => {
  /** Runs the scripts of all requests, and compares what arrives with what undici sends without a proxy. */
  async function compareAll(shell: string, route: Pick<ShownCall, 'proxy'>, password = ''): Promise<void> {
    const env = { ...astray.env, PROXY_PASSWORD: password, HEADER_AUTHORIZATION: SECRET };
    for (const target of [secure, plain]) {
      const forwarded = target === plain && route.proxy !== undefined;
      for (const sent of target === secure ? [...nasty, large] : nasty) {
        const request = outgoing(target, sent);
        const expected = await sentDirectly(target, request);
        const script = curlScript({ request: masked(request), ...route, timeoutMs: 20_000 });
        const got = await received(target, shell, script, { ...astray, env });
        expect(essence(got, forwarded)).toEqual(essence(expected, forwarded));
      }
    }
  }

  test.each(SHELLS)(
    'without a proxy, the script in %s sends what the runtime sends',
    (shell) => compareAll(shell, {}),
    60_000,
  );

  for (const { program, type, credentials, start, name } of ways) {
    const [describeWay, wayName] = describeWith(program, `through ${name}`);
    describeWay(wayName, () => {
      let proxy: Awaited<ReturnType<Way['start']>>;
      beforeAll(async () => {
        proxy = await start();
      });
      afterAll(() => proxy.stop());

      const shells = SHELLS.filter((shell) => shell !== 'zsh');
      test.each(shells)(
        'the script in %s sends what the runtime sends',
        async (shell) => {
          const { user, password } = credentials ?? {};
          const route = { proxy: { type, host: 'localhost', port: proxy.port, ...(user !== undefined && { user }) } };
          await compareAll(shell, route, password);
          if (credentials && proxy.authorizations) {
            // Forwarded requests carry none, as this proxy asks for none.
            expect(new Set(proxy.authorizations())).toEqual(new Set(['', basicAuthorization(credentials)]));
          }
        },
        60_000,
      );
    });
  }

  test.each(SHELLS)(
    'the pasted command runs in %s',
    async (shell) => {
      const proxy = await startProxyChain();
      const shown = { type: 'HTTP', host: '127.0.0.1', port: proxy.port } as const;
      for (const sent of nasty) {
        const request = outgoing(plain, sent);
        const got = await received(plain, shell, curlCommand({ request, proxy: shown }));
        const { method, url, body = '' } = request;
        expect([got.method, got.url, got.body]).toEqual([method, `${url.pathname}${url.search}`, body]);
        for (const { name, value, secret } of request.headers) {
          expect(got.headers[name.toLowerCase()]).toBe(secret ? '********' : headerValueOnWire(value.trim()));
        }
      }
      const request = outgoing(plain, { method: 'GET', path: 'data', headers: [] });
      await received(plain, shell, curlCommand({ request, proxy: { ...shown, user: USER } }));
      expect(proxy.authorizations().at(-1)).toBe(basicAuthorization({ user: USER, password: '********' }));
      await proxy.stop();
    },
    30_000,
  );

  const [testIpv6, ipv6Name] = HAS_IPV6
    ? [test, 'an IPv6 address is reached by command and script']
    : [test.skip, 'an IPv6 address is reached by command and script (skipped: no ::1 here)'];
  testIpv6(ipv6Name, async () => {
    const target = await startTarget({ address: '::1', host: '[::1]' });
    const request = outgoing(target, { method: 'GET', path: 'data?a[]=1', headers: [] });
    for (const shell of SHELLS) {
      expect((await received(target, shell, curlCommand({ request }))).url).toBe('/base/data?a[]=1');
      expect((await received(target, shell, curlScript({ request, timeoutMs: 5_000 }))).url).toBe('/base/data?a[]=1');
      const plainRequest = outgoing(target, { method: 'GET', path: 'data', headers: [] });
      expect((await received(target, shell, curlCommand({ request: plainRequest }))).url).toBe('/base/data');
    }
    await target.stop();
  });
});
