import { createServer as createTcp, type Socket } from 'node:net';
import { createServer as createTls, type TlsOptions } from 'node:tls';
import { type Connections, close, listen, trackConnections } from './sockets.ts';

export interface Peer {
  readonly port: number;
  readonly connections: Connections;
  /** All that its clients sent, in Latin-1, behind TLS if it speaks that. */
  received(): string;
  stop(): Promise<void>;
}

/** What to do with one connection. `connection` counts from 1. */
export type Script = (socket: Socket, connection: number) => void;

/** A server that says what a script tells it to, over TCP or, with `tls`, over TLS: the place for broken peers. */
export async function startPeer(script: Script, tls?: TlsOptions, address = '127.0.0.1'): Promise<Peer> {
  let received = '';
  let count = 0;
  const onConnection = (socket: Socket): void => {
    count += 1;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
    });
    script(socket, count);
  };
  const server = tls ? createTls(tls, onConnection) : createTcp(onConnection);
  const connections = trackConnections(server);
  const port = await listen(server, address);
  return {
    port,
    connections,
    received: () => received,
    stop: async () => {
      const closed = close(server);
      connections.destroy();
      await closed;
    },
  };
}

/** Takes everything and says nothing. */
export const silent: Script = () => undefined;

/** Says this once the client has sent something, and goes on listening. */
export function answering(text: string | Buffer): Script {
  return (socket) => {
    socket.once('data', () => socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text));
  };
}

/** Closes in good order once the client has sent something. */
export const closing: Script = (socket) => {
  socket.once('data', () => socket.end());
};

/** Resets the connection once the client has sent something. */
export const resetting: Script = (socket) => {
  socket.once('data', () => socket.resetAndDestroy());
};

/** Says the same again and again for as long as the client takes it. */
export function flooding(first: string, chunk: string): Script {
  return (socket) => {
    const more = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.once('data', () => {
      socket.write(first);
      socket.on('drain', more);
      more();
    });
  };
}

/**
 * A proxy that opens every tunnel to this port, whatever it is asked for, and says `head` when it does.
 * It counts nothing and knows no rules: for what comes behind a tunnel.
 */
export function tunnelling(connect: () => Socket, head = 'HTTP/1.1 200 OK\r\n\r\n'): Script {
  return (socket) => {
    socket.once('data', () => {
      const onward = connect();
      onward.on('error', () => socket.destroy());
      onward.once('close', () => socket.destroy());
      socket.once('close', () => onward.destroy());
      socket.write(head);
      socket.pipe(onward).pipe(socket);
    });
  };
}
