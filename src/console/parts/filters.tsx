import type { ReactNode } from 'react';
import styles from './filters.module.css';

/** What a list is searched and filtered by, in a row above it. */
export function Filters({ children }: { readonly children: ReactNode }) {
  return (
    <search aria-label="Filters" className={styles.filters}>
      {children}
    </search>
  );
}
