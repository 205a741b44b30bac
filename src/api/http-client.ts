import type { ServerResponse } from 'node:http';
import { Ending, type EndSignal } from '../traffic/abort.ts';

/** Whoever waits for an answer over HTTP. Only work that can end early asks for its signal. */
export class HttpClient {
  private made: AbortSignal | undefined;
  private ended: EndSignal | undefined;

  constructor(private readonly response: ServerResponse) {}

  /** Aborted when the client goes away before it has its answer. */
  get signal(): AbortSignal {
    this.made ??= signalOf(this.response);
    return this.made;
  }

  /** The same, for whom a simpler signal is enough. */
  get ending(): EndSignal {
    this.ended ??= endingOf(this.response);
    return this.ended;
  }
}

function signalOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  whenGone(response, () => gone.abort());
  return gone.signal;
}

function endingOf(response: ServerResponse): EndSignal {
  const gone = new Ending();
  whenGone(response, () => gone.end(new DOMException('This operation was aborted', 'AbortError')));
  return gone;
}

function whenGone(response: ServerResponse, tell: () => void): void {
  const look = () => {
    if (!response.writableFinished) tell();
  };
  if (response.destroyed) look();
  else response.once('close', look);
}
