import { isLoopbackHost } from '../traffic/network/loopback.ts';

export interface GuardOptions {
  /** The address that the server listens on; its name is allowed beside the others. */
  readonly host: string;
  /** The port that the server listens on. */
  readonly port: () => number;
  /** How browsers reach the server, if that is not where it listens. */
  readonly publicUrl?: URL | undefined;
  /** Origins of pages that may call the API beside this server's own, as browsers spell them. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Whether a certificate of the server is for a name or address, in lower case. Undefined: it speaks no TLS. */
  readonly isCertified?: ((name: string) => boolean) | undefined;
}

/** All values of each header, as Node's `headersDistinct` has them. */
export type DistinctHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** What a request shows of where it comes from. */
export interface Arrival {
  readonly headers: DistinctHeaders;
  /** The address of this machine that it came in at. */
  readonly at: string | undefined;
}

/**
 * Keeps web pages out. A page may send requests to any address that its browser reaches, this one included:
 * - its `Origin` gives it away, unless it is this server's own, or one that is allowed;
 * - under a name of its own that it makes resolve to this server (DNS rebinding), the request is same-origin and has no
 *   foreign `Origin`, but carries that name as `Host`.
 *
 * Each answers why a request is refused, without quoting it, or undefined. What proxies say of the request (`Forwarded`,
 * `X-Forwarded-*`) decides nothing: anybody can say it.
 */
export class OriginGuard {
  private readonly ownHost: string;
  private readonly publicHost: string | undefined;

  constructor(private readonly options: GuardOptions) {
    const { host, publicUrl } = options;
    this.ownHost = canonical(host);
    this.publicHost = publicUrl && canonical(publicUrl.hostname.replace(/^\[|\]$/g, ''));
  }

  hostRefusal({ headers, at }: Arrival): string | undefined {
    const named = single(headers.host, (text) => parseAuthority(text, this.defaultPort));
    if (named !== undefined && this.isOurs(named.host, at)) return undefined;
    const { host, publicUrl, isCertified } = this.options;
    const names = ['localhost', 'a loopback address', publicUrl?.hostname ?? host];
    if (isCertified) names.push('a name of the certificate');
    return `The Host header must name ${names.slice(0, -1).join(', ')} or ${names.at(-1)}.`;
  }

  originRefusal({ headers, at }: Arrival): string | undefined {
    if (headers.origin === undefined || this.isAllowed(headers)) return undefined;
    const origin = single(headers.origin, (text) => this.parseOwnOrigin(text));
    // A forwarded port (an SSH tunnel, a container's) shows in Host, which a page cannot choose.
    const named = single(headers.host, (text) => parseAuthority(text, this.defaultPort));
    const isOwn = origin && this.isOurs(origin.host, at) && [this.options.port(), named?.port].includes(origin.port);
    return isOwn ? undefined : FOREIGN_PAGE;
  }

  /**
   * Why a request to the API is refused that a page of another site made a browser send; undefined when none did. Such a
   * request may be without an `Origin`: that of a link, an image or a script. Browsers say so themselves (Fetch Metadata
   * Request Headers §2.4); other clients say nothing.
   */
  siteRefusal({ headers }: Pick<Arrival, 'headers'>): string | undefined {
    const sites = headers['sec-fetch-site'] ?? [];
    if (this.isAllowed(headers)) return undefined;
    return sites.every((site) => site === 'same-origin' || site === 'none') ? undefined : FOREIGN_PAGE;
  }

  /** Whether the one origin that a request tells is that of `PUBLIC_URL`, or one of `ALLOWED_ORIGINS`. */
  private isAllowed({ origin }: DistinctHeaders): boolean {
    const { publicUrl, allowedOrigins = [] } = this.options;
    const told = single(origin, (text) => text);
    return told !== undefined && (told === publicUrl?.origin || allowedOrigins.includes(told));
  }

  private isOurs(name: string, at: string | undefined): boolean {
    if (name === this.publicHost || (name === this.ownHost && !WILDCARDS.has(name))) return true;
    if (isLoopbackHost(name)) return isLoopbackAddress(at) || isLoopbackHost(this.publicHost ?? '');
    return this.options.isCertified?.(name) ?? false;
  }

  private parseOwnOrigin(text: string): Authority | undefined {
    const scheme = this.options.isCertified ? 'https://' : 'http://';
    return text.startsWith(scheme) ? parseAuthority(text.slice(scheme.length), this.defaultPort) : undefined;
  }

  private get defaultPort(): number {
    return this.options.isCertified ? 443 : 80;
  }
}

const FOREIGN_PAGE = 'Requests from web pages of another origin are refused.';

/** All addresses of this machine: no name of it. */
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

interface Authority {
  /** Canonical, without brackets. */
  readonly host: string;
  readonly port: number;
}

function parseAuthority(text: string, defaultPort: number): Authority | undefined {
  const match = /^(?:\[([0-9a-f.]*:[0-9a-f:.]*)\]|([0-9a-z._-]+))(?::(\d{1,5}))?$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return undefined;
  return { host: canonical(host), port: match?.[3] === undefined ? defaultPort : Number(match[3]) };
}

/** Lower case; an IPv6 address as URLs spell it. */
function canonical(host: string): string {
  const address = `http://[${host}]`;
  return host.includes(':') && URL.canParse(address) ? new URL(address).hostname.slice(1, -1) : host.toLowerCase();
}

/** A socket for both families tells IPv4 addresses as mapped ones. */
function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && isLoopbackHost(address.replace(/^::ffff:/, ''));
}

function single<T>(values: readonly string[] | undefined, parse: (text: string) => T | undefined): T | undefined {
  const [value, ...others] = values ?? [];
  return value === undefined || others.length > 0 ? undefined : parse(value);
}
