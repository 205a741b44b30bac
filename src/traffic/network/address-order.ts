import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Families in turn, IPv6 first (RFC 8305 §4): where one of them leads nowhere, the other is not far. Each address once,
 * however it is written: `::ffff:10.1.2.3` is 10.1.2.3.
 */
export function interleaved(addresses: readonly string[]): readonly string[] {
  const unique = [...new Map(addresses.map((address) => [ipaddr.process(address).toString(), address])).values()];
  const v6 = unique.filter(isIPv6);
  const v4 = unique.filter((address) => !isIPv6(address));
  const rounds = Array.from({ length: Math.max(v6.length, v4.length) }, (_, at) => [v6[at], v4[at]]);
  return rounds.flat().filter((address) => address !== undefined);
}
