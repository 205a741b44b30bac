import { type ReactNode, useSyncExternalStore } from 'react';
import { useLedger } from '../graphql/ledger.tsx';
import { Header } from './header.tsx';
import { OfflineBand } from './offline-band.tsx';
import styles from './shell.module.css';

/** What is around every page. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { outdated } = useLedger();
  const isOutdated = useSyncExternalStore(outdated.subscribe, outdated.isAny);
  return (
    <>
      <a href="#main" className={styles.skip}>
        Skip to content
      </a>
      <Header />
      <OfflineBand />
      <main id="main" tabIndex={-1} aria-busy={isOutdated} className={styles.main}>
        {children}
      </main>
    </>
  );
}
