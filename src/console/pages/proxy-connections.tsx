import { Button } from '@mantine/core';
import { Link, useSearchParams } from 'wouter';
import { useProject } from '../frame/project-frame.tsx';
import { graphql, type VariablesOf } from '../graphql/graphql.ts';
import { useAsk } from '../graphql/use-ask.ts';
import { Empty } from '../parts/empty.tsx';
import { Failed } from '../parts/failed.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/pager.tsx';
import { useSorting } from '../parts/sorting.tsx';
import { LISTED_PROXY } from './proxy-connections/listed-proxy.ts';
import { filterOf, ProxyFilters } from './proxy-connections/proxy-filters.tsx';
import { ProxyTable } from './proxy-connections/proxy-table.tsx';

const PROXIES = graphql(
  `
    query ProxyConnections(
      $key: String!
      $asOf: AsOfInput
      $filter: ProxyConnectionFilter
      $orderBy: ProxyConnectionOrder
      $first: Int
      $after: String
      $last: Int
      $before: String
    ) {
      project(key: $key, asOf: $asOf) {
        id
        proxyConnections(
          filter: $filter
          orderBy: $orderBy
          first: $first
          after: $after
          last: $last
          before: $before
        ) {
          totalCount
          pageInfo {
            hasNextPage
            hasPreviousPage
            startCursor
            endCursor
          }
          nodes {
            id
            ...ListedProxy
          }
        }
      }
    }
  `,
  [LISTED_PROXY],
);

export type ProxyFilter = NonNullable<VariablesOf<typeof PROXIES>['filter']>;

/** The proxy connections of a project: what they are, how their last tests went, and what uses them. */
export function ProxyConnectionsPage() {
  const { key, project, asOf, can } = useProject();
  const [search] = useSearchParams();
  const sorting = useSorting(['NAME', 'TYPE', 'EDITED_BY', 'EDITED_AT']);
  const filter = filterOf(search);
  const orderBy = { field: sorting.field, direction: sorting.direction };
  const { data, failure, again } = useAsk(PROXIES, { key, asOf, filter, orderBy, ...usePaging() });
  const list = data?.project?.proxyConnections;
  const isFiltered = Object.values(filter).some((value) => value !== null);
  const create = (name: string, label?: string) =>
    can('EDIT') && (
      <Button component={Link} href={`/projects/${key}/proxy-connections/new`} aria-label={label}>
        {name}
      </Button>
    );
  return (
    <Page title="Proxy Connections" within={project?.name ?? key} actions={create('+', '+ New proxy connection')}>
      <ProxyFilters filter={filter} />
      {!list && (failure ? <Failed failure={failure} again={again} /> : <Loading />)}
      {list?.totalCount === 0 && isFiltered && <Empty title="No proxy connection fits what you search for." />}
      {list?.totalCount === 0 && !isFiltered && (
        <Empty title={asOf ? 'There was no proxy connection at that moment.' : 'There is no proxy connection yet.'}>
          <p>
            A proxy connection says where a forward proxy is and how it is spoken to. It is tested here before anything
            relies on it, and data sources then call through it or not at all.
          </p>
          {create('Create')}
        </Empty>
      )}
      {list && list.totalCount > 0 && (
        <>
          <ProxyTable proxies={list.nodes} sorting={sorting} />
          <Pager pageInfo={list.pageInfo} totalCount={list.totalCount} shown={list.nodes.length} />
        </>
      )}
    </Page>
  );
}
