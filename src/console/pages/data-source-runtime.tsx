import { Link, useParams } from 'wouter';
import { useProject } from '../frame/project-frame.tsx';
import { graphql } from '../graphql/graphql.ts';
import { useAsk } from '../graphql/use-ask.ts';
import { Empty } from '../parts/empty.tsx';
import { Failed } from '../parts/failed.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { useAddress } from '../time/moment.ts';
import { SHOWN_DATA_SOURCE } from './data-source/shown-data-source.ts';
import { Routing } from './data-sources/routing.tsx';
import { CallConsole } from './runtime/call-console.tsx';
import styles from './runtime/runtime.module.css';

const CALLED = graphql(
  `
    query CalledDataSource($key: String!, $asOf: AsOfInput, $id: ID!) {
      project(key: $key, asOf: $asOf) {
        id
        resource(id: $id) {
          __typename
          id
          ...ShownDataSource
        }
      }
    }
  `,
  [SHOWN_DATA_SOURCE],
);

/** Calls one data source. */
export function DataSourceRuntimePage() {
  const { key, project, asOf } = useProject();
  const { id = '' } = useParams();
  const address = useAddress();
  const { data, failure, again } = useAsk(CALLED, { key, asOf, id });
  const dataSource = data?.project?.resource;
  const within = project?.name ?? key;
  if (dataSource?.__typename !== 'DataSource') {
    return (
      <Page title="Runtime" within={within}>
        {!data && (failure ? <Failed failure={failure} again={again} /> : <Loading />)}
        {data && <Empty title={`There is no such data source${asOf ? ' at that moment' : ''}.`} />}
      </Page>
    );
  }
  const home = `/projects/${key}/data-sources/${dataSource.resourceId}`;
  return (
    <Page
      title={`Runtime of ${dataSource.name}`}
      within={within}
      actions={<Link href={address(home)}>Data source</Link>}
    >
      <p className={styles.place}>
        <code>{dataSource.baseUrl}</code>, <Routing dataSource={dataSource} />
      </p>
      <CallConsole dataSource={dataSource} />
    </Page>
  );
}
