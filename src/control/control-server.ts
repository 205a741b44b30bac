import { lstat, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { expectedFault } from './expected-faults.ts';
import { type ControlAnswer, controlRequest, MOST_REQUEST_BYTES } from './protocol.ts';

/** Carries out a verb; answers what JSON can hold. Of errors those are told that were expected; others are logged. */
export type ControlVerb = (input: unknown) => Promise<unknown>;

export interface ControlServer {
  /** Ends every connection, and removes the socket. */
  close(): Promise<void>;
}

/** Milliseconds in which a request must have come in. */
const REQUEST_WITHIN_MS = 5_000;
const MOST_CONNECTIONS = 16;

/**
 * Takes commands over a socket that only its owner can open (mode 0600). Whoever starts it must hold what the socket stands
 * for: a socket that is there already is taken for one that a killed process left, and replaced.
 */
export async function startControlServer(
  path: string,
  verbs: ReadonlyMap<string, ControlVerb>,
  logger: Logger,
): Promise<ControlServer> {
  await removeSocket(path);
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    // Who hangs up early has nobody left to tell.
    socket.on('error', (err) => logger.debug({ err }, 'a connection to the control socket broke'));
    void serve(socket, verbs, logger);
  });
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, path);
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

/** With the mode from the first moment on: a change of mode behind it would leave a moment in between. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const umask = process.umask(0o177);
    try {
      // The socket's file is made within this call.
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(umask);
    }
  });
}

async function serve(socket: Socket, verbs: ReadonlyMap<string, ControlVerb>, logger: Logger): Promise<void> {
  const line = await readLine(socket);
  if (line === undefined) return void socket.destroy();
  const answer = await carryOut(line, verbs, logger);
  socket.end(`${JSON.stringify(answer)}\n`);
}

async function carryOut(line: string, verbs: ReadonlyMap<string, ControlVerb>, logger: Logger): Promise<ControlAnswer> {
  const request = controlRequest.safeParse(parseJson(line));
  if (!request.success) return { ok: false, fault: 'failure', message: 'the server did not understand the request' };
  const { verb, input } = request.data;
  const work = verbs.get(verb);
  if (!work) return { ok: false, fault: 'failure', message: 'the running server is of a version without this command' };
  logger.info({ verb }, 'a command came over the control socket');
  try {
    return { ok: true, value: await work(input) };
  } catch (error) {
    const fault = expectedFault(error);
    if (fault !== undefined && error instanceof Error) return { ok: false, fault, message: error.message };
    logger.error({ err: error, verb }, 'a command of the control socket failed');
    return { ok: false, fault: 'failure', message: 'the server failed; its log says why' };
  }
}

/** Undefined when there was none in time, or it was too long. */
function readLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const timer = setTimeout(done, REQUEST_WITHIN_MS);
    function done(line?: string): void {
      clearTimeout(timer);
      socket.off('data', take);
      resolve(line);
    }
    function take(part: string): void {
      text += part;
      const end = text.indexOf('\n');
      if (end >= 0) done(text.slice(0, end));
      else if (text.length > MOST_REQUEST_BYTES) done();
    }
    socket.setEncoding('utf8').on('data', take);
    socket.once('close', () => done());
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function removeSocket(path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isSocket()) throw new Error(`${path} is in the way of the server's socket; remove it`);
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
