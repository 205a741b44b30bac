import { useParams } from 'wouter';
import { useProject } from '../frame/project-frame.tsx';
import { graphql } from '../graphql/graphql.ts';
import { useAsk } from '../graphql/use-ask.ts';
import { Empty } from '../parts/empty.tsx';
import { Failed } from '../parts/failed.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { EditDataSource } from './data-source/edit-data-source.tsx';
import { SHOWN_DATA_SOURCE } from './data-source/shown-data-source.ts';

const DATA_SOURCE = graphql(
  `
    query DataSource($key: String!, $asOf: AsOfInput, $id: ID!) {
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

/** One data source: what it is, to be changed, deleted and restored. */
export function DataSourcePage() {
  const { key, project, asOf } = useProject();
  const { id = '' } = useParams();
  const { data, failure, again } = useAsk(DATA_SOURCE, { key, asOf, id });
  const dataSource = data?.project?.resource;
  // One form for now, and one for all of the past, which stays while one goes through it.
  const form = `${id} ${asOf === null ? 'now' : 'past'}`;
  if (dataSource?.__typename === 'DataSource') return <EditDataSource key={form} dataSource={dataSource} />;
  return (
    <Page title="Data source" within={project?.name ?? key}>
      {!data && (failure ? <Failed failure={failure} again={again} /> : <Loading />)}
      {data && <Empty title={`There is no such data source${asOf ? ' at that moment' : ''}.`} />}
    </Page>
  );
}
