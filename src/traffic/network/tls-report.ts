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
  /** Those above it, from the one that issued it, as far as they were sent or are known here; at most 10. */
  readonly issuers: readonly IssuerReport[];
}

/** A certificate that vouches for another one. */
export interface IssuerReport {
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601; absent where it holds no date that can be read. */
  readonly validTo?: string;
  /** Upper-case hex with colons. */
  readonly fingerprint256: string;
}
