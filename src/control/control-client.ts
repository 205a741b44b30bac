import { connect } from 'node:net';
import { type ControlAnswer, type ControlRequest, controlAnswer, MOST_ANSWER_BYTES } from './protocol.ts';

/** A server holds the socket, but does not answer as it should. */
export class ControlSocketError extends Error {
  override readonly name = 'ControlSocketError';
}

/**
 * Has the server that listens at a socket carry out a verb. Undefined when none listens there. Waits for as long as the
 * server takes.
 *
 * @throws ControlSocketError
 */
export async function askControlServer(path: string, request: ControlRequest): Promise<ControlAnswer | undefined> {
  const text = await exchange(path, `${JSON.stringify(request)}\n`);
  if (text === undefined) return undefined;
  const answer = controlAnswer.safeParse(parseJson(text));
  if (!answer.success) throw new ControlSocketError('the running server ended before it answered');
  return answer.data;
}

/** Undefined when nobody listens. */
function exchange(path: string, request: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path);
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length > MOST_ANSWER_BYTES) socket.destroy(new Error('too long an answer'));
    });
    socket.on('connect', () => socket.write(request));
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      // ECONNREFUSED: what is there was left by a process that ended, or is no socket.
      if (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED') return resolve(undefined);
      const why = cause.code === 'EACCES' ? 'belongs to another user' : `does not answer (${cause.code ?? 'broken'})`;
      reject(new ControlSocketError(`the socket ${path} of the running server ${why}`, { cause }));
    });
    socket.on('close', () => resolve(text));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
