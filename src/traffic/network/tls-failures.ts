import { failed, type Leg, type Step } from '../failures.ts';
import type { Attempt } from './attempt.ts';
import type { Shown } from './certificates.ts';

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
const CLIENT_CERTIFICATE = /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|NO_CERTIFICATE)/;

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
  const hint =
    leg === 'PROXY'
      ? 'check the port, and that the proxy speaks TLS on it (type HTTPS)'
      : 'check the port, and whether something on the way refuses the target';
  return failed(`${leg}_TLS_CLOSED`, `The ${peer} ended the TLS handshake (${end.code}); ${hint}.`, { detail });
}

/** TLS 1.3 has no room for this in the handshake: the alert comes when the client already speaks. */
export function wantsClientCertificate(code: string): boolean {
  return CLIENT_CERTIFICATE.test(code);
}

export function clientCertificateFault(leg: Leg, code: string): Step<never> {
  const message = `The ${leg.toLowerCase()} wants a client certificate (${code}); mutual TLS is not supported.`;
  return failed(leg === 'PROXY' ? 'PROXY_CLIENT_CERTIFICATE_REQUIRED' : 'TARGET_TLS_CLOSED', message, {
    detail: `a client certificate is required (${code})`,
    retryable: false,
  });
}

/** @param name what the certificate should be for. @param code why Node refused it. */
export function certificateFault(
  attempt: Attempt,
  leg: Leg,
  name: string,
  code: string,
  shown: Shown | undefined,
): Step<never> {
  const peer = leg.toLowerCase();
  if (shown === undefined) {
    return failed(`${leg}_CERTIFICATE_UNTRUSTED`, `The ${peer} showed no certificate that can be read (${code}).`, {
      detail: code,
    });
  }
  const { report, leaf } = shown;
  const detail = `${report.subject}, issued by ${report.issuer}, valid to ${report.validTo}: ${code}`;
  switch (code) {
    case 'CERT_HAS_EXPIRED': {
      const which =
        Date.parse(report.validTo) < Date.now()
          ? `certificate expired at ${report.validTo}`
          : `certificate is good, but one that issued it has expired`;
      return failed(`${leg}_CERTIFICATE_EXPIRED`, `The ${peer}'s ${which}; have it renewed.`, { detail });
    }
    case 'CERT_NOT_YET_VALID': {
      const message = `The ${peer}'s certificate, or one that issued it, is not valid yet (${attempt.clean(leaf.validFrom, 50)}); check the clocks of both sides.`;
      return failed(`${leg}_CERTIFICATE_NOT_YET_VALID`, message, { detail });
    }
    case 'DEPTH_ZERO_SELF_SIGNED_CERT': {
      const message = `The ${peer}'s certificate is signed by itself, which nobody vouches for; have one issued, or trust it by NODE_EXTRA_CA_CERTS.`;
      return failed(`${leg}_CERTIFICATE_SELF_SIGNED`, message, { detail });
    }
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'ERR_TLS_CERT_ALTNAME_FORMAT':
    case 'HOSTNAME_MISMATCH':
    case 'IP_ADDRESS_MISMATCH': {
      const names = attempt.clean(leaf.subjectAltName ?? leaf.subject ?? '', 200);
      const message = `The ${peer}'s certificate is not for ${name} but for ${names}; use a host that it names, or have it reissued.`;
      return failed(`${leg}_CERTIFICATE_HOST_MISMATCH`, message, { detail });
    }
    default: {
      const suspicion =
        leg === 'TARGET' && attempt.proxy !== null
          ? 'the proxy may intercept TLS'
          : `the ${peer} may not send its intermediate certificates`;
      const message = `The ${peer}'s certificate is issued by ${report.issuer}, whom this server does not trust (${code}); ${suspicion}; an authority of one's own is trusted by NODE_EXTRA_CA_CERTS.`;
      return failed(`${leg}_CERTIFICATE_UNTRUSTED`, message, { detail });
    }
  }
}
