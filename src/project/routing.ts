import type { DataSourceState } from '../data-sources/data-sources.ts';
import type { ProxyTable } from '../proxies/proxy-view.ts';

export type DataSourceRouting = 'DIRECT' | 'PROXY' | 'PROXY_DELETED';

/** Where calls go. A data source whose proxy is gone does not become direct: its calls are refused. */
export function routingOf({ proxyConnectionId }: DataSourceState, proxies: ProxyTable): DataSourceRouting {
  if (proxyConnectionId === null) return 'DIRECT';
  return proxies.get(proxyConnectionId)?.proxy.status === 'active' ? 'PROXY' : 'PROXY_DELETED';
}
