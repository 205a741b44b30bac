import { Link, useSearchParams } from 'wouter';
import { useProject } from '../frame/project-frame.tsx';
import { graphql } from '../graphql/graphql.ts';
import { useAsk } from '../graphql/use-ask.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failed } from '../parts/failed.tsx';
import { Filters } from '../parts/filters.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/pager.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { useAddress } from '../time/moment.ts';
import { SHOWN_DATA_SOURCE } from './data-source/shown-data-source.ts';
import { Routing } from './data-sources/routing.tsx';
import styles from './runtime/runtime.module.css';

const CALLABLE = graphql(
  `
    query CallableDataSources(
      $key: String!
      $asOf: AsOfInput
      $nameContains: String
      $first: Int
      $after: String
      $last: Int
      $before: String
    ) {
      project(key: $key, asOf: $asOf) {
        id
        dataSources(
          filter: { nameContains: $nameContains }
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
            ...ShownDataSource
          }
        }
      }
    }
  `,
  [SHOWN_DATA_SOURCE],
);

/** Which data source to call. */
export function RuntimePage() {
  const { key, project, asOf } = useProject();
  const [search] = useSearchParams();
  const address = useAddress();
  const nameContains = search.get('search');
  const { data, failure, again } = useAsk(CALLABLE, { key, asOf, nameContains, ...usePaging() });
  const list = data?.project?.dataSources;
  const home = `/projects/${key}/data-sources`;
  return (
    <Page title="Runtime" within={project?.name ?? key}>
      <Filters>
        <SearchField placeholder="Search by name" />
      </Filters>
      {!list && (failure ? <Failed failure={failure} again={again} /> : <Loading />)}
      {list?.totalCount === 0 && nameContains !== null && <Empty title="No data source fits what you search for." />}
      {list?.totalCount === 0 && nameContains === null && (
        <Empty title={asOf ? 'There was no data source at that moment.' : 'There is no data source to call yet.'}>
          {!asOf && <Link href={home}>Data Sources</Link>}
        </Empty>
      )}
      {list && list.totalCount > 0 && (
        <>
          <DataTable label="Data sources to call" columns={['Name', 'Base URL', 'Routing']}>
            {list.nodes.map((dataSource) => (
              <tr key={dataSource.id}>
                <th scope="row">
                  <Link href={address(`${home}/${dataSource.resourceId}/runtime`)}>{dataSource.name}</Link>
                </th>
                <td className={styles.url}>
                  <code>{dataSource.baseUrl}</code>
                </td>
                <td>
                  <Routing dataSource={dataSource} />
                </td>
              </tr>
            ))}
          </DataTable>
          <Pager pageInfo={list.pageInfo} totalCount={list.totalCount} shown={list.nodes.length} />
        </>
      )}
    </Page>
  );
}
