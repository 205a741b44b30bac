import type { Socket } from 'node:net';
import { HEADER_BYTES_LIMIT } from './connect-tunnel.ts';

const PREFIX = Buffer.from('HTTP/1.1 100 ');
const END = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);

/**
 * Takes the answers with status 100 out of what a client reads from a socket. RFC 9110 §15.2 wants clients to take those
 * that they did not ask for, and some servers send one behind every head of a request; undici breaks off at them.
 */
export class InterimAnswers {
  private isPast = true;
  private held: Buffer = NOTHING;

  constructor(socket: Socket) {
    const read = socket.read.bind(socket);
    socket.read = (size?: number): Buffer | null => {
      for (;;) {
        const chunk = read(size) as Buffer | null;
        if (chunk === null) return null;
        const rest = this.isPast ? chunk : this.withoutInterim(chunk);
        if (rest.length > 0) return rest;
      }
    };
  }

  /** An answer is to come. */
  expect(): void {
    this.isPast = false;
    this.held = NOTHING;
  }

  /** What is not, or not yet known to be, an interim answer is held back until it is. */
  private withoutInterim(chunk: Buffer): Buffer {
    let bytes = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk;
    this.held = NOTHING;
    for (;;) {
      const length = Math.min(bytes.length, PREFIX.length);
      const isInterim = bytes.subarray(0, length).equals(PREFIX.subarray(0, length));
      const end = isInterim ? bytes.indexOf(END) : -1;
      if (end >= 0) {
        bytes = bytes.subarray(end + END.length);
        continue;
      }
      if (isInterim && bytes.length <= HEADER_BYTES_LIMIT) {
        this.held = bytes;
        return NOTHING;
      }
      this.isPast = true;
      return bytes;
    }
  }
}
