import type { Socket } from 'node:net';
import { passed, type Step } from '../failures.ts';
import { HttpConnection } from '../http/http-connection.ts';
import { requestBytes } from '../http/request-bytes.ts';
import { type Attempt, targetAuthority } from '../network/attempt.ts';
import { ask } from './ask.ts';
import { connectExchangeFault } from './exchange-fault.ts';
import { connectLogin } from './login-fields.ts';
import { connectFault } from './proxy-answer.ts';
import { statusLine } from './refusal.ts';

/** Asks the proxy for a tunnel to the target, once. The socket then is the tunnel, with whatever already came in it. */
export async function openTunnel(attempt: Attempt, socket: Socket): Promise<Step<Socket>> {
  const connection = new HttpConnection(socket);
  const head = await ask(attempt, connection, connectRequest(attempt), 'CONNECT');
  if ('error' in head) return connectExchangeFault(attempt, head.error);

  const fault = connectFault(attempt, head);
  if (fault !== undefined) return { ok: false, fault };
  if (attempt.login) attempt.trace.authPassed('sent, and nobody objected');
  return passed(connection.release(), attempt.clean(statusLine(head)));
}

/** Without a Connection field, which some proxies hand on: `close` in it breaks a login behind them. */
function connectRequest(attempt: Attempt): Buffer {
  const authority = targetAuthority(attempt.target);
  return requestBytes({
    method: 'CONNECT',
    target: authority,
    host: authority,
    fields: [['User-Agent', 'proxy-ledger'], ...connectLogin(attempt)],
  });
}
