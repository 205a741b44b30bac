import { graphql, type ResultOf } from '../../graphql/graphql.ts';
import { CertificateChain } from '../../parts/certificate-chain.tsx';
import { StageLadder } from '../../parts/stage-ladder.tsx';
import { inWords } from '../../words/durations.ts';
import { proxyAnswerOf } from './proxy-answer.ts';
import styles from './test-connection.module.css';

export const TEST_OUTCOME = graphql(`
  fragment TestOutcome on ProxyTest {
    success
    failure
    message
    retryable
    durationMs
    environment
    proxyUrl
    targetUrl
    targetStatus
    proxyAuthSchemes
    warnings
    stages {
      name
      status
      durationMs
      detail
    }
    proxyTls {
      protocol
      cipher
      chain {
        subject
        issuer
        validTo
        fingerprint256
      }
    }
    targetTls {
      protocol
      cipher
      chain {
        subject
        issuer
        validTo
        fingerprint256
      }
    }
  }
`);

export type Tested = ResultOf<typeof TEST_OUTCOME>;

/** What came of a test: cause and remedy in words. */
export function TestVerdict({ test }: { readonly test: Tested }) {
  const { success, message, retryable, warnings, environment, proxyUrl, targetUrl } = test;
  return (
    <div className={styles.outcome} data-success={success}>
      <p className={styles.verdict}>{verdictOf(test)}</p>
      <p className={styles.words}>{message}</p>
      {retryable && <p className={styles.words}>The same test may well succeed a moment later.</p>}
      {warnings.map((warning) => (
        <p key={warning} className={styles.warning}>
          {warning}
        </p>
      ))}
      <p className={styles.note}>
        {environment}: {proxyUrl} → {targetUrl}
      </p>
    </div>
  );
}

/** What was seen on the way: stages, certificates, and what the proxy said itself. */
export function TestDetails({ test }: { readonly test: Tested }) {
  const { stages, durationMs, proxyTls, targetTls, proxyAuthSchemes } = test;
  const said = proxyAnswerOf(test);
  return (
    <>
      <StageLadder label="Stages" stages={stages} totalMs={durationMs} />
      {(said !== undefined || proxyAuthSchemes.length > 0) && (
        <section aria-label="The proxy's answer">
          <h2 className={styles.title}>The proxy's answer</h2>
          {said !== undefined && <pre className={styles.said}>{said}</pre>}
          {proxyAuthSchemes.length > 0 && (
            <p className={styles.words}>Authentication offered: {proxyAuthSchemes.join(', ')}</p>
          )}
        </section>
      )}
      {proxyTls && <CertificateChain title="The proxy's certificates" tls={proxyTls} />}
      {targetTls && <CertificateChain title="The target's certificates" tls={targetTls} />}
    </>
  );
}

function verdictOf({ success, failure, targetStatus, durationMs, stages }: Tested): string {
  if (success) return `Passed in ${inWords(durationMs)}, status ${targetStatus}`;
  const failed = stages.find(({ status }) => status === 'FAILED');
  return `${failure}${failed ? ` in ${failed.name}` : ''} after ${inWords(durationMs)}`;
}
