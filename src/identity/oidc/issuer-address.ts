import { isLoopbackHost } from '../../traffic/network/loopback.ts';

/**
 * Why something of an issuer can't be fetched from an address; undefined: it can. Whoever could change what comes from
 * there could sign tokens: so it is https, or http on loopback.
 */
export function addressFault(address: string): string | undefined {
  if (!URL.canParse(address)) return 'must be a URL, such as https://id.example.com';
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return 'must hold no user name and no password';
  if (protocol === 'https:') return undefined;
  if (protocol !== 'http:') return 'must be an https URL';
  return isLoopbackHost(hostname.replace(/^\[|\]$/g, '')) ? undefined : 'must be https; http is for loopback only';
}
