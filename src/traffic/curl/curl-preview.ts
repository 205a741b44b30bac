import {
  mergeHeaders,
  type OutgoingHeader,
  type OutgoingRequest,
  withDefaultHeaders,
} from '../call/outgoing-request.ts';
import { type ProxyRoute, proxyUrl } from '../network/attempt.ts';
import { hasRawControl, printfCommand, shellWord } from './shell-quote.ts';

/** A call to be shown. Neither the password nor the values of secret headers are needed for it, or looked at. */
export interface ShownCall {
  readonly request: OutgoingRequest;
  /** Left out: straight to the target. */
  readonly proxy?: Pick<ProxyRoute, 'type' | 'host' | 'port'> & { /** With Basic. */ readonly user?: string };
}

/**
 * The call as one line, with every secret masked: `curl --proxy http://proxy-host:8080 --proxy-user user:********
 * https://api.example.com/data`. Shows the headers that somebody set, not the defaults.
 */
export function curlCommand({ request, proxy }: ShownCall): string {
  const { url } = request;
  const body = bodyOf(request);
  return [
    ...(body?.piped ?? []),
    'curl',
    // Else curl expands these. Those around an IPv6 address it knows.
    ...(/[[\]{}]/.test(`${url.pathname}${url.search}`) ? ['--globoff'] : []),
    ...(proxy ? ['--proxy', shellWord(proxyUrl(proxy))] : []),
    ...(proxy?.user === undefined ? [] : ['--proxy-user', maskedCredentials(proxy.user)]),
    ...methodOption(request),
    ...mergeHeaders([], request.headers).flatMap((header) => headerOption(shown(header))),
    ...(body?.option ?? []),
    shellWord(url.href),
  ].join(' ');
}

/**
 * The call as a command that runs as the runtime would, in sh, bash, dash and zsh, as a file or pasted. Secrets are
 * taken from variables, which are to be set first, as typed: `PROXY_PASSWORD`, `HEADER_AUTHORIZATION`.
 * `PROXY_CACERT` and `TARGET_CACERT`, when set, are files of authorities to check the proxy's and the target's
 * certificate against, where the server was told of some by NODE_EXTRA_CA_CERTS.
 *
 * @param call.timeoutMs for the whole call.
 */
export function curlScript(call: ShownCall & { readonly timeoutMs: number }): string {
  const { request, proxy, timeoutMs } = call;
  const headers = withDefaultHeaders(request.headers);
  const variables = headerVariables(headers);
  const body = bodyOf(request) ?? emptyBody(request);
  const lines = [
    [...(body?.piped ?? []), 'curl --disable --globoff --http1.1 --path-as-is'],
    ['--max-time', String(timeoutMs / 1000)],
    ...(proxy ? proxyLines(proxy, request.url) : [['--noproxy', shellWord('*')]]),
    ...(request.url.protocol === 'https:' ? [fileOption('--cacert', 'TARGET_CACERT')] : []),
    methodOption(request),
    ...headers.map((header) => {
      const variable = variables.get(header);
      return variable === undefined ? headerOption(header) : headerOption({ ...header, value: '' }, variable);
    }),
    // A value left out takes away what curl would send by itself.
    ...(body ? [['--header', 'Expect:']] : []),
    ...(body && !isSet('content-type', headers) ? [['--header', 'Content-Type:']] : []),
    body?.option ?? [],
    [shellWord(request.url.href)],
  ];
  return lines
    .filter((words) => words.length > 0)
    .map((words) => words.join(' '))
    .join(' \\\n  ');
}

const MASK = '********';
const PASSWORD_VARIABLE = 'PROXY_PASSWORD';
/** Linux takes no argument of more than 128 KiB, its final NUL included (execve(2), MAX_ARG_STRLEN). */
const ARGUMENT_BYTES_LIMIT = 128 * 1024 - 1;

function proxyLines(proxy: NonNullable<ShownCall['proxy']>, url: URL): string[][] {
  return [
    ['--proxy', shellWord(proxyUrl(proxy))],
    // Else NO_PROXY could lead round the proxy.
    ['--noproxy', shellWord('')],
    ...(proxy.type === 'HTTPS' ? [fileOption('--proxy-cacert', 'PROXY_CACERT')] : []),
    ...(proxy.user === undefined
      ? []
      : [['--proxy-user', `${shellWord(`${percentEncoded(proxy.user)}:`)}${PASSWORD}`]]),
    // Credentials go only to a proxy that asks for them, as the runtime has it: others would hand them on to the target.
    ...(proxy.user !== undefined && url.protocol === 'http:' ? [['--proxy-anyauth']] : []),
    ['--proxy-header', 'Proxy-Connection:'],
    ...(url.protocol === 'https:' ? [['--proxy-header', shellWord('User-Agent: proxy-ledger')]] : []),
  ];
}

/** curl percent-decodes what it is given by --proxy-user. */
function percentEncoded(text: string): string {
  return text.replaceAll('%', '%25');
}

/** The same in shell. */
const PASSWORD = `"$(printf '%s' "$${PASSWORD_VARIABLE}" | sed 's/%/%25/g')"`;

/** The mask's asterisks need no quotes, for as good as never is there a file of that name. */
function maskedCredentials(user: string): string {
  const before = `${percentEncoded(user)}:`;
  return shellWord(before) === before ? `${before}${MASK}` : shellWord(`${before}${MASK}`);
}

function methodOption({ method, body }: OutgoingRequest): string[] {
  if (method === 'HEAD') return ['--head'];
  return method === 'GET' && !body ? [] : ['--request', method];
}

function shown(header: OutgoingHeader): OutgoingHeader {
  return header.secret ? { ...header, value: MASK } : header;
}

/** A header without a value is written `Name;`: `Name:` would take it away. */
function headerOption({ name, value }: OutgoingHeader, variable?: string): string[] {
  if (variable !== undefined) return ['--header', `${shellWord(`${name}: `)}"$${variable}"`];
  return ['--header', shellWord(value === '' ? `${name};` : `${name}: ${value}`)];
}

/** The variables that secret headers come from: distinct, also for names that differ in their punctuation alone. */
function headerVariables(headers: readonly OutgoingHeader[]): ReadonlyMap<OutgoingHeader, string> {
  const variables = new Map<OutgoingHeader, string>();
  const taken = new Set<string>();
  for (const header of headers.filter(({ secret }) => secret)) {
    const plain = `HEADER_${header.name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
    let variable = plain;
    for (let count = 2; taken.has(variable); count += 1) variable = `${plain}_${count}`;
    taken.add(variable);
    variables.set(header, variable);
  }
  return variables;
}

/** An option that is there only when its variable is set. As two words, for zsh splits none. */
function fileOption(option: string, variable: string): string[] {
  return [`\${${variable}:+${option}}`, `\${${variable}:+"$${variable}"}`];
}

interface Body {
  /** What comes before curl. */
  readonly piped?: readonly string[];
  readonly option: string[];
}

function bodyOf({ method, body }: OutgoingRequest): Body | undefined {
  if (!body || method === 'HEAD') return undefined;
  if (hasRawControl(body) || Buffer.byteLength(body) > ARGUMENT_BYTES_LIMIT) {
    return { piped: [printfCommand(body), '|'], option: ['--data-binary', '@-'] };
  }
  return { option: ['--data-raw', shellWord(body)] };
}

/** RFC 9110 §8.6: without a body, methods that are meant to have one announce that it is empty. */
function emptyBody({ method }: OutgoingRequest): Body | undefined {
  return ['POST', 'PUT', 'PATCH'].includes(method) ? { option: ['--data-raw', shellWord('')] } : undefined;
}

function isSet(name: string, headers: readonly OutgoingHeader[]): boolean {
  return headers.some((header) => header.name.toLowerCase() === name);
}
