import { isIP, isIPv6 } from 'node:net';
import { hostname } from 'node:os';

/** How name servers are asked. */
export interface ResolverConfig {
  /** As `dns.setServers` takes them, in the order to ask them. */
  readonly servers: readonly string[];
  /** Domains that a name may be short for. */
  readonly search: readonly string[];
  /** A name with so many dots is first asked for as it is, one with fewer first in the domains. */
  readonly ndots: number;
  /** For one question to one server. */
  readonly timeoutMs: number;
  /** How often a server that says nothing is asked. */
  readonly attempts: number;
}

/** As the C library has it, resolv.conf(5). */
const MOST_SERVERS = 3;
const MOST_NDOTS = 15;
const MOST_SECONDS = 30;
const MOST_ATTEMPTS = 5;
const NAME_LIMIT = 253;

/** Reads resolv.conf(5): nameserver, search, domain, and of the options ndots, timeout and attempts. */
export function parseResolvConf(text: string, host = hostname()): ResolverConfig {
  const servers: string[] = [];
  const [, ...domain] = host.split('.');
  let search = domain.length > 0 ? [domain.join('.')] : [];
  const options = { ndots: 1, timeout: 5, attempts: 2 };
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trimEnd().split(/[ \t]+/);
    if (keyword === 'nameserver') servers.push(...values.slice(0, 1).filter((value) => isIP(value) !== 0));
    else if (keyword === 'search') search = values;
    else if (keyword === 'domain') search = values.slice(0, 1);
    else if (keyword === 'options') Object.assign(options, Object.fromEntries(values.flatMap(numericOption)));
  }
  return {
    servers: servers.slice(0, MOST_SERVERS).map((server) => (isIPv6(server) ? `[${server}]` : server)),
    search: search.map((each) => each.replace(/\.$/, '').toLowerCase()).filter((each) => each !== ''),
    ndots: Math.min(options.ndots, MOST_NDOTS),
    timeoutMs: Math.min(Math.max(options.timeout, 1), MOST_SECONDS) * 1000,
    attempts: Math.min(Math.max(options.attempts, 1), MOST_ATTEMPTS),
  };
}

function numericOption(option: string): [string, number][] {
  const [, name, value] = /^(ndots|timeout|attempts):(\d{1,9})$/.exec(option) ?? [];
  return name === undefined ? [] : [[name, Number(value)]];
}

/** What a name may stand for, in the order to ask for it. One that ends in a dot stands for itself alone. */
export function candidates(name: string, { search, ndots }: ResolverConfig): readonly string[] {
  if (name.endsWith('.')) return [name];
  const inDomains = search.map((domain) => `${name}.${domain}`).filter((each) => each.length <= NAME_LIMIT);
  return name.split('.').length > ndots ? [name, ...inDomains] : [...inDomains, name];
}
