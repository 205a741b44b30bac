import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP relay that can lose requests and answers. */
export interface Relay {
  readonly port: number;
  /** Cuts the connection whose client next sends these bytes: before they reach the server, or when its answer comes. */
  cutAt(bytes: string, when: 'request' | 'answer'): void;
  /** Passes nothing on, in either direction, until it is told otherwise. New connections are taken, and silent too. */
  stall(stalled: boolean): void;
  /** Cuts every connection, and refuses new ones. May be repeated. */
  close(): Promise<void>;
  /** Takes connections again, on the same port. */
  reopen(): Promise<void>;
}

/** @param alter what becomes of the server's answers; left out: nothing */
export async function startRelay(
  target: { host: string; port: number },
  alter = (answer: Buffer) => answer,
): Promise<Relay> {
  const sockets = new Set<Socket>();
  let stalled = false;
  let armed: { bytes: string; when: 'request' | 'answer' } | undefined;
  const server = createServer((client) => {
    const upstream = connect(target);
    let cutAnswer = false;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      // Either side may be cut at any time.
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (data) => {
      if (armed && data.includes(armed.bytes)) {
        const { when } = armed;
        armed = undefined;
        if (when === 'request') return client.destroy();
        cutAnswer = true;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (cutAnswer) client.destroy();
      else client.write(alter(data));
    });
    if (stalled) for (const socket of [client, upstream]) socket.pause();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    cutAt: (bytes, when) => {
      armed = { bytes, when };
    },
    stall: (still) => {
      stalled = still;
      for (const socket of sockets) stalled ? socket.pause() : socket.resume();
    },
    reopen: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
