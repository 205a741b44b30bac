import { useEffect } from 'react';
import { useLedger } from './ledger.tsx';

/** Asks again when somebody comes back to the page: for what no socket tells about. */
export function useRefreshOnFocus(): void {
  const { refresh } = useLedger();
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') refresh.soon();
    };
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [refresh]);
}
