import type { Socket } from 'node:net';
import { Client, errors } from 'undici';
import { errorCode } from '../error-code.ts';
import { failed, passed, type Step } from '../failures.ts';
import type { Attempt } from '../network/attempt.ts';
import { firstErrorOf } from '../network/tls.ts';
import { clientCertificateFault, wantsClientCertificate } from '../network/tls-failures.ts';
import { basicAuthorization } from './auth-schemes.ts';
import { HEADER_BYTES_LIMIT } from './connect-tunnel.ts';
import { authFault, forwardingFault, type Head } from './proxy-answer.ts';

/** One GET on an open route, as far as the head of its answer. The socket is used up by it. Answers the status. */
export async function getHead(attempt: Attempt, socket: Socket): Promise<Step<number>> {
  const outcome = await exchange(attempt, socket);
  if ('error' in outcome) return exchangeFault(attempt, outcome.error);
  if (attempt.forwards) {
    const auth = authFault(attempt, outcome);
    if (auth !== undefined) {
      attempt.trace.blame('PROXY_AUTH', auth.detail ?? '');
      return { ok: false, fault: auth };
    }
    const fault = forwardingFault(attempt, outcome);
    if (fault !== undefined) return { ok: false, fault };
    if (attempt.proxy?.credentials) attempt.trace.authPassed();
  }
  // The number alone: whoever names the target could else try out which words of its reason phrase are masked.
  return passed(outcome.status, `status ${outcome.status}`);
}

async function exchange(attempt: Attempt, socket: Socket): Promise<Head | { error: unknown }> {
  const { target, signal } = attempt;
  signal.throwIfAborted();
  if (socket.destroyed) return { error: socket.errored };
  const client = new Client(target.origin, {
    connect: handOver(socket),
    maxHeaderSize: HEADER_BYTES_LIMIT,
    // The attempt's deadline is the only clock.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    const credentials = attempt.forwards ? attempt.proxy?.credentials : undefined;
    const { statusCode, statusText, headers, body } = await client.request({
      method: 'GET',
      path: attempt.forwards ? target.href : `${target.pathname}${target.search}`,
      headers: {
        'user-agent': 'proxy-ledger',
        accept: '*/*',
        'accept-encoding': 'identity',
        ...(credentials && { 'proxy-authorization': basicAuthorization(credentials) }),
      },
      signal,
    });
    body.on('error', () => undefined).destroy();
    return {
      status: statusCode,
      statusLine: `HTTP ${statusCode} ${statusText}`.trimEnd(),
      headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value ?? []].flat()])),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { error: firstErrorOf(socket) ?? error };
  } finally {
    await client.destroy();
    socket.destroy();
  }
}

/** Gives the client its one socket. A client that lost it asks for another: it is told no, once and for all. */
export function handOver(socket: Socket): (options: unknown, callback: ConnectCallback) => void {
  let given = false;
  return (_options, callback) => {
    // Not at once: the client expects its callback to come later. With an error of our own, which ends the request: those
    // of undici's own codes are undici's to retry.
    setImmediate(() => {
      if (given) return callback(new Error('the one connection was closed'), null);
      given = true;
      callback(null, socket);
    });
  };
}

type ConnectCallback = (...result: [error: null, socket: Socket] | [error: Error, socket: null]) => void;

/** What an error of the exchange on an open route means. */
export function exchangeFault(attempt: Attempt, error: unknown): Step<never> {
  const code = errorCode(error) ?? 'ECONNRESET';
  const leg = attempt.forwards ? 'PROXY' : 'TARGET';
  const peer = leg.toLowerCase();
  if (wantsClientCertificate(code)) {
    const refusal = clientCertificateFault(leg, code);
    if (!refusal.ok) attempt.trace.blame(`${leg}_TLS`, refusal.fault.detail ?? code);
    return refusal;
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    const message = `The answer has more than ${HEADER_BYTES_LIMIT} bytes of headers; check that the target URL is the right one.`;
    return failed('TARGET_HEADERS_TOO_LARGE', message, { detail: code });
  }
  const hint =
    attempt.proxy?.type === 'HTTP' && attempt.forwards
      ? 'if the proxy expects TLS, choose type HTTPS'
      : 'check the port';
  if (isBrokenHttp(error, code)) {
    return failed(`${leg}_BAD_RESPONSE`, `The ${peer}'s answer is not the HTTP that was expected (${code}); ${hint}.`, {
      detail: code,
    });
  }
  return failed(`${leg}_CLOSED`, `The ${peer} closed the connection without an answer; ${hint}.`, { detail: code });
}

function isBrokenHttp(error: unknown, code: string): boolean {
  return (
    // undici tells some answers that are no HTTP by an assertion of its own.
    /^(HPE_|ERR_SSL_|(UND_ERR_RES_CONTENT_LENGTH_MISMATCH|ERR_ASSERTION)$)/.test(code) ||
    error instanceof errors.HTTPParserError ||
    isUnexpectedInterim(error)
  );
}

/** What undici says of an interim answer that nobody asked for. */
function isUnexpectedInterim(error: unknown): boolean {
  return error instanceof errors.SocketError && /^bad (response|upgrade)$/.test(error.message);
}
