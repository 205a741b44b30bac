import { ILL_FORMED, LIMITS } from '../../words/fields.ts';
import { hasControl, isWellFormed } from '../../words/text.ts';
import { hostFaultInTemplate, parsedUrl, parseHost, parsePort } from '../network/addresses.ts';
import { parseTemplate, withStandIns } from '../templates.ts';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** What is sent to a target, without templates any more. */
export interface OutgoingRequest {
  readonly method: HttpMethod;
  /** As `joinUrl` answers it. */
  readonly url: URL;
  /** As `mergeHeaders` answers them: set by somebody, without the defaults. */
  readonly headers: readonly OutgoingHeader[];
  /** Sent in UTF-8; an empty one is none. */
  readonly body?: string;
}

export interface OutgoingHeader {
  readonly name: string;
  readonly value: string;
  /** To be masked wherever it is shown. */
  readonly secret: boolean;
}

export type JoinedUrl = { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly fault: string };

/** Sent besides, unless a header of that name is set. */
export const DEFAULT_HEADERS: readonly OutgoingHeader[] = [
  { name: 'User-Agent', value: 'proxy-ledger', secret: false },
  { name: 'Accept', value: '*/*', secret: false },
  { name: 'Accept-Encoding', value: 'identity', secret: false },
];

/**
 * Joins a base URL and a request's path, both without templates. The base path stays: `contacts` and `/contacts` below
 * `https://crm.example.com/api/v2` are `https://crm.example.com/api/v2/contacts`. A path that is empty is the base URL,
 * one that is only a query is appended to it. What `checkBaseUrlForm` or `checkRequestPath` finds fault with is refused.
 */
export function joinUrl(baseUrl: string, path: string): JoinedUrl {
  const fault = checkBaseUrlForm(baseUrl);
  return fault === undefined ? joinBelow(new URL(baseUrl), path) : { ok: false, fault };
}

/** The same for a base URL that `checkBaseUrlForm` has found nothing wrong with. */
export function joinBelow(base: URL, path: string): JoinedUrl {
  const fault = checkRequestPath(path);
  if (fault !== undefined) return { ok: false, fault };
  const below =
    path === '' || path.startsWith('?') ? `${base.pathname}${path}` : `${folder(base)}${path.replace(/^\//, '')}`;
  const url = parsedUrl(`${base.origin}${below}`);
  return url !== undefined && isBelow(base, url) ? { ok: true, url } : { ok: false, fault: LEAVES };
}

/**
 * The fault of a base URL without templates, trimmed before: http or https, no user information, query, fragment or
 * `..`, a host and a port as a proxy's, at most 8 KiB. A fault quotes nothing.
 */
export function checkBaseUrlForm(text: string): string | undefined {
  if (text === '') return `write a base URL such as ${EXAMPLE}`;
  const fault = textFault(text, 'a base URL') ?? queryFault(text);
  if (fault !== undefined) return fault;
  const authority = /^https?:\/\/([^/]+)/i.exec(text)?.[1];
  if (authority === undefined) return NO_SCHEME;
  if (authority.includes('@')) return NO_CREDENTIALS;
  const { host, port } = hostAndPort(authority);
  const parsedHost = parseHost(host);
  if (!parsedHost.ok) return `the base URL's host is not valid: ${parsedHost.fault}`;
  const parsedPort = parsePort(port ?? '80');
  if (!parsedPort.ok) return `the base URL's port is not valid: ${parsedPort.fault}`;
  if (climbs(text)) return `a base URL's path ${HAS_DOTS}`;
  return parsedUrl(text) ? undefined : `this is not a URL; write one such as ${EXAMPLE}`;
}

/**
 * What can't become right whatever the parameters are: the fault outside the `${key}` parts of a base URL. Its scheme
 * is http or https as typed, or one parameter's value: `${crm.scheme}://…`, `${crm.url}` or `${crm.url}/v2`. A text that
 * names no parameter is judged whole.
 */
export function checkBaseUrlTemplate(text: string): string | undefined {
  const template = parseTemplate(text);
  if (!template.ok) return template.fault;
  const standIn = withStandIns(text, () => 'x');
  if (template.keys.length === 0) return checkBaseUrlForm(standIn);
  const fault = textFault(text, 'a base URL') ?? queryFault(standIn);
  if (fault !== undefined) return fault;
  const scheme = /^([^/]*):\/\//.exec(text)?.[1];
  if (scheme === undefined ? !text.startsWith('${') : !/^(https?|\$\{[^}]*\})$/i.test(scheme)) return NO_SCHEME;
  const [authority = ''] = (scheme === undefined ? text : text.slice(scheme.length + 3)).split('/', 1);
  if (authority.includes('@')) return NO_CREDENTIALS;
  if (climbs(standIn)) return `a base URL's path ${HAS_DOTS}`;
  return scheme === undefined ? undefined : authorityFaultInTemplate(authority);
}

/**
 * The fault of a request's path without templates: whatever could leave the base URL, in any encoding that some server
 * may undo, whatever a URL parser would drop or change, and a fragment, which is never sent and would silently vanish.
 */
export function checkRequestPath(path: string): string | undefined {
  const fault = textFault(path, 'a path');
  if (fault !== undefined) return fault;
  if (path.includes('#')) return 'a path has no fragment, which is never sent; write # as %23';
  // Not every colon: "documents:batchGet" is a path.
  if (/^\/\/|^[a-z][a-z0-9+.-]*:\/\/|^(https?|wss?|ftp|file):/i.test(path)) return LEAVES;
  const [beforeQuery = ''] = path.split('?', 1);
  return climbs(beforeQuery) ? `a path ${HAS_DOTS}` : undefined;
}

/** The fault outside the `${key}` parts of a request's path; a text that names no parameter is judged whole. */
export function checkRequestPathTemplate(text: string): string | undefined {
  const template = parseTemplate(text);
  if (!template.ok) return template.fault;
  return textFault(text, 'a path') ?? checkRequestPath(withStandIns(text, () => 'x'));
}

/** RFC 9110 §5.1: a token; and none of those that belong to the connection, the proxy or the way a body is sent. */
export function checkHeaderName(name: string): string | undefined {
  if (name === '') return 'a header must have a name, such as X-Api-Key';
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
    return "a header's name is made of letters, digits and !#$%&'*+.^_`|~-, without a colon or white space";
  }
  if (name.length > LIMITS.name) return `a header's name has at most ${LIMITS.name} characters`;
  if (/^proxy-/i.test(name)) return "headers named Proxy-… can't be set: the proxy connection says what the proxy gets";
  if (UNSETTABLE.has(name.toLowerCase()))
    return "this header can't be set: it is made with the request when it is sent";
  return undefined;
}

/** RFC 9110 §5.5: no CR, LF, NUL or other control but tab; at most 8 KiB in UTF-8. The fault quotes nothing. */
export function checkHeaderValue(value: string): string | undefined {
  if (!isWellFormed(value)) return ILL_FORMED;
  if (hasControl(value.replaceAll('\t', '')))
    return "a header's value holds no line breaks or other control characters";
  return tooLong(value, LIMITS.headerValueBytes, "a header's value");
}

/** The fault outside the `${key}` parts of a header's value; a text that names no parameter is judged whole. */
export function checkHeaderValueTemplate(text: string): string | undefined {
  const template = parseTemplate(text);
  return template.ok ? checkHeaderValue(text) : template.fault;
}

/** A request's header replaces the data source's of that name, whatever their case. */
export function mergeHeaders(
  dataSource: readonly OutgoingHeader[],
  request: readonly OutgoingHeader[],
): readonly OutgoingHeader[] {
  if (dataSource.length + request.length === 0) return request;
  const merged = new Map([...dataSource, ...request].map((header) => [header.name.toLowerCase(), header]));
  // RFC 9110 §5.5: white space around a value is no part of it.
  return [...merged.values()].map((header) => ({ ...header, value: header.value.replace(/^[ \t]+|[ \t]+$/g, '') }));
}

/** All headers that are sent beside those of the connection: what is set, and the defaults. */
export function withDefaultHeaders(headers: readonly OutgoingHeader[]): readonly OutgoingHeader[] {
  if (headers.length === 0) return DEFAULT_HEADERS;
  return mergeHeaders(DEFAULT_HEADERS, headers);
}

/**
 * A value as it is written, one byte for each character, so that this sends UTF-8
 * (`ü` as C3 BC), as curl does. RFC 9110 §5.5 has such bytes as obs-text.
 */
export function headerValueOnWire(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  return Buffer.from(value, 'utf8').toString('latin1');
}

const EXAMPLE = 'https://crm.example.com/api/v2';
const NO_SCHEME = `the base URL must begin with http:// or https:// and name a host, such as ${EXAMPLE}`;
const NO_CREDENTIALS = 'the base URL must not hold user information; send an Authorization header with secret: true';
const LEAVES = "a path stays below the data source's base URL; write it as contacts or /contacts";
const HAS_DOTS = "holds no '..' segment, percent-encoded or not, and is not percent-encoded again and again";
const UNSETTABLE: ReadonlySet<string> = new Set(
  'connection content-length expect host keep-alive te trailer transfer-encoding upgrade'.split(' '),
);
/** How often a path may be decoded on its way: more than any chain of servers does. */
const DECODINGS_LIMIT = 8;

/** The URL parser drops tabs and line ends, trims blanks and turns backslashes round: what is checked is what is sent. */
function textFault(text: string, what: string): string | undefined {
  if (!isWellFormed(text)) return ILL_FORMED;
  if (hasControl(text) || /[\s\\]/.test(text)) {
    return `${what} holds no white space, control characters or backslashes; percent-encode them`;
  }
  return tooLong(text, LIMITS.urlBytes, what);
}

function tooLong(text: string, limit: number, what: string): string | undefined {
  return Buffer.byteLength(text) > limit ? `${what} has at most ${limit} bytes in UTF-8` : undefined;
}

function queryFault(text: string): string | undefined {
  if (text.includes('?')) return 'a base URL has no query; it belongs into the path of the request';
  return text.includes('#') ? 'a base URL has no fragment (#…)' : undefined;
}

function authorityFaultInTemplate(authority: string): string | undefined {
  const { host, port } = hostAndPort(authority);
  const parsed = host.includes('${') ? undefined : parseHost(host);
  const hostFault = parsed === undefined ? hostFaultInTemplate(host) : parsed.ok ? undefined : parsed.fault;
  if (hostFault !== undefined) return `the base URL's host is not valid: ${hostFault}`;
  const digits = port?.replace(/\$\{[^}]*\}/g, '');
  if (digits === undefined || (digits === port ? parsePort(port).ok : /^[0-9]*$/.test(digits))) return undefined;
  return "the base URL's port is a whole number from 1 to 65535, or made of digits and ${parameters}";
}

function hostAndPort(authority: string): { host: string; port: string | undefined } {
  const [, host = authority, port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority) ?? [];
  return { host, port };
}

/**
 * True when a segment of the path means `..` to some server: as it is or percent-encoded, once or more often (each hop
 * may decode it once), in overlong UTF-8 or as `%u002e`, or with a parameter behind it (`..;x`, which servlet containers cut off).
 */
function climbs(path: string): boolean {
  if (!path.includes('..') && !path.includes('%')) return false;
  let text = path;
  for (let round = 0; round <= DECODINGS_LIMIT; round += 1) {
    if (text.split(/[/\\?#]/).some((segment) => /^\.\.(?![^;\s\p{Cc}])/u.test(segment))) return true;
    const decoded = percentDecoded(text);
    if (decoded === text) return false;
    text = decoded;
  }
  return true;
}

function percentDecoded(text: string): string {
  return text
    .replace(/%(?:c0|e0%80|f0%80%80)%(ae|af)/gi, (_, low: string) => (low.toLowerCase() === 'ae' ? '.' : '/'))
    .replace(/%c1%9c/gi, '\\')
    .replace(/%(?:u00)?([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
}

function folder(base: URL): string {
  return base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
}

function isBelow(base: URL, url: URL): boolean {
  if (url.origin !== base.origin || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.pathname === base.pathname || url.pathname.startsWith(folder(base));
}
