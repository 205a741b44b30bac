import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { errorCode } from '../error-code.ts';
import { failed, passed, type Step } from '../failures.ts';
import { type Attempt, targetAuthority } from '../network/attempt.ts';
import { clientCertificateFault, wantsClientCertificate } from '../network/tls-failures.ts';
import { basicAuthorization } from './auth-schemes.ts';
import { authFault, type Head, tunnelFault } from './proxy-answer.ts';

/** Of one answer's headers, whoever sends it. */
export const HEADER_BYTES_LIMIT = 16 * 1024;

/** Asks the proxy for a tunnel to the target, once. The socket then is the tunnel, with whatever already came in it. */
export async function openTunnel(attempt: Attempt, socket: Socket): Promise<Step<Socket>> {
  const outcome = await exchange(attempt, socket);
  if ('error' in outcome) return exchangeFault(attempt, outcome.error);
  const { head, behind } = outcome;

  const auth = authFault(attempt, head);
  if (auth !== undefined) {
    attempt.trace.blame('PROXY_AUTH', auth.detail ?? '');
    return { ok: false, fault: auth };
  }
  const fault = tunnelFault(attempt, head);
  if (fault !== undefined) return { ok: false, fault };
  if (attempt.proxy?.credentials) attempt.trace.authPassed();
  if (behind.length > 0) socket.unshift(behind);
  return passed(socket, attempt.clean(head.statusLine));
}

/** The answer's head and the bytes that came right behind it, or what ended the exchange. */
function exchange(attempt: Attempt, socket: Socket): Promise<{ head: Head; behind: Buffer } | { error: unknown }> {
  const { signal } = attempt;
  signal.throwIfAborted();
  if (socket.destroyed) return Promise.resolve({ error: socket.errored });
  const authority = targetAuthority(attempt.target);
  const credentials = attempt.proxy?.credentials;
  return new Promise((resolve, reject) => {
    const asking = request({
      method: 'CONNECT',
      path: authority,
      headers: {
        host: authority,
        'user-agent': 'proxy-ledger',
        ...(credentials && { 'proxy-authorization': basicAuthorization(credentials) }),
      },
      maxHeaderSize: HEADER_BYTES_LIMIT,
      createConnection: () => socket,
    });
    const onAbort = (): void => {
      asking.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    asking.on('error', (error) => resolve({ error }));
    // Node hands over every answer to CONNECT here, whatever its status, and reads no body of it.
    asking.once('connect', (answer: IncomingMessage, _socket: unknown, behind: Buffer) => {
      resolve({ head: headOf(answer), behind });
    });
    asking.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      resolve({ error: null });
    });
    asking.end();
  });
}

function headOf(answer: IncomingMessage): Head {
  return {
    status: answer.statusCode ?? 0,
    statusLine: `HTTP/${answer.httpVersion} ${answer.statusCode} ${answer.statusMessage}`.trimEnd(),
    headers: new Map(Object.entries(answer.headersDistinct).map(([name, values]) => [name, values ?? []])),
  };
}

function exchangeFault(attempt: Attempt, error: unknown): Step<never> {
  const code = errorCode(error) ?? 'ECONNRESET';
  if (wantsClientCertificate(code)) {
    const refusal = clientCertificateFault('PROXY', code);
    if (!refusal.ok) attempt.trace.blame('PROXY_TLS', refusal.fault.detail ?? code);
    return refusal;
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    const message = `The proxy's answer has more than ${HEADER_BYTES_LIMIT} bytes of headers; check that a proxy listens there.`;
    return failed('PROXY_HEADERS_TOO_LARGE', message, { detail: code });
  }
  const hint =
    attempt.proxy?.type === 'HTTP' ? 'if it expects TLS, choose type HTTPS' : 'check that a proxy listens there';
  if (/^(HPE_|ERR_SSL_)/.test(code)) {
    const seen = attempt.clean(firstBytes(error) ?? code, 100);
    return failed('PROXY_BAD_RESPONSE', `The proxy's answer is not HTTP (${seen}); ${hint}.`, { detail: seen });
  }
  return failed('PROXY_CLOSED', `The proxy closed the connection without an answer to CONNECT; ${hint}.`, {
    detail: code,
  });
}

/** What Node's parser stumbled over, if the error is its. RFC 8446 §5.1: content type 21 is an alert. */
function firstBytes(error: unknown): string | undefined {
  const packet = typeof error === 'object' && error !== null && 'rawPacket' in error ? error.rawPacket : undefined;
  if (!Buffer.isBuffer(packet)) return undefined;
  return packet[0] === 0x15 && packet[1] === 0x03 ? 'a TLS alert' : packet.subarray(0, 60).toString('latin1');
}
