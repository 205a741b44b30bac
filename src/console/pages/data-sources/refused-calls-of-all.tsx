import { Alert } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { withParameter } from '../../parts/search-field.tsx';
import styles from './refused-calls-of-all.module.css';

/** Says how many data sources refuse their calls, and leads to them. */
export function RefusedCallsOfAll({ count }: { readonly count: number }) {
  const [, setSearch] = useSearchParams();
  if (count === 0) return null;
  return (
    <Alert color="red" variant="filled" role="alert" className={styles.band}>
      {count === 1 ? '1 data source refuses its calls' : `${count} data sources refuse their calls`}: the proxy
      connection was deleted.{' '}
      <button
        type="button"
        className={styles.show}
        onClick={() => setSearch((search) => withParameter(search, 'routing', 'PROXY_DELETED'))}
      >
        Show {count === 1 ? 'it' : 'them'}
      </button>
    </Alert>
  );
}
