import { getServers } from 'node:dns';
import { interleaved } from './address-order.ts';
import { type Hosts, parseHosts } from './hosts-file.ts';
import { askNameServers, type Found, LookupError, OF_THE_NAME } from './name-servers.ts';
import { ParsedFile } from './parsed-file.ts';
import { candidates, parseResolvConf, type ResolverConfig } from './resolv-conf.ts';

/** What the system says about names. */
export interface NameSources {
  readonly hosts: () => Promise<Hosts>;
  readonly config: () => Promise<ResolverConfig>;
}

/** Rejects with an error that has a `code`, or with the signal's reason, which ends what it began. */
export type Lookup = (name: string, signal: AbortSignal) => Promise<Found>;

/** No server can be asked just now: not for another candidate either. */
const NOBODY_THERE: ReadonlySet<string> = new Set(['ETIMEOUT', 'ECONNREFUSED']);

/**
 * Looks names up as the system does whose nsswitch.conf(5) says `hosts: files dns`: the hosts file, then the name servers
 * with the search rules of resolv.conf(5). `localhost` and names below it are this machine and names below `invalid` do not
 * exist, whatever name servers say (RFC 6761 §6.3, §6.4).
 */
export function nameLookup({ hosts, config }: NameSources): Lookup {
  return async (name, signal) => {
    const bare = name.replace(/\.$/, '').toLowerCase();
    const listed = (await hosts()).get(bare);
    if (listed) return { addresses: interleaved(listed), seconds: 0 };
    if (/(^|\.)localhost$/.test(bare)) return { addresses: ['::1', '127.0.0.1'], seconds: 0 };
    if (/(^|\.)invalid$/.test(bare)) throw new LookupError('ENOTFOUND');
    return search(name, await config(), signal);
  };
}

async function search(name: string, config: ResolverConfig, signal: AbortSignal): Promise<Found> {
  const codes: string[] = [];
  for (const candidate of candidates(name, config)) {
    try {
      return await askNameServers(candidate, config, signal);
    } catch (error) {
      if (!(error instanceof LookupError) || NOBODY_THERE.has(error.code)) throw error;
      codes.push(error.code);
    }
  }
  const unsure = codes.find((code) => !OF_THE_NAME.has(code));
  throw new LookupError(unsure ?? (codes.includes('ENODATA') ? 'ENODATA' : 'ENOTFOUND'));
}

const hostsFile = new ParsedFile('/etc/hosts', parseHosts);
const resolvConf = new ParsedFile('/etc/resolv.conf', (text) => parseResolvConf(text));

export const systemLookup = nameLookup({
  hosts: hostsFile.read,
  config: async () => {
    const config = await resolvConf.read();
    return config.servers.length > 0 ? config : { ...config, servers: getServers() };
  },
});
