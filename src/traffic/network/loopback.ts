import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** True for `localhost`, an address of 127.0.0.0/8, and `::1` in any spelling, without brackets. */
export function isLoopbackHost(host: string): boolean {
  if (isIPv4(host)) return LOOPBACK_4.check(host, 'ipv4');
  if (isIPv6(host)) return !host.includes('%') && LOOPBACK_6.check(host, 'ipv6');
  return host.toLowerCase() === 'localhost';
}

const LOOPBACK_4 = new BlockList();
LOOPBACK_4.addSubnet('127.0.0.0', 8, 'ipv4');

const LOOPBACK_6 = new BlockList();
LOOPBACK_6.addAddress('::1', 'ipv6');
