import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client that speaks WebSocket as far as a test says, and never answers a goodbye. */
export class RawWebSocket {
  /** Resolves when the connection is gone. */
  readonly gone: Promise<unknown>;
  private received = Buffer.alloc(0);
  private readonly looks = new Set<() => void>();

  private constructor(private readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      for (const look of this.looks) look();
    });
    this.gone = once(socket, 'close');
  }

  static async open(port: number, protocol = 'graphql-transport-ws'): Promise<RawWebSocket> {
    const socket = connect(port, '127.0.0.1');
    const client = new RawWebSocket(socket);
    socket.write(
      `GET /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
        `sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: ${protocol}\r\n\r\n`,
    );
    await client.has(() => client.received.includes('\r\n\r\n'));
    client.received = client.received.subarray(client.received.indexOf('\r\n\r\n') + 4);
    return client;
  }

  /** Sends a text message. */
  send(message: object): void {
    const text = JSON.stringify(message);
    this.begin(Buffer.byteLength(text), text);
  }

  /** Announces a text message of so many bytes, and sends what there is of it. The mask is zeros (RFC 6455 §5.3). */
  begin(length: number, text: string): void {
    const head = Buffer.alloc(14);
    head.writeUInt16BE(0x81ff);
    head.writeBigUInt64BE(BigInt(length), 2);
    this.socket.write(Buffer.concat([head, Buffer.from(text)]));
  }

  /** Resolves when something with this text came. */
  async got(text: string): Promise<void> {
    await this.has(() => this.received.includes(text));
  }

  /** The code of the goodbye: its frame is the last that the server sends. */
  async farewell(): Promise<number> {
    let code = 0;
    await this.has(() => {
      for (let at = 0; at + 1 < this.received.length; ) {
        const [first = 0, length = 0] = this.received.subarray(at);
        const isLong = length === 126;
        const begins = at + (isLong ? 4 : 2);
        if (first === 0x88 && this.received.length >= begins + 2) code = this.received.readUInt16BE(begins);
        if (isLong && this.received.length < begins) return false;
        at = begins + (isLong ? this.received.readUInt16BE(at + 2) : length);
      }
      return code !== 0;
    });
    return code;
  }

  destroy(): void {
    this.socket.destroy();
  }

  private has(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return;
        this.looks.delete(look);
        resolve();
      };
      this.looks.add(look);
      look();
    });
  }
}
