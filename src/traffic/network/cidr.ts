import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A block of addresses, as it was written. */
export interface Cidr {
  readonly text: string;
  readonly base: Address;
  readonly bits: number;
}

export type ParsedCidrs =
  | { readonly ok: true; readonly ranges: Cidr[] }
  | { readonly ok: false; readonly faults: string[] };

/**
 * Reads a comma-separated list of blocks such as `127.0.0.0/8,::1/128`. An address without a prefix means itself alone.
 * Every fault is reported, with the item that it is in.
 */
export function parseCidrs(text: string): ParsedCidrs {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map(parseCidr);
  const faults = items.filter((item) => typeof item === 'string');
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, ranges: items.filter((item) => typeof item !== 'string') };
}

/** For blocks written in code. */
export function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (typeof parsed === 'string') throw new TypeError(parsed);
  return parsed;
}

export function contains(range: Cidr, address: Address): boolean {
  return address.kind() === range.base.kind() && address.match([range.base, range.bits]);
}

/** Undefined for what is not an address in its plain form; octal, hexadecimal and shortened IPv4 are none. */
export function parseAddress(text: string): Address | undefined {
  return isIP(text) === 0 ? undefined : ipaddr.parse(text);
}

/** The block, or what is wrong with the item. */
function parseCidr(item: string): Cidr | string {
  const [, host = '', prefix] = /^([^/]*)(?:\/(.*))?$/.exec(item) ?? [];
  const base = parseAddress(host);
  if (base === undefined || host.includes('%')) return `${item} is not an address block such as 10.0.0.0/8 or fd00::/8`;
  const width = base.kind() === 'ipv4' ? 32 : 128;
  const bits = prefix === undefined ? width : /^[0-9]{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (bits < 0 || bits > width) return `${item} needs a prefix length from 0 to ${width}`;
  if (base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress()) {
    return `${item} is an IPv4-mapped block; write the IPv4 block, which covers both forms`;
  }
  const network = networkOf(base, bits);
  if (network !== base.toString()) return `${item} has bits set behind its prefix; write ${network}/${bits}`;
  return { text: item, base, bits };
}

function networkOf(base: Address, bits: number): string {
  const block = `${base.toString()}/${bits}`;
  return base.kind() === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(block).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(block).toString();
}
