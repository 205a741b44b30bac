import { useSearchParams } from 'wouter';
import { useProject } from '../frame/project-frame.tsx';
import { graphql, type VariablesOf } from '../graphql/graphql.ts';
import { useAsk } from '../graphql/use-ask.ts';
import { Empty } from '../parts/empty.tsx';
import { Failed } from '../parts/failed.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/pager.tsx';
import { useSorting } from '../parts/sorting.tsx';
import { SHOWN_DATA_SOURCE } from './data-source/shown-data-source.ts';
import { DataSourceFilters, filterOf } from './data-sources/data-source-filters.tsx';
import { DataSourceTable } from './data-sources/data-source-table.tsx';
import { NewDataSourceLink } from './data-sources/new-data-source-link.tsx';
import { RefusedCallsOfAll } from './data-sources/refused-calls-of-all.tsx';

const DATA_SOURCES = graphql(
  `
    query DataSources(
      $key: String!
      $asOf: AsOfInput
      $filter: DataSourceFilter
      $orderBy: DataSourceOrder
      $first: Int
      $after: String
      $last: Int
      $before: String
    ) {
      project(key: $key, asOf: $asOf) {
        id
        dataSources(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
          totalCount
          pageInfo {
            hasNextPage
            hasPreviousPage
            startCursor
            endCursor
          }
          nodes {
            id
            ...ShownDataSource
          }
        }
        refusing: dataSources(first: 0, filter: { routing: PROXY_DELETED }) {
          totalCount
        }
      }
    }
  `,
  [SHOWN_DATA_SOURCE],
);

export type DataSourceFilter = NonNullable<VariablesOf<typeof DATA_SOURCES>['filter']>;

/** The data sources of a project, and which way their calls go. */
export function DataSourcesPage() {
  const { key, project, asOf } = useProject();
  const [search] = useSearchParams();
  const sorting = useSorting(['NAME', 'EDITED_BY', 'EDITED_AT']);
  const filter = filterOf(search);
  const orderBy = { field: sorting.field, direction: sorting.direction };
  const { data, failure, again } = useAsk(DATA_SOURCES, { key, asOf, filter, orderBy, ...usePaging() });
  const found = data?.project;
  const list = found?.dataSources;
  const isFiltered = Object.values(filter).some((value) => value !== null);
  return (
    <Page title="Data Sources" within={project?.name ?? key} actions={<NewDataSourceLink />}>
      {found && <RefusedCallsOfAll count={found.refusing.totalCount} />}
      <DataSourceFilters filter={filter} />
      {!list && (failure ? <Failed failure={failure} again={again} /> : <Loading />)}
      {list?.totalCount === 0 && isFiltered && <Empty title="No data source fits what you search for." />}
      {list?.totalCount === 0 && !isFiltered && (
        <Empty title={asOf ? 'There was no data source at that moment.' : 'There is no data source yet.'}>
          <p>
            A data source is a system that is called below one base URL, straight or through a proxy connection of this
            project: then each of its calls goes through that, or is refused.
          </p>
        </Empty>
      )}
      {list && list.totalCount > 0 && (
        <>
          <DataSourceTable dataSources={list.nodes} sorting={sorting} />
          <Pager pageInfo={list.pageInfo} totalCount={list.totalCount} shown={list.nodes.length} />
        </>
      )}
    </Page>
  );
}
