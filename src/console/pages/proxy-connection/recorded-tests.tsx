import { Select } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';
import { graphql } from '../../graphql/graphql.ts';
import { useAsk } from '../../graphql/use-ask.ts';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Pager, usePaging } from '../../parts/pager.tsx';
import { withParameter } from '../../parts/search-field.tsx';
import { usePaneName } from '../../time/moment.ts';
import styles from './recorded-tests.module.css';
import { RECORDED_TEST, TestTable } from './test-table.tsx';
import { TimesPlot } from './times-plot.tsx';

const TESTS = graphql(
  `
    query RecordedTests(
      $key: String!
      $asOf: AsOfInput
      $id: ID!
      $environment: String
      $first: Int
      $after: String
      $last: Int
      $before: String
    ) {
      project(key: $key, asOf: $asOf) {
        id
        resource(id: $id) {
          id
          ... on ProxyConnection {
            tests(environment: $environment, first: $first, after: $after, last: $last, before: $before) {
              totalCount
              pageInfo {
                hasNextPage
                hasPreviousPage
                startCursor
                endCursor
              }
              edges {
                cursor
                node {
                  ...RecordedTest
                }
              }
            }
          }
        }
      }
    }
  `,
  [RECORDED_TEST],
);

const ALL = 'All environments';
const PER_PAGE = 20;

/** The recorded tests of a proxy connection, newest first, and their times. @param id its `resourceId` */
export function RecordedTests({ id }: { readonly id: string }) {
  const { key, project, asOf } = useProject();
  const paneName = usePaneName();
  const [search, setSearch] = useSearchParams();
  const environments = project?.environments ?? [];
  // One that is not there has no tests, and the API says that it is not there.
  const environment = environments.find((each) => each === search.get('environment')) ?? null;
  const { data, failure, again } = useAsk(TESTS, { key, asOf, id, environment, ...usePaging(PER_PAGE) });
  const found = data?.project?.resource;
  const tests = found && 'tests' in found ? found.tests : undefined;
  const isNone = tests?.totalCount === 0 && environment === null;
  return (
    <section aria-label={paneName('Recorded tests')} className={styles.section}>
      <div className={styles.head}>
        <h2 className={styles.title}>Recorded tests</h2>
        {!isNone && environments.length > 1 && (
          <Select
            aria-label="Tests of"
            w={180}
            data={[{ value: '', label: ALL }, ...environments.map((value) => ({ value, label: value }))]}
            allowDeselect={false}
            value={environment ?? ''}
            onChange={(chosen) => setSearch((search) => withParameter(search, 'environment', chosen ?? ''))}
          />
        )}
      </div>
      {!tests && (failure ? <Failed failure={failure} again={again} /> : <Loading rows={3} />)}
      {tests?.totalCount === 0 && (
        <p className={styles.none}>
          {environment === null ? 'It was not tested' : `It was not tested in ${environment}`}
          {asOf ? ' until then.' : ' yet.'}
        </p>
      )}
      {tests && tests.edges.length > 0 && (
        <>
          <TimesPlot tests={tests.edges.map(({ node }) => node)} environments={environments} />
          <TestTable tests={tests.edges} />
          <Pager pageInfo={tests.pageInfo} totalCount={tests.totalCount} shown={tests.edges.length} />
        </>
      )}
    </section>
  );
}
