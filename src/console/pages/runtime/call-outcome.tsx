import { graphql, type ResultOf } from '../../graphql/graphql.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { StageLadder } from '../../parts/stage-ladder.tsx';
import { inWords } from '../../words/durations.ts';
import { BodyView } from './body-view.tsx';
import styles from './call-outcome.module.css';

export const CALL_OUTCOME = graphql(`
  fragment CallOutcome on CallDataSourcePayload {
    response {
      status
      headers {
        name
        value
      }
      body
      bodyIsBase64
      bodyTruncated
    }
    routing
    failure
    message
    durationMs
    stages {
      name
      status
      durationMs
      detail
    }
    userErrors {
      code
      path
      message
    }
  }
`);

export type Called = ResultOf<typeof CALL_OUTCOME>;

/** In one line: status, time and route; or what failed, cause and remedy. @param proxyName through which it went */
export function CallVerdict({ called, proxyName }: CallVerdictProps) {
  const { response, failure, message, durationMs, stages } = called;
  const route = called.routing === 'DIRECT' ? 'direct' : `through ${proxyName ?? 'its proxy connection'}`;
  const failed = stages.find(({ status }) => status === 'FAILED');
  if (durationMs === null) return null;
  return (
    <div className={styles.outcome} data-failed={failure !== null || (response?.status ?? 0) >= 400}>
      <p className={styles.verdict}>
        {response ? `Status ${response.status}` : `${failure}${failed ? ` in ${failed.name}` : ''}`},{' '}
        {inWords(durationMs)}, {route}
      </p>
      {message !== null && <p className={styles.words}>{message}</p>}
      {response && response.status >= 300 && response.status < 400 && (
        <p className={styles.note}>Redirects are not followed.</p>
      )}
    </div>
  );
}

interface CallVerdictProps {
  readonly called: Called;
  readonly proxyName: string | undefined;
}

/** What came back; or how far the call came. */
export function CallDetails({ called: { response, stages, durationMs } }: { readonly called: Called }) {
  return (
    <>
      {stages.length > 0 && <StageLadder label="Stages" stages={stages} totalMs={durationMs ?? undefined} />}
      {response && (
        <>
          <BodyView response={response} />
          <section className={styles.section}>
            <h2 className={styles.title}>Headers of the answer</h2>
            <DataTable label="Headers of the answer" columns={['Name', 'Value']}>
              {response.headers.map(({ name, value }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice, and what was answered stays as it is.
                <tr key={index}>
                  <th scope="row">{name}</th>
                  <td className={styles.value}>{value}</td>
                </tr>
              ))}
            </DataTable>
          </section>
        </>
      )}
    </>
  );
}
