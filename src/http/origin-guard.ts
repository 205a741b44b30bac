import { isLoopbackHost } from '../traffic/network/loopback.ts';

export interface GuardOptions {
  /** The address that the server listens on; its name is allowed beside those of loopback. */
  readonly host: string;
  /** The port that the server listens on. */
  readonly port: () => number;
}

/** All values of each header, as Node's `headersDistinct` has them. */
export type DistinctHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/**
 * Keeps web pages out. A page may send requests to any address that its browser reaches, this one included:
 * - its `Origin` gives it away, unless it is this server's own;
 * - under a name of its own that it makes resolve to loopback (DNS rebinding), the request is same-origin and has no
 *   foreign `Origin`, but carries that name as `Host`.
 *
 * Answers why a request is refused, without quoting it, or undefined.
 */
export function createOriginGuard({ host, port }: GuardOptions): (headers: DistinctHeaders) => string | undefined {
  const own = host.toLowerCase();
  const allows = (authority: Authority) => isLoopbackHost(authority.host) || authority.host === own;

  return (headers) => {
    const named = single(headers.host, parseAuthority);
    if (named === undefined || !allows(named)) {
      return `The Host header must name localhost, a loopback address or ${host}.`;
    }
    if (headers.origin === undefined) return undefined;
    const origin = single(headers.origin, parseOrigin);
    // A forwarded port (an SSH tunnel, a container's) shows in Host, which a page cannot choose.
    const ports = [port(), named.port];
    if (origin === undefined || !allows(origin) || !ports.includes(origin.port)) {
      return FOREIGN_PAGE;
    }
    return undefined;
  };
}

/**
 * Why a request to the API is refused that a page of another site made a browser send; undefined when none did. Such a
 * request may be without an `Origin`: that of a link, an image or a script. Browsers say so themselves (Fetch Metadata
 * Request Headers §2.4); other clients say nothing.
 */
export function siteRefusal(headers: DistinctHeaders): string | undefined {
  const sites = headers['sec-fetch-site'] ?? [];
  return sites.every((site) => site === 'same-origin' || site === 'none') ? undefined : FOREIGN_PAGE;
}

const FOREIGN_PAGE = 'Requests from web pages of another origin are refused.';

interface Authority {
  /** Lower case, without brackets. */
  readonly host: string;
  readonly port: number;
}

const HTTP_PORT = 80;

function parseAuthority(text: string): Authority | undefined {
  const match = /^(?:\[([0-9a-f.]*:[0-9a-f:.]*)\]|([0-9a-z._-]+))(?::(\d{1,5}))?$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return undefined;
  return { host: host.toLowerCase(), port: match?.[3] === undefined ? HTTP_PORT : Number(match[3]) };
}

function parseOrigin(text: string): Authority | undefined {
  return text.startsWith('http://') ? parseAuthority(text.slice('http://'.length)) : undefined;
}

function single<T>(values: readonly string[] | undefined, parse: (text: string) => T | undefined): T | undefined {
  const [value, ...others] = values ?? [];
  return value === undefined || others.length > 0 ? undefined : parse(value);
}
