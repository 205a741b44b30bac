import type { IncomingMessage } from 'node:http';

/** What a page's request may bring, and who says who they are. */
const TELLING: ReadonlySet<string> = new Set(['origin', 'sec-fetch-site', 'x-actor']);

/**
 * The `Host` of a request that brings nothing else to judge where it comes from, as most clients' do: it is there once, so
 * is `Authorization` at most, and there is no `Origin`, `Sec-Fetch-Site` or `X-Actor`. Undefined for all others.
 */
export function plainHost({ rawHeaders }: IncomingMessage): string | undefined {
  let host: string | undefined;
  let credentials = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    // Of the lengths of those that are looked for.
    if (name.length !== 4 && name.length !== 6 && name.length !== 7 && name.length < 13) continue;
    const lower = name.toLowerCase();
    if (TELLING.has(lower)) return undefined;
    if (lower === 'host') {
      if (host !== undefined) return undefined;
      host = rawHeaders[at + 1];
    } else if (lower === 'authorization') {
      credentials += 1;
      if (credentials > 1) return undefined;
    }
  }
  return host;
}

/** Hosts that can be kept. */
const MOST = 64;

/** The plain hosts that were found to be ours, at the addresses of this machine that their requests came in at. */
export class SoundHosts {
  private readonly kept = new Set<string>();

  has(request: IncomingMessage): boolean {
    const host = plainHost(request);
    return host !== undefined && this.kept.has(keyOf(host, request));
  }

  add(request: IncomingMessage): void {
    const host = plainHost(request);
    if (host !== undefined && this.kept.size < MOST) this.kept.add(keyOf(host, request));
  }
}

function keyOf(host: string, { socket }: IncomingMessage): string {
  return `${host} ${socket.localAddress}`;
}
