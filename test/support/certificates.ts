import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** Certificate and private key, both PEM. */
export interface KeyedCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateRequest {
  /** Host names and IP addresses; `localhost`, `127.0.0.1` and `::1` when left out. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** What its issuer signs it with; SHA-256 when left out. */
  readonly hash?: 'SHA-1';
  /** Good for clients alone. */
  readonly forClients?: boolean;
}

export interface AuthorityRequest extends Omit<CertificateRequest, 'names' | 'forClients'> {
  /** False: an ordinary certificate, which may issue none but does. */
  readonly isAuthority?: boolean;
  /** False: its key usage does not let it sign certificates. */
  readonly maySign?: boolean;
  /** How many authorities may stand below it, one below the other; any number when left out. */
  readonly pathLength?: number;
  /** The domain that it may issue for. */
  readonly permitted?: string;
}

/** A throwaway certificate authority: made at run time, trusted by whoever is given its `ca`. */
export interface Authority {
  /** Its own certificate, PEM: for the `ca` of the traffic settings, or for a file in NODE_EXTRA_CA_CERTS. */
  readonly ca: string;
  /** The chain up to the root, without that, is in `cert`. */
  issue(request?: CertificateRequest): Promise<KeyedCertificate>;
  /** One that this one vouches for; its `ca` is its own certificate. */
  intermediate(request?: AuthorityRequest): Promise<Authority>;
}

export const LOCAL_NAMES: readonly string[] = ['localhost', '127.0.0.1', '::1'];
const DAY_MS = 24 * 60 * 60 * 1000;

export async function createAuthority(commonName = 'Proxy Ledger Test CA'): Promise<Authority> {
  const keys = await generateKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${commonName}`,
    notBefore: daysFromNow(-30),
    notAfter: daysFromNow(365),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return authorityOf({ certificate: root, keys, chain: [] });
}

/** @param chain PEM certificates from this one up, without the root. */
function authorityOf(own: {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly chain: readonly string[];
}): Authority {
  const { certificate: issuer, keys, chain } = own;
  const sign = async (request: CertificateRequest, subject: string, extensions: readonly x509.Extension[]) => {
    const subjectKeys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...fields(request),
      subject,
      issuer: issuer.subject,
      publicKey: subjectKeys.publicKey,
      signingKey: keys.privateKey,
      extensions: [...extensions, await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey)],
    });
    return { certificate, keys: subjectKeys };
  };
  return {
    ca: issuer.toString('pem'),
    issue: async (request = {}) => {
      const leaf = await sign(request, subjectOf(request), extensions(request));
      const cert = [leaf.certificate.toString('pem'), ...chain].join('\n');
      return { cert, key: await privatePem(leaf.keys.privateKey) };
    },
    intermediate: async (request = {}) => {
      const subject = `CN=Proxy Ledger Intermediate ${chain.length + 1}`;
      const { certificate, keys } = await sign(request, subject, authorityExtensions(request));
      return authorityOf({ certificate, keys, chain: [certificate.toString('pem'), ...chain] });
    },
  };
}

/** As a server shows it that leaves out what issued its certificate. */
export function alone({ cert, key }: KeyedCertificate): KeyedCertificate {
  const [leaf = ''] = cert.split(/(?<=-----END CERTIFICATE-----\n?)/);
  return { cert: leaf, key };
}

/** A certificate that only itself vouches for. */
export async function selfSigned(request: CertificateRequest = {}): Promise<KeyedCertificate> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...fields(request),
    name: subjectOf(request),
    keys,
    extensions: extensions(request),
  });
  return { cert: certificate.toString('pem'), key: await privatePem(keys.privateKey) };
}

/** Validity periods for `issue`. */
export const expired = { notBefore: daysFromNow(-20), notAfter: daysFromNow(-10) };
export const notYetValid = { notBefore: daysFromNow(10), notAfter: daysFromNow(100) };
export const expiringSoon = { notAfter: daysFromNow(5) };

export function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function fields({ notBefore = daysFromNow(-1), notAfter = daysFromNow(90), hash }: CertificateRequest) {
  const signingAlgorithm = { ...ALGORITHM, ...(hash && { hash }) };
  return { serialNumber: serialNumber(), notBefore, notAfter, signingAlgorithm };
}

function subjectOf({ names = LOCAL_NAMES }: CertificateRequest): string {
  return `CN=${names[0]}`;
}

function extensions({ names = LOCAL_NAMES, forClients = false }: CertificateRequest): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[forClients ? 'clientAuth' : 'serverAuth']]),
    new x509.SubjectAlternativeNameExtension(
      names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
    ),
  ];
}

function authorityExtensions(request: AuthorityRequest): x509.Extension[] {
  const { isAuthority = true, maySign = true, pathLength, permitted } = request;
  const usage = maySign ? x509.KeyUsageFlags.keyCertSign : x509.KeyUsageFlags.digitalSignature;
  return [
    new x509.BasicConstraintsExtension(isAuthority, pathLength, true),
    ...(isAuthority ? [new x509.KeyUsagesExtension(usage, true)] : []),
    ...(permitted === undefined ? [] : [nameConstraints(permitted)]),
  ];
}

/** RFC 5280 §4.2.1.10, with one permitted subtree: a DNS name. */
function nameConstraints(permitted: string): x509.Extension {
  const der = (tag: number, contents: Buffer) => Buffer.concat([Buffer.from([tag, contents.length]), contents]);
  const subtree = der(0x30, der(0x82, Buffer.from(permitted)));
  return new x509.Extension('2.5.29.30', true, der(0x30, der(0xa0, subtree)));
}

function serialNumber(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
    .toString('hex')
    .replace(/^./, '1');
}
