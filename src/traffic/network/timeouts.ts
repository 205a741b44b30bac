import { failed, type Step } from '../failures.ts';
import { type Attempt, proxyUrl, targetAuthority } from './attempt.ts';
import type { StageName } from './trace.ts';

/**
 * Runs an attempt's steps, and turns the end of its time into the failure of the stage that it met.
 * Rejects when the caller aborted, with that signal's reason.
 */
export async function withinDeadline<T>(attempt: Attempt, steps: () => Promise<Step<T>>): Promise<Step<T>> {
  try {
    return await steps();
  } catch (error) {
    if (!attempt.deadline.expired || error !== attempt.signal.reason) throw error;
    const detail = `nothing within ${attempt.deadline.timeoutMs} ms, which were for the whole attempt`;
    return timeoutFault(attempt, attempt.trace.abandon(detail), detail);
  }
}

function timeoutFault(attempt: Attempt, stage: StageName | undefined, detail: string): Step<never> {
  const leg = attempt.proxy === null ? 'TARGET' : 'PROXY';
  const target = targetAuthority(attempt.target);
  const where = attempt.proxy === null ? target : proxyUrl(attempt.proxy);
  const peer = leg.toLowerCase();
  const within = `within ${attempt.deadline.timeoutMs} ms`;
  switch (stage) {
    case 'CONNECT':
      return failed(
        `${leg}_CONNECT_TIMED_OUT`,
        `The ${peer} (${where}) did not accept a connection ${within}; check host and port, and the firewalls on the way.`,
        { detail },
      );
    case 'PROXY_TLS':
      return failed(
        'PROXY_TLS_TIMED_OUT',
        `The proxy (${where}) did not finish the TLS handshake ${within}; if it is a plain HTTP proxy, choose type HTTP.`,
        { detail },
      );
    case 'TUNNEL':
      return failed(
        'PROXY_NO_ANSWER',
        `The proxy (${where}) took the request for a tunnel to ${target} and did not answer ${within}; check that a proxy listens there, and that it reaches the target.`,
        { detail },
      );
    case 'TARGET_TLS':
      return failed(
        'TARGET_TLS_TIMED_OUT',
        `The target (${target}) did not finish the TLS handshake ${within}; check that it speaks TLS on that port.`,
        { detail },
      );
    case 'PROXY_AUTH':
      return failed(
        'PROXY_NO_ANSWER',
        `The proxy (${where}) did not answer ${within}; check that a proxy listens there.`,
        {
          detail,
        },
      );
    case 'RESPONSE':
      if (attempt.wasProxySilent) {
        const message = `The proxy (${where}) answered neither a question of its own nor the request for ${target} ${within}; check that a proxy listens there, and that it reaches the target.`;
        return failed('PROXY_NO_ANSWER', message, { detail });
      }
      return failed(
        'TARGET_NO_ANSWER',
        `The target (${target}) got the request and did not answer ${within}; check that it works when asked without the proxy.`,
        { detail },
      );
    default:
      return failed('TIMED_OUT', `The name in ${where} was not resolved ${within}; check this server's name server.`, {
        detail,
      });
  }
}
