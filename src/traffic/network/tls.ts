import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { EndSignal } from '../abort.ts';
import { errorCode } from '../error-code.ts';
import { type Leg, passed, type Step } from '../failures.ts';
import { dialHost } from './addresses.ts';
import type { Attempt } from './attempt.ts';
import { certificateFault } from './certificate-faults.ts';
import { certificateWarnings, isPubliclyIssued, type ShownCertificate, shownBy } from './certificates.ts';
import { type HandshakeEnd, handshakeFault } from './tls-failures.ts';

/**
 * Speaks TLS over a connected socket, and answers the secured one only when the peer's certificate holds for `host`.
 * The certificate is judged after the handshake and before a byte is sent, so that a refused one can be reported.
 */
export async function startTls(attempt: Attempt, leg: Leg, host: string, socket: Duplex): Promise<Step<TLSSocket>> {
  const name = identity(host);
  const outcome = await handshake(socket, name, contextFor(attempt.settings.ca), attempt.signal);
  if ('showedCertificate' in outcome) return handshakeFault(attempt, leg, outcome);

  const { secured, certificate } = outcome;
  const shown = shownBy(secured, attempt, certificate);
  if (shown !== undefined) {
    if (leg === 'PROXY') attempt.trace.proxyTls = shown.report;
    else attempt.trace.targetTls = shown.report;
  }
  if (!secured.authorized || shown === undefined) {
    secured.destroy();
    // Typed as an error, but set to the error's code.
    return certificateFault(attempt, leg, name, String(secured.authorizationError), shown);
  }
  const isPublic = leg === 'PROXY' || isPubliclyIssued(shown);
  if (!isPublic) privatelyIssued.add(secured);
  attempt.trace.warnings.push(...certificateWarnings(attempt, leg, shown, isPublic));
  const { protocol, cipher, subject, issuer } = shown.report;
  return passed(secured, `${protocol}, ${cipher}; ${subject}, issued by ${issuer}`);
}

const privatelyIssued = new WeakSet<Socket>();

/** Whether no public authority issued what the target showed on this socket: a proxy that intercepts TLS may have. */
export function isPrivatelyIssued(socket: Socket): boolean {
  return privatelyIssued.has(socket);
}

const firstErrors = new WeakMap<Socket, Error>();

/**
 * What a secured socket failed with first. In TLS 1.3 the peer's refusal of a client without a certificate comes behind
 * the handshake, as an alert and an end: whoever uses the socket may see the end alone.
 */
export function firstErrorOf(socket: Socket): Error | undefined {
  return firstErrors.get(socket);
}

/** A finished handshake, with what the peer showed in it where Node had to read that. */
interface Finished {
  readonly secured: TLSSocket;
  readonly certificate: ShownCertificate | undefined;
}

/** The secured socket, or how the handshake ended. Rejects with the signal's reason alone. */
function handshake(
  socket: Duplex,
  name: string,
  secureContext: SecureContext,
  signal: EndSignal,
): Promise<Finished | HandshakeEnd> {
  signal.throwIfAborted();
  if (socket.destroyed) {
    return Promise.resolve({ code: errorCode(socket.errored) ?? 'ECONNRESET', showedCertificate: false });
  }
  return new Promise((resolve, reject) => {
    let certificate: ShownCertificate | undefined;
    // No session is given: resuming one skips the identity check.
    const secured = connect({
      socket,
      // Without a host Node checks the certificate against "localhost". RFC 6066 §3: server_name holds no literals.
      host: name,
      servername: isIP(name) === 0 ? name : '',
      rejectUnauthorized: false,
      checkServerIdentity: (host, shown) => {
        if (hasIssuers(shown)) certificate = shown;
        return identityError(host, shown);
      },
      secureContext,
      ALPNProtocols: ['http/1.1'],
    });
    const onAbort = (): void => {
      settle(() => reject(signal.reason));
      secured.destroy();
    };
    const onEnd = (error?: unknown): void => {
      // In TLS 1.2 a peer that wants a client certificate has shown its own by the time it gives up.
      const showedCertificate = Object.keys(secured.getPeerCertificate() ?? {}).length > 0;
      settle(() => resolve({ code: errorCode(error) ?? 'ECONNRESET', showedCertificate }));
      secured.destroy();
    };
    const onClose = (): void => onEnd();
    const settle = (then: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      secured.removeListener('close', onClose).removeListener('error', onEnd);
      secured.on('error', (error) => {
        if (!firstErrors.has(secured)) firstErrors.set(secured, error);
      });
      then();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    secured.once('secureConnect', () => settle(() => resolve({ secured, certificate })));
    secured.once('error', onEnd);
    secured.once('close', onClose);
  });
}

/** The name that the certificate must hold: RFC 6066 §3 and certificates know no trailing dot. */
function identity(host: string): string {
  return dialHost(host).replace(/\.$/, '');
}

/** As Node's own, which throws on alternative names that it can't read: that would end the process. */
function identityError(...[host, certificate]: Parameters<typeof checkServerIdentity>): Error | undefined {
  try {
    return checkServerIdentity(host, certificate);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Node has read them as well, whatever the type of what it hands on says. */
function hasIssuers(certificate: PeerCertificate): certificate is DetailedPeerCertificate {
  return 'issuerCertificate' in certificate;
}

const contexts = new WeakMap<readonly string[], SecureContext>();
let defaultContext: SecureContext | undefined;

/** Made once for each list of authorities; without one it holds Node's own and those of NODE_EXTRA_CA_CERTS. */
function contextFor(ca: readonly string[] | undefined): SecureContext {
  if (ca === undefined) {
    defaultContext ??= createSecureContext();
    return defaultContext;
  }
  const context = contexts.get(ca) ?? createSecureContext({ ca: [...ca] });
  contexts.set(ca, context);
  return context;
}
