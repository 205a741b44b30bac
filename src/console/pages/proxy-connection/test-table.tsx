import { graphql, type ResultOf } from '../../graphql/graphql.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { When } from '../../parts/when.tsx';
import { inWords } from '../../words/durations.ts';
import styles from './recorded-tests.module.css';

export const RECORDED_TEST = graphql(`
  fragment RecordedTest on ProxyTest {
    at
    by {
      name
    }
    environment
    success
    failure
    message
    durationMs
    proxyVersion
    stale
    stages {
      name
      status
    }
  }
`);

type RecordedTest = ResultOf<typeof RECORDED_TEST>;

export function TestTable({ tests }: TestTableProps) {
  return (
    <DataTable label="Recorded tests" columns={['When', 'Verdict', 'Time', 'Environment', 'Version', 'By']}>
      {tests.map(({ cursor, node: test }) => (
        <tr key={cursor}>
          <th scope="row" className={styles.when}>
            <When at={test.at} />
          </th>
          <td className={styles.verdict}>
            <Verdict test={test} />
          </td>
          <td className={styles.number}>{inWords(test.durationMs)}</td>
          <td className={styles.text}>{test.environment}</td>
          <td className={styles.number}>{test.proxyVersion ?? ''}</td>
          <td className={styles.text}>{test.by.name}</td>
        </tr>
      ))}
    </DataTable>
  );
}

interface TestTableProps {
  readonly tests: readonly { readonly cursor: string; readonly node: RecordedTest }[];
}

function Verdict({ test: { success, failure, message, stages, stale } }: { readonly test: RecordedTest }) {
  const failed = stages.find(({ status }) => status === 'FAILED');
  const isStale = stale && <span className={styles.stale}> stale</span>;
  if (success) return <>● passed{isStale}</>;
  return (
    <details>
      <summary className={styles.failed}>
        ✕&nbsp;{failure}
        {failed && ` in ${failed.name}`}
        {isStale}
      </summary>
      <p className={styles.message}>{message}</p>
    </details>
  );
}
