import { activeDataSources, type DataSourceRow, parametersOfDataSource } from '../data-sources/data-source-view.ts';
import { activeProxies, type ProxyRow, parametersOfProxy } from '../proxies/proxy-view.ts';
import { isSliceOver, nextSlice } from '../words/slices.ts';
import type { ProjectView } from './project-model.ts';

/** What names a parameter in its templates; each by name. */
export interface ParameterUsers {
  readonly proxies: readonly ProxyRow[];
  readonly dataSources: readonly DataSourceRow[];
}

/** As many users of a parameter as are told of, proxies before data sources. */
const MOST_USERS = 100;

/**
 * The active users of every parameter of a project that has some, by the parameter's key: all are found in one walk,
 * which is done beside other work. Throws the signal's reason when nobody waits for it any more.
 */
export async function parameterUsers(
  view: Pick<ProjectView, 'proxies' | 'dataSources'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ParameterUsers>> {
  const users = new Map<string, { proxies: ProxyRow[]; dataSources: DataSourceRow[] }>();
  const withRoom = (keys: Iterable<string>) =>
    [...new Set(keys)].flatMap((key) => {
      const found = users.get(key) ?? { proxies: [], dataSources: [] };
      users.set(key, found);
      return found.proxies.length + found.dataSources.length < MOST_USERS ? [found] : [];
    });
  for (const row of activeProxies(view.proxies)) {
    if (isSliceOver()) await nextSlice(signal);
    for (const found of withRoom(parametersOfProxy(row))) found.proxies.push(row);
  }
  for (const row of activeDataSources(view.dataSources)) {
    if (isSliceOver()) await nextSlice(signal);
    for (const found of withRoom(parametersOfDataSource(row))) found.dataSources.push(row);
  }
  return users;
}
