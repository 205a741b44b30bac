import type { Socket } from 'node:net';
import { CutOffError } from './answer-errors.ts';
import type { AnswerHead } from './answer-head.ts';
import { type AnswerBody, AnswerParser } from './answer-parser.ts';

/**
 * One HTTP/1.1 exchange after the other on an open socket. Nothing is sent twice and nothing is opened. What comes while
 * no answer is awaited ends the connection: it must not be taken for the answer to a later request.
 */
export class HttpConnection {
  private parser: AnswerParser | undefined;
  /** Makes the error: connections are closed all the time, and few are waited for. */
  private failure: (() => unknown) | undefined;
  private wake: () => void = () => undefined;

  constructor(readonly socket: Socket) {
    socket.on('data', this.onData);
    socket.on('end', this.onEnd);
    socket.on('error', this.onError);
    socket.once('close', this.onClose);
  }

  /** Whether another exchange may begin. */
  get isFree(): boolean {
    return this.parser === undefined && !this.socket.destroyed && this.failure === undefined;
  }

  /**
   * Sends a request and reads its final answer's head. Of the answer's body so many bytes are kept.
   * Rejects with `MalformedAnswerError`, `HeadTooLargeError`, `CutOffError` or the socket's error; the socket is then of
   * no more use.
   */
  async ask(request: Buffer, method: string, bodyLimit: number): Promise<AnswerHead> {
    const parser = new AnswerParser(method, bodyLimit);
    this.parser = parser;
    if (!this.socket.destroyed) this.socket.write(request);
    await this.until(() => parser.head !== undefined);
    return parser.head as AnswerHead;
  }

  /** The rest of the answer whose head was read, at most as much as is kept of it. Rejects as `ask` does. */
  async body(): Promise<AnswerBody> {
    const { parser } = this;
    if (!parser) throw new Error('no answer is being read');
    await this.until(() => parser.isComplete);
    this.parser = undefined;
    return parser.body;
  }

  /** Lets go of the socket behind an answer to CONNECT: it is the tunnel now, with what already came in it. */
  release(): Socket {
    const { socket } = this;
    socket.removeListener('data', this.onData).removeListener('end', this.onEnd).removeListener('close', this.onClose);
    socket.pause();
    const rest = this.parser?.rest;
    this.parser = undefined;
    if (rest && rest.length > 0) socket.unshift(rest);
    return socket;
  }

  private async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      if (this.failure !== undefined) throw this.failure();
      if (this.socket.destroyed) throw this.socket.errored ?? new CutOffError(false);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private readonly onData = (chunk: Buffer): void => {
    if (this.parser) this.advance(this.parser, (parser) => parser.push(chunk));
    else this.socket.destroy();
  };

  private readonly onEnd = (): void => {
    if (this.parser) this.advance(this.parser, (parser) => parser.end());
    else this.socket.destroy();
  };

  private readonly onError = (error: Error): void => {
    const hadBegun = this.parser?.hasBegun;
    this.fail(() => (hadBegun ? new CutOffError(true) : error));
  };

  private readonly onClose = (): void => {
    const hadBegun = this.parser?.hasBegun ?? false;
    this.fail(() => new CutOffError(hadBegun));
  };

  private advance(parser: AnswerParser, step: (parser: AnswerParser) => void): void {
    try {
      step(parser);
    } catch (error) {
      this.fail(() => error);
    }
    const isOver = parser.isComplete && !parser.opensTunnel && !parser.keepsConnection;
    if (isOver || this.failure !== undefined) this.socket.destroy();
    this.wake();
  }

  private fail(error: () => unknown): void {
    this.failure ??= error;
    this.wake();
  }
}
