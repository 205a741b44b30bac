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
}

/** A throwaway certificate authority: made at run time, trusted by whoever is given its `ca`. */
export interface Authority {
  /** Its own certificate, PEM: for the `ca` of the traffic settings, or for a file in NODE_EXTRA_CA_CERTS. */
  readonly ca: string;
  issue(request?: CertificateRequest): Promise<KeyedCertificate>;
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
  return {
    ca: root.toString('pem'),
    issue: async (request = {}) => {
      const leaf = await generateKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        ...fields(request),
        subject: subjectOf(request),
        issuer: root.subject,
        publicKey: leaf.publicKey,
        signingKey: keys.privateKey,
        extensions: [...extensions(request), await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey)],
      });
      return { cert: certificate.toString('pem'), key: await privatePem(leaf.privateKey) };
    },
  };
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

function fields({ notBefore = daysFromNow(-1), notAfter = daysFromNow(90) }: CertificateRequest) {
  return { serialNumber: serialNumber(), notBefore, notAfter, signingAlgorithm: ALGORITHM };
}

function subjectOf({ names = LOCAL_NAMES }: CertificateRequest): string {
  return `CN=${names[0]}`;
}

function extensions({ names = LOCAL_NAMES }: CertificateRequest): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(
      names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
    ),
  ];
}

function serialNumber(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
    .toString('hex')
    .replace(/^./, '1');
}
