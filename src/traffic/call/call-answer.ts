import type { Dispatcher } from 'undici';

/** Bytes of a body that are read; what comes behind them is not downloaded. */
const BODY_BYTES_LIMIT = 1024 * 1024;

export interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  /** In order, as they came; values one character a byte. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface AnswerBody {
  readonly bytes: Buffer;
  readonly truncated: boolean;
}

/**
 * Takes the answer to one request from undici's own events. A stream for each body would cost more than all the rest of
 * a call; and as the body is capped, nothing needs to hold its sender back.
 */
export class CallAnswer implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private answered: AnswerHead | undefined;
  private readonly chunks: Buffer[] = [];
  private length = 0;
  private truncated = false;
  private end: { readonly error?: unknown } | undefined;
  private wake = (): void => undefined;

  /** Rejects with undici's error when none comes. */
  async head(): Promise<AnswerHead> {
    while (!this.answered && !this.end) await this.news();
    if (!this.answered) throw this.end?.error;
    return this.answered;
  }

  /** As much of it as is read. Rejects with undici's error when it breaks off. */
  async body(): Promise<AnswerBody> {
    while (!this.end) await this.news();
    if ('error' in this.end) throw this.end.error;
    return { bytes: Buffer.concat(this.chunks), truncated: this.truncated };
  }

  /** Ends the exchange where it is, and its connection with it. */
  abandon(): void {
    this.finish({});
    this.controller?.abort(new Error('the rest of the answer is of no use'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
  }

  onResponseStart(
    { rawHeaders }: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusText = '',
  ): void {
    // Interim answers come this way, too.
    if (status < 200) return;
    this.answered = { status, statusText, headers: pairs(rawHeaders as readonly Buffer[]) };
    this.wake();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.end) return;
    const room = BODY_BYTES_LIMIT - this.length;
    this.length += chunk.length;
    this.chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    if (chunk.length <= room) return;
    this.truncated = true;
    this.abandon();
  }

  onResponseEnd(): void {
    this.finish({});
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.finish({ error });
  }

  private finish(end: { readonly error?: unknown }): void {
    this.end ??= end;
    this.wake();
  }

  private news(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

function pairs(raw: readonly Buffer[]): [name: string, value: string][] {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    found.push([raw[at]?.toString('latin1') ?? '', raw[at + 1]?.toString('latin1') ?? '']);
  }
  return found;
}
