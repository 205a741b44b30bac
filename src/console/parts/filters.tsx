import type { ReactNode } from 'react';
import { usePaneName } from '../time/moment.ts';
import styles from './filters.module.css';

/** What a list is searched and filtered by, in a row above it. */
export function Filters({ children }: { readonly children: ReactNode }) {
  const paneName = usePaneName();
  return (
    <search aria-label={paneName('Filters')} className={styles.filters}>
      {children}
    </search>
  );
}
