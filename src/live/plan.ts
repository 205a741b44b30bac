import type { ProxyRow } from '../proxies/proxy-view.ts';
import type { HttpMethod } from '../traffic/call/outgoing-request.ts';
import type { ResolvedRoute } from './proxy-route.ts';

/** In which environment a call goes, and through which proxy. */
export interface Way {
  readonly environment: string;
  readonly proxy: ProxyRow | undefined;
}

/** What would be sent, and how: everything resolved but the secrets. */
export interface PlannedRequest {
  readonly environment: string;
  readonly method: HttpMethod;
  readonly url: URL;
  /** The data source's own, but those that the request replaces. */
  readonly headers: readonly PlannedHeader[];
  /** The request's. */
  readonly requestHeaders: readonly ShownHeader[];
  readonly body: string | undefined;
  /** Undefined: straight to the URL, for the data source has no proxy. */
  readonly proxy: { readonly row: ProxyRow; readonly route: ResolvedRoute } | undefined;
}

export type PlannedHeader = ShownHeader | { readonly name: string; readonly secretRef: string };

export interface ShownHeader {
  readonly name: string;
  readonly value: string;
  /** It only masks. */
  readonly secret: boolean;
}
