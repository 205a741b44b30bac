/** What a peer showed in its TLS handshake, accepted or not. */
export interface TlsReport {
  readonly protocol: string;
  readonly cipher: string;
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601. */
  readonly validTo: string;
  /** Upper-case hex with colons. */
  readonly fingerprint256: string;
}
