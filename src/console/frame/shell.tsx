import type { ReactNode } from 'react';
import { Header } from './header.tsx';
import { OfflineBand } from './offline-band.tsx';
import styles from './shell.module.css';

/** What is around every page. */
export function Shell({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <a href="#main" className={styles.skip}>
        Skip to content
      </a>
      <Header />
      <OfflineBand />
      <main id="main" tabIndex={-1} className={styles.main}>
        {children}
      </main>
    </>
  );
}
