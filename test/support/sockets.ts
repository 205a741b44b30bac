import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a test server sees of its clients' connections. */
export interface Connections {
  /** Accepted so far. */
  count(): number;
  /** Accepted and not closed yet. */
  open(): number;
  /** Closes whatever is open. */
  destroy(): void;
}

/** Follows the TCP connections of a server, also of one that speaks TLS. */
export function trackConnections(server: Server): Connections {
  const sockets = new Set<Socket>();
  let count = 0;
  server.on('connection', (socket: Socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    count: () => count,
    open: () => sockets.size,
    destroy: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Asks again until the condition holds, for some seconds at most; answers whether it came to hold. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let turn = 0; turn < 500; turn += 1) {
    if (await condition()) return true;
    await sleep(20);
  }
  return false;
}

/** The port that it got: any free one, unless one is named. */
export function listen(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('not a TCP server'));
      else resolve(address.port);
    });
  });
}

export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** A port that was free a moment ago: for programs that can't choose one themselves, and for refused connections. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
}
