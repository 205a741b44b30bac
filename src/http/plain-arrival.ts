import type { IncomingMessage } from 'node:http';

/** Of a request that brings nothing but these to judge where it comes from; undefined: it has none. */
export interface PlainHead {
  readonly host: string;
  readonly accept: string | undefined;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly contentLength: string | undefined;
}

/**
 * The head of a request as most clients send it: what is read of it is there once at most, and there is no `Origin` or
 * `Sec-Fetch-Site`, which pages bring, and no `X-Actor`. Undefined for all others.
 */
export function plainHead({ rawHeaders }: IncomingMessage): PlainHead | undefined {
  const head: { -readonly [name in keyof PlainHead]?: PlainHead[name] } = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    // None of those that are looked for has another length.
    if (name.length > 14 || (name.length < 12 && name.length !== 4 && name.length !== 6 && name.length !== 7)) continue;
    const value = rawHeaders[at + 1] ?? '';
    switch (name.toLowerCase()) {
      case 'origin':
      case 'sec-fetch-site':
      case 'x-actor':
        return undefined;
      case 'host':
        if (head.host !== undefined) return undefined;
        head.host = value;
        break;
      case 'accept':
        if (head.accept !== undefined) return undefined;
        head.accept = value;
        break;
      case 'authorization':
        if (head.authorization !== undefined) return undefined;
        head.authorization = value;
        break;
      case 'content-type':
        if (head.contentType !== undefined) return undefined;
        head.contentType = value;
        break;
      case 'content-length':
        if (head.contentLength !== undefined) return undefined;
        head.contentLength = value;
        break;
    }
  }
  const { host, accept, authorization, contentType, contentLength } = head;
  return host === undefined ? undefined : { host, accept, authorization, contentType, contentLength };
}

/** Hosts that can be kept. */
const MOST = 64;

/** The plain hosts that were found to be ours, at the addresses of this machine that their requests came in at. */
export class SoundHosts {
  private readonly kept = new Set<string>();

  has(host: string, request: IncomingMessage): boolean {
    return this.kept.has(keyOf(host, request));
  }

  add(host: string, request: IncomingMessage): void {
    if (this.kept.size < MOST) this.kept.add(keyOf(host, request));
  }
}

function keyOf(host: string, { socket }: IncomingMessage): string {
  return `${host} ${socket.localAddress}`;
}
