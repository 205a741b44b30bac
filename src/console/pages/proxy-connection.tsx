import { useParams } from 'wouter';
import { useProject } from '../frame/project-frame.tsx';
import { graphql } from '../graphql/graphql.ts';
import { useAsk } from '../graphql/use-ask.ts';
import { Empty } from '../parts/empty.tsx';
import { Failed } from '../parts/failed.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { EditProxy } from './proxy-connection/edit-proxy.tsx';
import { SHOWN_PROXY } from './proxy-connection/shown-proxy.ts';

const PROXY = graphql(
  `
    query ProxyConnection($key: String!, $asOf: AsOfInput, $id: ID!) {
      project(key: $key, asOf: $asOf) {
        id
        resource(id: $id) {
          __typename
          id
          ...ShownProxy
        }
      }
    }
  `,
  [SHOWN_PROXY],
);

/** One proxy connection: what it is, to be changed, tested, deleted and restored. */
export function ProxyConnectionPage() {
  const { key, project, asOf } = useProject();
  const { id = '' } = useParams();
  const { data, failure, again } = useAsk(PROXY, { key, asOf, id });
  const proxy = data?.project?.resource;
  // One form for now, and one for all of the past, which stays while one goes through it.
  const form = `${id} ${asOf === null ? 'now' : 'past'}`;
  if (proxy?.__typename === 'ProxyConnection') return <EditProxy key={form} proxy={proxy} />;
  return (
    <Page title="Proxy connection" within={project?.name ?? key}>
      {!data && (failure ? <Failed failure={failure} again={again} /> : <Loading />)}
      {data && <Empty title={`There is no such proxy connection${asOf ? ' at that moment' : ''}.`} />}
    </Page>
  );
}
