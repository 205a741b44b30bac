import { useEffect, useSyncExternalStore } from 'react';
import { backoff, pause } from '../graphql/backoff.ts';
import { useLedger } from '../graphql/ledger.tsx';
import styles from './offline-band.module.css';

/** Says that the server is not reached, and tries until it is. */
export function OfflineBand() {
  const { connection, refresh } = useLedger();
  const { requests, changes } = useSyncExternalStore(connection.subscribe, connection.current);
  useEffect(() => {
    if (requests) return;
    const stop = new AbortController();
    const reconnect = async () => {
      for (let attempt = 1; ; attempt += 1) {
        await pause(backoff(attempt), stop.signal);
        if (stop.signal.aborted) return;
        refresh.now();
      }
    };
    void reconnect();
    return () => stop.abort();
  }, [requests, refresh]);
  return (
    <div role="status" className={styles.place}>
      {!(requests && changes) && (
        <p className={styles.band}>
          {requests
            ? 'Offline: changes by others do not come in. Reconnecting…'
            : 'Offline: the server is not reached. Reconnecting…'}
        </p>
      )}
    </div>
  );
}
