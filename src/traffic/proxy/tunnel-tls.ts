import type { Socket } from 'node:net';
import { type Fault, failed, type Step, type TrafficFailure } from '../failures.ts';
import { type AnswerHead, parseAnswerHead } from '../http/answer-head.ts';
import { type Attempt, targetAuthority } from '../network/attempt.ts';
import { startTls } from '../network/tls.ts';
import { markOf, nameOfMark } from './marks.ts';
import { ObservedStream } from './observed-stream.ts';
import { asked, refusalFault } from './refusal.ts';

/**
 * Secures a tunnel to the target. Some proxies open it first and then write into it, in plain text, that they do not
 * reach the target or that a rule refuses it: that is theirs. Such a text is seen when it is there before TLS begins, and
 * behind that only when the attempt looks for it.
 */
export async function secureTunnel(attempt: Attempt, tunnel: Socket): Promise<Step<Socket>> {
  const early = takeEarly(tunnel);
  const readBefore = tunnel.bytesRead - early.length;
  const observed = attempt.looksIntoTunnel ? new ObservedStream(tunnel) : undefined;
  const step = await startTls(attempt, 'TARGET', attempt.target.hostname, observed ?? tunnel);
  if (step.ok) {
    observed?.forget();
    return step;
  }
  const plain = plainTextFault(attempt, observed?.firstBytes ?? early);
  if (plain) return { ok: false, fault: plain };
  const { failure, detail = '' } = step.fault;
  if (failure === 'TARGET_NOT_TLS') return noTls(attempt, detail);
  return failure === 'TARGET_TLS_CLOSED' && tunnel.bytesRead === readBefore ? closedAtOnce(attempt, detail) : step;
}

/** What came behind the answer to CONNECT; it stays where it is. */
function takeEarly(tunnel: Socket): Buffer {
  const early: unknown = tunnel.readableLength > 0 ? tunnel.read() : undefined;
  if (!Buffer.isBuffer(early)) return Buffer.alloc(0);
  tunnel.unshift(early);
  return early;
}

/** A plain server answers TLS by a status as well, most by 400: what is none of a gateway's or a rule's stays its own. */
function plainTextFault(attempt: Attempt, bytes: Buffer): Fault | undefined {
  const head = headIn(bytes.toString('latin1'));
  const failure = head && failureBy(head.status);
  if (!failure) return undefined;
  const place = asked(attempt, 'in plain text');
  const advice = markOf(head, place)?.advice;
  const mark = { name: nameOfMark(head, place), failure, advice };
  return refusalFault(attempt, head, mark, 'in plain text');
}

function failureBy(status: number): TrafficFailure | undefined {
  if (status >= 300 && status <= 399) return 'PROXY_REDIRECT';
  if (status === 403 || status === 407) return 'PROXY_DENIED';
  return status >= 500 && status <= 599 ? 'TARGET_UNREACHABLE' : undefined;
}

/** As much of a head as there is; undefined when it is none of HTTP/1. */
function headIn(text: string): AnswerHead | undefined {
  const lines = text.split(/\r?\n/);
  const end = lines.indexOf('');
  for (const whole of [lines.slice(0, end < 0 ? -1 : end), lines.slice(0, 1)]) {
    try {
      return parseAnswerHead(whole.join('\r\n'));
    } catch {
      // Its status line alone may be in order.
    }
  }
  return undefined;
}

function noTls(attempt: Attempt, detail: string): Step<never> {
  const message = `There is no TLS at ${targetAuthority(attempt.target)}; check the port, or use http://; or the proxy itself answers within its tunnel, in plain text, because it does not reach the target or a rule refuses it.`;
  return failed('TARGET_NOT_TLS', message, { detail });
}

function closedAtOnce(attempt: Attempt, detail: string): Step<never> {
  const message = `The tunnel to ${targetAuthority(attempt.target)} was closed in the TLS handshake, without a byte (${detail}), by the target or by a proxy that had not reached it, as some open the tunnel first; check the target's name and port, and the rules of the proxy.`;
  return failed('TARGET_TLS_CLOSED', message, { detail });
}
