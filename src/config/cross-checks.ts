import { isLoopbackHost } from '../traffic/network/loopback.ts';
import { isLoopbackUrl } from './edges.ts';
import { issuerOf } from './identities.ts';

/** What could be read, by the variables' names. */
interface Readable {
  readonly HOST?: string | undefined;
  readonly PUBLIC_URL?: URL | undefined;
  readonly ADMINS?: readonly string[] | undefined;
}

type Given = Readonly<Record<string, string | undefined>>;

/** What is wrong with variables beside each other; one line each, beginning with the name of what is to be changed. */
export function crossFaults(given: Given, values: Readable): string[] {
  const hasIdentities = given.AUTH === 'required' || given.OIDC_ISSUER !== undefined;
  return [
    ...(given.AUTH === 'none' && given.OIDC_ISSUER !== undefined
      ? ['AUTH is none beside OIDC_ISSUER: leave one of them out']
      : []),
    ...reachFaults(given, values, hasIdentities),
    ...tlsFaults(given),
    ...(given.OIDC_ISSUER === undefined ? withoutIssuer(given) : besideIssuer(given.OIDC_ISSUER, given, values)),
  ];
}

/** A server that others reach must know who they are, and must be reached so that nobody reads what they send. */
function reachFaults(given: Given, { HOST, PUBLIC_URL }: Readable, hasIdentities: boolean): string[] {
  const isPrivate = HOST === undefined || isLoopbackHost(HOST);
  const faults: string[] = [];
  const lacking: string[] = [];
  if (!isPrivate && !hasIdentities) lacking.push('AUTH=required (or an OIDC_ISSUER)');
  if (!isPrivate && given.PUBLIC_URL === undefined)
    lacking.push('PUBLIC_URL, how browsers reach the server: by https, or by http on a loopback name');
  if (lacking.length > 0) {
    faults.push(`HOST is ${JSON.stringify(HOST)}, not a loopback address, and lacks beside it: ${lacking.join('; ')}`);
  }
  if (PUBLIC_URL === undefined || isLoopbackUrl(PUBLIC_URL)) return faults;
  if (!hasIdentities && isPrivate) {
    faults.push('PUBLIC_URL is of no loopback name: that needs AUTH=required or an OIDC_ISSUER');
  }
  if (!isPrivate && PUBLIC_URL.protocol === 'http:') {
    faults.push(`PUBLIC_URL must be https beside HOST ${JSON.stringify(HOST)}: http is for loopback names alone`);
  }
  return faults;
}

function tlsFaults(given: Given): string[] {
  const missing = [
    ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
    ['TLS_KEY_FILE', 'TLS_CERT_FILE'],
  ].find(([name = '', other = '']) => given[name] === undefined && given[other] !== undefined);
  return missing ? [`${missing[0]} is missing beside ${missing[1]}`] : [];
}

const OF_AN_ISSUER = [
  'OIDC_JWKS_URI',
  'OIDC_JWKS_FILE',
  'OIDC_AUDIENCE',
  'OIDC_NAME_CLAIM',
  'OIDC_GROUPS_CLAIM',
  'OIDC_ALGORITHMS',
  'OIDC_CLOCK_TOLERANCE_SECONDS',
  'OIDC_CLIENT_ID',
  'OIDC_SCOPES',
  'OIDC_AUTHORIZE_PARAMS',
  'ADMINS',
];

/** Who forgot the issuer would else have a server that lets in others than they think. */
function withoutIssuer(given: Given): string[] {
  return OF_AN_ISSUER.filter((name) => given[name] !== undefined).map((name) => `${name} is set without OIDC_ISSUER`);
}

function besideIssuer(issuer: string, given: Given, { ADMINS = [] }: Readable): string[] {
  const faults: string[] = [];
  if (given.OIDC_AUDIENCE === undefined) {
    faults.push('OIDC_AUDIENCE is missing beside OIDC_ISSUER: what its tokens must have in aud to be for this server');
  }
  if (given.OIDC_JWKS_URI !== undefined && given.OIDC_JWKS_FILE !== undefined) {
    faults.push('OIDC_JWKS_FILE is set beside OIDC_JWKS_URI: leave one of them out');
  }
  for (const administrator of ADMINS) {
    const own = issuerOf(administrator);
    if (own === undefined || own === issuer) continue;
    faults.push(
      `ADMINS has ${JSON.stringify(administrator)}, whose issuer is not OIDC_ISSUER ${JSON.stringify(issuer)} to the letter`,
    );
  }
  return faults;
}
