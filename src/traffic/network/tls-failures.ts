import { failed, type Leg, type Step } from '../failures.ts';
import type { Attempt } from './attempt.ts';

/** How a TLS handshake ended that did not succeed. */
export interface HandshakeEnd {
  /** Node's or OpenSSL's code. */
  readonly code: string;
  /** The peer had already sent its certificate, so version and cipher were agreed on. */
  readonly showedCertificate: boolean;
}

/** OpenSSL's codes for an answer that is no TLS record. */
const NOT_TLS =
  /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE|UNEXPECTED_MESSAGE|BAD_RECORD_TYPE|HTTP_REQUEST)$/;
/** No version, cipher or key size that both sides accept, found out by us or told by an alert. */
const NOTHING_IN_COMMON =
  /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY|(DH|EC)_KEY_TOO_SMALL|WRONG_(CIPHER|SSL_VERSION|SIGNATURE_TYPE)|INAPPROPRIATE_FALLBACK/;
/** OpenSSL's codes for alerts, which Node 20 spells SSLV3_ALERT_… where Node 24 spells SSL/TLS_ALERT_…. */
const ALERT = /^ERR_SSL_(?:SSLV3|SSL\/TLS|TLSV1|TLSV13)_(?:ALERT_)?([A-Z_]+)$/;
/** RFC 8446 §6.2: 116. And 41, which SSL 3 had for a client without a certificate. */
const CLIENT_CERTIFICATE = /^(CERTIFICATE_REQUIRED|NO_CERTIFICATE)$/;
/** The alerts that find fault with a certificate: 42 to 46, and 48. They do not say with whose. */
const ABOUT_A_CERTIFICATE =
  /^(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(REVOKED|EXPIRED|UNKNOWN)|UNKNOWN_CA)$/;

export function handshakeFault(attempt: Attempt, leg: Leg, end: HandshakeEnd): Step<never> {
  const peer = leg.toLowerCase();
  const detail = end.code;
  if (wantsClientCertificate(end.code) || (end.showedCertificate && /HANDSHAKE_FAILURE/.test(end.code))) {
    return clientCertificateFault(leg, end.code);
  }
  if (NOT_TLS.test(end.code)) {
    const message =
      leg === 'PROXY'
        ? `There is no TLS on the proxy's port; if it is a plain HTTP proxy, choose type HTTP.`
        : `There is no TLS on the target's port ${attempt.target.port || 443}; check the port, or use http://.`;
    return failed(`${leg}_NOT_TLS`, message, { detail });
  }
  if (NOTHING_IN_COMMON.test(end.code)) {
    const message = `The ${peer} and this server have no TLS version, cipher and key size in common (${end.code}); the ${peer} must offer TLS 1.2 or later.`;
    return failed(leg === 'PROXY' ? 'PROXY_TLS_VERSION' : 'TARGET_TLS_CLOSED', message, { detail, retryable: false });
  }
  const hint = closedHint(leg, end);
  return failed(`${leg}_TLS_CLOSED`, `The ${peer} ended the TLS handshake (${end.code}); ${hint}.`, { detail });
}

function closedHint(leg: Leg, end: HandshakeEnd): string {
  const alert = alertOf(end.code);
  if (alert !== undefined && ABOUT_A_CERTIFICATE.test(alert)) {
    return 'it finds fault with a certificate, and this server sends none: look into its own log';
  }
  if (alert === 'UNRECOGNIZED_NAME') return 'it knows no host of that name; check the host';
  if (alert !== undefined || end.showedCertificate) return 'it speaks TLS, so its own log should tell why';
  return leg === 'PROXY'
    ? 'check the port; if it is a plain HTTP proxy, choose type HTTP'
    : 'check the port, and whether something on the way refuses the target';
}

/** The alert that the peer sent, as OpenSSL names it, such as BAD_CERTIFICATE; undefined for any other code. */
export function alertOf(code: string): string | undefined {
  return ALERT.exec(code)?.[1];
}

/** TLS 1.3 has no room for this in the handshake: the alert comes when the client already speaks. */
export function wantsClientCertificate(code: string): boolean {
  return CLIENT_CERTIFICATE.test(alertOf(code) ?? '');
}

export function clientCertificateFault(leg: Leg, code: string): Step<never> {
  const message = `The ${leg.toLowerCase()} wants a client certificate (${code}); mutual TLS is not supported.`;
  return failed(leg === 'PROXY' ? 'PROXY_CLIENT_CERTIFICATE_REQUIRED' : 'TARGET_TLS_CLOSED', message, {
    detail: `a client certificate is required (${code})`,
    retryable: false,
  });
}
