import { isIP } from 'node:net';

/** Addresses by name in lower case, in the order of the file. */
export type Hosts = ReadonlyMap<string, readonly string[]>;

/** Reads a hosts(5) file. Lines that name no address are passed over, and so are addresses with a zone. */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 0 || address.includes('%')) continue;
    for (const name of new Set(names.map((each) => each.toLowerCase().replace(/\.$/, '')))) {
      const addresses = hosts.get(name);
      if (addresses === undefined) hosts.set(name, [address]);
      else if (!addresses.includes(address)) addresses.push(address);
    }
  }
  return hosts;
}
