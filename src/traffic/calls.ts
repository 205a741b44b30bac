import type { ProxyRoute, TrafficSettings } from './attempt.ts';
import type { TrafficFailure } from './failures.ts';
import type { OutgoingRequest } from './outgoing-request.ts';

export interface CallOrder {
  /** Names the pool that the connection may come from: the project and the proxy; what it resolved to is added. */
  readonly pool: string;
  /** Null: straight to the target. */
  readonly proxy: ProxyRoute | null;
  readonly request: OutgoingRequest;
  /** For the whole call. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** In use in the call: shown as `********` where the answer repeats them. */
  readonly secrets: readonly string[];
}

export interface CallResponse {
  readonly status: number;
  readonly headers: readonly { readonly name: string; readonly value: string; readonly secret: boolean }[];
  readonly body: string | null;
  readonly bodyIsBase64: boolean;
  readonly bodyTruncated: boolean;
}

/** Durations are whole microseconds. */
export type CallResult =
  | { readonly ok: true; readonly response: CallResponse; readonly durationUs: number }
  | { readonly ok: false; readonly failure: TrafficFailure; readonly message: string; readonly durationUs: number };

export class Calls {
  constructor(_settings: TrafficSettings) {}

  send(_order: CallOrder): Promise<CallResult> {
    return Promise.reject(new Error('calls are not built yet'));
  }

  async close(): Promise<void> {}
}
