import type { Socket } from 'node:net';
import { errorCode } from '../error-code.ts';
import { failed, type Step } from '../failures.ts';
import { CutOffError, HeadTooLargeError, MalformedAnswerError } from '../http/answer-errors.ts';
import { HEAD_BYTES_LIMIT } from '../http/answer-parser.ts';
import type { Attempt } from '../network/attempt.ts';
import { firstErrorOf } from '../network/tls.ts';
import { alertOf, clientCertificateFault, wantsClientCertificate } from '../network/tls-failures.ts';

/** What ended an exchange: what was read of an answer tells more than how its socket ended. */
export function causeOf(socket: Socket, error: unknown): unknown {
  const wasRead =
    error instanceof MalformedAnswerError ||
    error instanceof HeadTooLargeError ||
    (error instanceof CutOffError && error.hadBegun);
  return wasRead ? error : (firstErrorOf(socket) ?? error);
}

/** What an error of an exchange means that was for the proxy alone: of CONNECT. */
export function connectExchangeFault(attempt: Attempt, error: unknown): Step<never> {
  const known = clientCertificateOrHead(attempt, 'PROXY', error);
  if (known) return known;
  if (error instanceof MalformedAnswerError && error.seen) {
    const seen = attempt.clean(firstBytes(error.seen), 100, true);
    const hint = hintAtType(attempt) ?? 'check that a proxy listens there';
    return failed('PROXY_BAD_RESPONSE', `The proxy's answer is not HTTP (${seen}); ${hint}.`, { detail: seen });
  }
  const detail = detailOf(error);
  if (isNoHttp(error)) {
    const message = `The proxy's answer to CONNECT is malformed (${detail}); check that a proxy listens there.`;
    return failed('PROXY_BAD_RESPONSE', message, { detail });
  }
  if (error instanceof CutOffError && error.hadBegun) {
    const message = 'The proxy closed the connection before its whole answer to CONNECT had come; try again.';
    return failed('PROXY_CLOSED', message, { detail });
  }
  const hint = hintAtType(attempt) ?? 'check that a proxy listens there';
  const message = `The proxy closed the connection without an answer to CONNECT; ${hint}; some proxies do so when a rule refuses the target, or when they can't reach it.`;
  return failed('PROXY_CLOSED', message, { detail });
}

/** What an error of a request on an open route means: to the target, or to the proxy that forwards it. */
export function requestExchangeFault(attempt: Attempt, error: unknown): Step<never> {
  const leg = attempt.forwards ? 'PROXY' : 'TARGET';
  const peer = leg.toLowerCase();
  const known = clientCertificateOrHead(attempt, leg, error);
  if (known) return known;
  const detail = detailOf(error);
  if (isNoHttp(error)) {
    const isOther = !(error instanceof MalformedAnswerError) || error.seen !== undefined;
    const hint = (isOther && attempt.forwards && hintAtType(attempt)) || 'check the port';
    return failed(`${leg}_BAD_RESPONSE`, `The ${peer}'s answer is malformed (${detail}); ${hint}.`, { detail });
  }
  if (error instanceof CutOffError && error.hadBegun) {
    const message = `The ${peer} closed the connection before the whole answer had come; try again.`;
    return failed(`${leg}_CLOSED`, message, { detail });
  }
  const hint = attempt.forwards
    ? `${hintAtType(attempt) ?? 'check the port'}; it may forward nothing and know CONNECT alone: try an https target`
    : 'check the port';
  return failed(`${leg}_CLOSED`, `The ${peer} closed the connection without an answer; ${hint}.`, { detail });
}

function clientCertificateOrHead(attempt: Attempt, leg: 'PROXY' | 'TARGET', error: unknown): Step<never> | undefined {
  const code = errorCode(error) ?? '';
  if (wantsClientCertificate(code)) {
    const refusal = clientCertificateFault(leg, code);
    if (!refusal.ok) attempt.trace.blame(`${leg}_TLS`, refusal.fault.detail ?? code);
    return refusal;
  }
  if (!(error instanceof HeadTooLargeError)) return undefined;
  const isConnect = leg === 'PROXY' && !attempt.forwards;
  const [whose, check] = isConnect
    ? ["The proxy's answer", 'check that a proxy listens there']
    : ['The answer', 'check that the target URL is the right one'];
  const message = `${whose} has more than ${HEAD_BYTES_LIMIT} bytes of headers; ${check}.`;
  return failed(isConnect ? 'PROXY_HEADERS_TOO_LARGE' : 'TARGET_HEADERS_TOO_LARGE', message, {
    detail: `more than ${HEAD_BYTES_LIMIT} bytes`,
  });
}

function hintAtType(attempt: Attempt): string | undefined {
  return attempt.proxy?.type === 'HTTP' ? 'if it expects TLS, choose type HTTPS' : undefined;
}

/** What is wrong, in our own words or by the code of the socket's error; nothing of the answer. */
function detailOf(error: unknown): string {
  if (error instanceof MalformedAnswerError) return error.what;
  if (error instanceof CutOffError) return error.hadBegun ? 'closed within the answer' : 'closed without a byte';
  return errorCode(error) ?? 'ECONNRESET';
}

function isNoHttp(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  // An alert ends a connection in good form, also behind the handshake.
  return error instanceof MalformedAnswerError || (/^ERR_SSL_/.test(code) && alertOf(code) === undefined);
}

/** RFC 8446 §5.1: content type 21 is an alert. */
function firstBytes(bytes: Uint8Array): string {
  return bytes[0] === 0x15 && bytes[1] === 0x03 ? 'a TLS alert' : Buffer.from(bytes).toString('latin1');
}

/** Whether the connection ended before a byte of an answer had come. */
export function isUnanswered(error: unknown): boolean {
  return !isNoHttp(error) && !(error instanceof HeadTooLargeError) && !(error instanceof CutOffError && error.hadBegun);
}
