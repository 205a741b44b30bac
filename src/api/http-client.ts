import type { ServerResponse } from 'node:http';

/** Whoever waits for an answer over HTTP. Only work that can end early asks for its signal. */
export class HttpClient {
  private made: AbortSignal | undefined;

  constructor(private readonly response: ServerResponse) {}

  /** Aborted when the client goes away before it has its answer. */
  get signal(): AbortSignal {
    this.made ??= signalOf(this.response);
    return this.made;
  }
}

function signalOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const look = () => {
    if (!response.writableFinished) gone.abort();
  };
  if (response.destroyed) look();
  else response.once('close', look);
  return gone.signal;
}
