import { createHash, X509Certificate } from 'node:crypto';
import { rootCertificates, type TLSSocket } from 'node:tls';
import type { Leg } from '../failures.ts';
import type { Attempt } from './attempt.ts';
import type { TlsReport } from './tls-report.ts';

/** A finished handshake: its report, and the certificates from the leaf up, as far as they are known. */
export interface Shown {
  readonly report: TlsReport;
  readonly chain: readonly X509Certificate[];
  readonly leaf: X509Certificate;
}

const EXPIRY_WARNING_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Undefined when the peer showed no certificate, or one without a readable date, which is refused anyway. */
export function shownBy(socket: TLSSocket, attempt: Attempt): Shown | undefined {
  const chain = chainOf(socket);
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
  };
  return { report, chain, leaf };
}

/** What works and deserves a look, of a certificate that was accepted. */
export function certificateWarnings(attempt: Attempt, leg: Leg, { report, chain }: Shown): string[] {
  const warnings: string[] = [];
  if (Date.parse(report.validTo) - Date.now() < EXPIRY_WARNING_DAYS * DAY_MS) {
    warnings.push(
      `The ${leg.toLowerCase()}'s certificate expires within ${EXPIRY_WARNING_DAYS} days, at ${report.validTo}; have it renewed.`,
    );
  }
  // That a CA of one's own issued it is all that can be known: the target may be an inner one that really has it.
  if (leg === 'TARGET' && !chain.slice(1).some(isBuiltInRoot)) {
    const who = attempt.proxy === null ? 'something on the way' : 'the proxy';
    warnings.push(
      `The target's certificate is issued by ${report.issuer}, not by a public authority but by one that this server trusts in addition: unless the target really has it from there, ${who} intercepts TLS.`,
    );
  }
  return warnings;
}

/** getPeerX509Certificate() is no help here: on Node 20 it knows no issuers and empties what getPeerCertificate() sees. */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  let shown = certificateOf(socket);
  while (shown?.raw !== undefined && !seen.has(shown.fingerprint256)) {
    seen.add(shown.fingerprint256);
    chain.push(new X509Certificate(shown.raw));
    shown = shown.issuerCertificate;
  }
  return chain;
}

interface PeerCertificate {
  readonly raw: Buffer;
  readonly fingerprint256: string;
  readonly issuerCertificate?: PeerCertificate;
}

/** Its type promises a certificate, but without one the answer is null or an empty object. */
function certificateOf(socket: TLSSocket): PeerCertificate | undefined {
  const certificate: Partial<PeerCertificate> | null = socket.getPeerCertificate(true);
  return certificate?.raw === undefined ? undefined : (certificate as PeerCertificate);
}

/** Names in certificates come one part a line. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

/** By public key, not by fingerprint: roots are also sent as cross-signed twins. */
function isBuiltInRoot(certificate: X509Certificate): boolean {
  builtInKeys ??= new Set(rootCertificates.map((pem) => keyDigest(new X509Certificate(pem))));
  return builtInKeys.has(keyDigest(certificate));
}

/** Reading all roots takes some 70 ms, so it is done when first needed, and once. */
let builtInKeys: ReadonlySet<string> | undefined;

function keyDigest(certificate: X509Certificate): string {
  return createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}
