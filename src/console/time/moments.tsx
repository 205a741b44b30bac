import { lazy, type ReactNode, Suspense } from 'react';
import { ProjectFrame } from '../frame/project-frame.tsx';
import { Loading } from '../parts/loading.tsx';
import { PaneContext, useNamedMoment } from './moment.ts';
import styles from './moments.module.css';

const Differences = lazy(async () => ({ default: (await import('./differences.tsx')).Differences }));

/** A page as it is at the moment that the address names; or at that and now, side by side, below what differs. */
export function Moments({ projectKey, children }: { readonly projectKey: string; readonly children: ReactNode }) {
  const { at, isCompared } = useNamedMoment();
  if (!isCompared) return children;
  return (
    <>
      <Suspense fallback={<Loading rows={2} />}>
        <Differences />
      </Suspense>
      <div className={styles.panes}>
        {[at, undefined].map((moment) => (
          <section
            key={moment === undefined ? 'now' : 'then'}
            aria-label={moment === undefined ? 'Now' : `As of commit ${moment}`}
            className={styles.pane}
          >
            <p className={styles.moment}>{moment === undefined ? 'Now' : `As of commit ${moment}`}</p>
            <PaneContext value={{ at: moment }}>
              <ProjectFrame projectKey={projectKey}>{children}</ProjectFrame>
            </PaneContext>
          </section>
        ))}
      </div>
    </>
  );
}
