import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { type Address, type Cidr, cidr, contains, parseAddress } from './cidr.ts';

/**
 * Which addresses this server may connect to. It judges addresses, after name resolution, so a name that resolves
 * differently a moment later gains nothing. What a proxy connects to on our behalf is the proxy's to judge.
 *
 * Denied by default are loopback, link-local, unspecified and multicast addresses; private ranges are allowed.
 * `allow` (EGRESS_ALLOW) exempts from that, `deny` (EGRESS_DENY) beats it, metadata services are denied always.
 */
export class EgressPolicy {
  readonly #allow: readonly Cidr[];
  readonly #deny: readonly Cidr[];
  /** Addresses that were found to be allowed: most are judged again and again. */
  readonly #allowed = new LRUCache<string, true>({ max: 1_000 });

  constructor(lists: { readonly allow?: readonly Cidr[]; readonly deny?: readonly Cidr[] } = {}) {
    this.#allow = lists.allow ?? [];
    this.#deny = lists.deny ?? [];
  }

  /**
   * Why the address must not be connected to, naming it and the setting that would allow it, as a clause without a
   * full stop; undefined when it may be. What is not an address is refused.
   *
   * @param name what resolved to the address, and is then named as well.
   */
  refusal(text: string, name = text): string | undefined {
    if (this.#allowed.has(text)) return undefined;
    const subject = name === text ? text : `${name} resolves to ${text}, which`;
    const address = parseAddress(text);
    if (address === undefined) return `${subject} is not an address`;
    for (const form of [address, ...embedded(address)]) {
      const clause = this.#refusalOf(form);
      if (clause === undefined) continue;
      return form === address ? `${subject} ${clause}` : `${subject} stands for ${form}, which ${clause}`;
    }
    this.#allowed.set(text, true);
    return undefined;
  }

  #refusalOf(address: Address): string | undefined {
    if (METADATA.some((range) => contains(range, address))) {
      return 'is a cloud metadata address; no setting allows it';
    }
    const denied = this.#deny.find((range) => contains(range, address));
    if (denied) return `is denied by ${denied.text} in EGRESS_DENY; it is allowed again when that is taken out`;
    if (this.#allow.some((range) => contains(range, address))) return undefined;
    const kind = DENIED_BY_DEFAULT.find(({ ranges }) => ranges.some((range) => contains(range, address)));
    if (kind === undefined) return undefined;
    const setting = `EGRESS_ALLOW=${kind.ranges.map(({ text }) => text).join(',')}`;
    return `is ${kind.name} address and so not allowed; ${setting} would allow it`;
  }
}

/** The message for a target, behind a proxy, whose host is a denied address; names are the proxy's to resolve. */
export function deniedLiteralTarget(url: URL, egress: EgressPolicy): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return undefined;
  const refusal = egress.refusal(host);
  return refusal === undefined ? undefined : `the target ${refusal}`;
}

const DENIED_BY_DEFAULT: readonly { readonly name: string; readonly ranges: readonly Cidr[] }[] = [
  { name: 'a loopback', ranges: [cidr('127.0.0.0/8'), cidr('::1/128')] },
  { name: 'a link-local', ranges: [cidr('169.254.0.0/16'), cidr('fe80::/10')] },
  { name: 'an unspecified', ranges: [cidr('0.0.0.0/8'), cidr('::/128')] },
  { name: 'a multicast', ranges: [cidr('224.0.0.0/4'), cidr('ff00::/8')] },
  { name: 'a broadcast', ranges: [cidr('255.255.255.255/32')] },
];

/** Where clouds hand out credentials to whoever asks from the machine itself. */
const METADATA: readonly Cidr[] = [
  '169.254.169.254', // AWS, Azure, Google Cloud, Oracle, DigitalOcean, OpenStack and others
  'fd00:ec2::254', // AWS
  'fd20:ce::254', // Google Cloud
  'fe80::a9fe:a9fe', // OpenStack
  '169.254.170.2', // AWS container credentials
  '169.254.170.23', // AWS EKS pod identity
  'fd00:ec2::23', // AWS EKS pod identity
  '100.100.100.200', // Alibaba Cloud
  '168.63.129.16', // Azure's host agent
  '169.254.0.23', // Tencent Cloud
  '169.254.42.42', // Scaleway
  'fd00:42::42', // Scaleway
  '192.0.0.192', // Oracle Cloud Classic
].map(cidr);

/** The IPv4 addresses that an IPv6 address leads to, by the kernel or by a translator: they are judged as well. */
function embedded(address: Address): ipaddr.IPv4[] {
  if (!(address instanceof ipaddr.IPv6)) return [];
  if (address.isIPv4MappedAddress()) return [address.toIPv4Address()];
  const bytes = address.toByteArray();
  return EMBEDDINGS.filter(({ range }) => contains(range, address))
    .flatMap(({ places }) => places.map((place) => place.map((index) => bytes[index] ?? 0)))
    .filter(([first]) => first !== 0)
    .map((octets) => new ipaddr.IPv4(octets));
}

/** Which bytes hold the address. One that begins with a zero leads nowhere, and is what the wrong place often holds. */
const EMBEDDINGS: readonly { readonly range: Cidr; readonly places: readonly (readonly number[])[] }[] = [
  { range: cidr('::/96'), places: [[12, 13, 14, 15]] }, // IPv4-compatible, RFC 4291 §2.5.5.1
  { range: cidr('2002::/16'), places: [[2, 3, 4, 5]] }, // 6to4, RFC 3056 §2
  { range: cidr('64:ff9b::/96'), places: [[12, 13, 14, 15]] }, // NAT64, RFC 6052 §2.1
  {
    range: cidr('64:ff9b:1::/48'), // local NAT64, RFC 8215: with a prefix of any length, so RFC 6052 §2.2's places
    places: [
      [6, 7, 9, 10],
      [7, 9, 10, 11],
      [9, 10, 11, 12],
      [12, 13, 14, 15],
    ],
  },
];
