/** Of every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * RFC 6797, where browsers reach the server by https. Never under the name `localhost`: it would hold for every other server
 * of that machine too, on whatever port. Addresses browsers leave out by themselves.
 *
 * @param host of the request, with its port
 */
export function transportSecurity(isHttps: boolean, host: string | undefined): Readonly<Record<string, string>> {
  if (!isHttps || /^localhost(?::|$)/i.test(host ?? '')) return {};
  return { 'strict-transport-security': `max-age=${YEAR_SECONDS}` };
}
