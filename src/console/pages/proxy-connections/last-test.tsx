import { When } from '../../parts/when.tsx';
import styles from './last-test.module.css';
import type { ListedProxy } from './listed-proxy.ts';

/** When it was tested last, how that went, in which environment, and whether it still speaks of what is saved. */
export function LastTest({ test }: { readonly test: NonNullable<ListedProxy['lastTest']> }) {
  const { success, failure, environment, stale, at } = test;
  return (
    <div className={styles.test}>
      <span className={success ? styles.passed : styles.failed}>
        <span aria-hidden="true">{success ? '✓ ' : '✕ '}</span>
        {success ? 'Passed' : `Failed: ${failure ?? ''}`}
      </span>{' '}
      in {environment}
      {stale && (
        <>
          , <span className={styles.stale}>stale</span>
        </>
      )}
      <div className={styles.when}>
        <When at={at} />
      </div>
    </div>
  );
}
