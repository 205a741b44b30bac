import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Enough for the head of an answer that a proxy writes. */
const KEPT_BYTES = 4 * 1024;

/**
 * A connected socket whose first bytes are kept beside being read. Node's TLS takes a bare socket's bytes where nobody
 * sees them, and of those that are no TLS it tells a code alone.
 */
export class ObservedStream extends Duplex {
  private first: Buffer | undefined = Buffer.alloc(0);

  constructor(private readonly socket: Socket) {
    super();
    socket.on('data', (chunk: Buffer) => {
      if (this.first) this.first = Buffer.concat([this.first, chunk]).subarray(0, KEPT_BYTES);
      if (!this.push(chunk)) socket.pause();
    });
    socket.once('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.once('close', () => this.destroy());
  }

  get firstBytes(): Buffer {
    return this.first ?? Buffer.alloc(0);
  }

  /** Nobody is going to ask for the first bytes. */
  forget(): void {
    this.first = undefined;
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }
}
