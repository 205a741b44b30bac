import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { rootCertificates, type TLSSocket } from 'node:tls';
import { LRUCache } from 'lru-cache';
import type { Leg } from '../failures.ts';
import type { Attempt } from './attempt.ts';
import type { IssuerReport, TlsReport } from './tls-report.ts';

/** A finished handshake: its report, and the certificates from the leaf up, as far as they are known. */
export interface Shown {
  readonly report: TlsReport;
  readonly chain: readonly X509Certificate[];
  readonly leaf: X509Certificate;
}

const EXPIRY_WARNING_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Undefined when the peer showed no certificate, or one without a readable date, which is refused anyway.
 *
 * @param certificate what Node has read of it already, with its issuers: to read it again takes as long as the handshake
 */
export function shownBy(
  socket: TLSSocket,
  attempt: Attempt,
  certificate: ShownCertificate | undefined,
): Shown | undefined {
  const chain = chainOf(certificate ?? certificateOf(socket));
  const [leaf] = chain;
  if (leaf === undefined) return undefined;
  const validTo = new Date(leaf.validTo);
  if (Number.isNaN(validTo.getTime())) return undefined;
  const cipher = socket.getCipher();
  const report = {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: cipher.standardName ?? cipher.name,
    subject: attempt.clean(oneLine(leaf.subject) || (leaf.subjectAltName ?? '')),
    issuer: attempt.clean(oneLine(leaf.issuer)),
    validTo: validTo.toISOString(),
    fingerprint256: leaf.fingerprint256,
    issuers: chain.slice(1, 1 + MOST_ISSUERS).map((certificate) => issuerReport(certificate, attempt)),
  };
  return { report, chain, leaf };
}

/** Longer ones are made to tire those who read them. */
const MOST_ISSUERS = 10;

function issuerReport(certificate: X509Certificate, attempt: Attempt): IssuerReport {
  const validTo = new Date(certificate.validTo);
  return {
    subject: attempt.clean(oneLine(certificate.subject)),
    issuer: attempt.clean(oneLine(certificate.issuer)),
    ...(!Number.isNaN(validTo.getTime()) && { validTo: validTo.toISOString() }),
    fingerprint256: certificate.fingerprint256,
  };
}

/** What works and deserves a look, of a certificate that was accepted. */
export function certificateWarnings(attempt: Attempt, leg: Leg, { report }: Shown, isPublic: boolean): string[] {
  const warnings: string[] = [];
  if (Date.parse(report.validTo) - Date.now() < EXPIRY_WARNING_DAYS * DAY_MS) {
    warnings.push(
      `The ${leg.toLowerCase()}'s certificate expires within ${EXPIRY_WARNING_DAYS} days, at ${report.validTo}; have it renewed.`,
    );
  }
  // That a CA of one's own issued it is all that can be known: the target may be an inner one that really has it.
  if (leg === 'TARGET' && !isPublic) {
    const who = attempt.proxy === null ? 'something on the way' : 'the proxy';
    warnings.push(
      `The target's certificate is issued by ${report.issuer}, not by a public authority but by one that this server trusts in addition: unless the target really has it from there, ${who} intercepts TLS.`,
    );
  }
  return warnings;
}

/** Whether a public authority issued the certificate. */
export function isPubliclyIssued({ chain }: Shown): boolean {
  return chain.slice(1).some(isBuiltIn);
}

/** As getPeerCertificate(true) answers it. */
export interface ShownCertificate {
  readonly raw: Buffer;
  readonly fingerprint256: string;
  readonly issuerCertificate?: ShownCertificate;
}

/** getPeerX509Certificate() is no help here: on Node 20 it knows no issuers and empties what getPeerCertificate() sees. */
function chainOf(first: ShownCertificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  let shown = first;
  while (shown?.raw !== undefined && !seen.has(shown.fingerprint256)) {
    seen.add(shown.fingerprint256);
    chain.push(readOnce(shown));
    shown = shown.issuerCertificate;
  }
  return chain;
}

/** By the SHA-256 of all their bytes: peers show the same ones again and again. */
const readBefore = new LRUCache<string, X509Certificate>({ max: 1_000 });

function readOnce({ raw, fingerprint256 }: ShownCertificate): X509Certificate {
  const read = readBefore.get(fingerprint256) ?? new X509Certificate(raw);
  readBefore.set(fingerprint256, read);
  return read;
}

/** Its type promises a certificate, but without one the answer is null or an empty object. */
function certificateOf(socket: TLSSocket): ShownCertificate | undefined {
  const certificate: Partial<ShownCertificate> | null = socket.getPeerCertificate(true);
  return certificate?.raw === undefined ? undefined : (certificate as ShownCertificate);
}

/** Names in certificates come one part a line. */
export function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

/** A public authority's root. By public key, not by fingerprint: roots are also sent as cross-signed twins. */
export function isBuiltIn(certificate: X509Certificate): boolean {
  const known = builtIn.get(certificate);
  if (known !== undefined) return known;
  builtInKeys ??= new Set(rootCertificates.map((pem) => keyDigest(new X509Certificate(pem).publicKey)));
  const key = publicKeyOf(certificate);
  const isOne = key !== undefined && builtInKeys.has(keyDigest(key));
  builtIn.set(certificate, isOne);
  return isOne;
}

const builtIn = new WeakMap<X509Certificate, boolean>();

/** Reading all roots takes some 70 ms, so it is done when first needed, and once. */
let builtInKeys: ReadonlySet<string> | undefined;

function keyDigest(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}

/** Undefined where Node can't read it: a chain that was refused may hold anything. */
export function publicKeyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}

/** RFC 5280 §4.2.1.12: whether it may serve, as far as its extended key usage tells; without one it may. */
export function isForServers({ keyUsage }: X509Certificate): boolean {
  return !Array.isArray(keyUsage) || keyUsage.some((oid) => oid === SERVER_AUTH || oid === ANY_USAGE);
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_USAGE = '2.5.29.37.0';

/** RFC 5280 §4.2.1.10: whether it says which names it may vouch for. */
export function hasNameConstraints({ raw }: X509Certificate): boolean {
  return raw.includes(NAME_CONSTRAINTS);
}

/** 2.5.29.30, in DER. */
const NAME_CONSTRAINTS = Buffer.from('0603551d1e', 'hex');

/** The digest of its signature, where that is one which OpenSSL's security level holds for too weak. */
export function weakDigest({ raw }: X509Certificate): string | undefined {
  return WEAK_SIGNATURES.get(signatureAlgorithm(raw));
}

/** By object identifier, in DER. */
const WEAK_SIGNATURES: ReadonlyMap<string, string> = new Map([
  ['2a864886f70d010104', 'MD5'],
  ['2a864886f70d010105', 'SHA-1'], // RSA
  ['2a8648ce3d0401', 'SHA-1'], // ECDSA
  ['2a8648ce380403', 'SHA-1'], // DSA
  ['2b0e03021d', 'SHA-1'], // RSA, as OIW named it
]);

/** RFC 5280 §4.1: a sequence of what is signed, the algorithm, which begins with its identifier, and the signature. */
function signatureAlgorithm(der: Buffer): string {
  const signed = element(der, element(der, 0).begin);
  const identifier = element(der, element(der, signed.end).begin);
  return der.subarray(identifier.begin, identifier.end).toString('hex');
}

/** Where the contents of the DER element at `offset` begin and end. OpenSSL has read it before, so its form is right. */
function element(der: Buffer, offset: number): { readonly begin: number; readonly end: number } {
  const first = der[offset + 1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const begin = offset + 2 + lengthBytes;
  let length = lengthBytes === 0 ? first : 0;
  for (const byte of der.subarray(offset + 2, begin)) length = length * 256 + byte;
  return { begin, end: begin + length };
}
