import type { ReactNode } from 'react';
import { ProjectFrame } from '../frame/project-frame.tsx';
import { PaneContext, useNamedMoment } from './moment.ts';
import styles from './moments.module.css';

/** A page as it is at the moment that the address names; or at that and now, side by side. */
export function Moments({ projectKey, children }: { readonly projectKey: string; readonly children: ReactNode }) {
  const { at, isCompared } = useNamedMoment();
  if (!isCompared) return children;
  return (
    <div className={styles.panes}>
      {[at, undefined].map((moment) => (
        <section
          key={moment ?? 'now'}
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
  );
}
