import type { AnswerHead } from '../http/answer-head.ts';
import type { HttpConnection } from '../http/http-connection.ts';
import type { Attempt } from '../network/attempt.ts';
import { causeOf } from './exchange-fault.ts';

/**
 * Asks within the attempt's time: the answer's head, or what ended the exchange. The connection is used up when the time
 * is. Rejects with the reason of the attempt's signal alone.
 */
export async function ask(
  attempt: Attempt,
  connection: HttpConnection,
  request: Buffer,
  method: string,
  bodyLimit = 0,
): Promise<AnswerHead | { readonly error: unknown }> {
  const { deadline } = attempt;
  deadline.throwIfAborted();
  const off = deadline.onEnd(() => connection.socket.destroy());
  try {
    return await connection.ask(request, method, bodyLimit);
  } catch (error) {
    deadline.throwIfAborted();
    return { error: causeOf(connection.socket, error) };
  } finally {
    off();
  }
}
