import { type ReactNode, useEffect, useRef } from 'react';
import styles from './page.module.css';

/** What every page begins with: the document's title, and a heading that takes the focus when one has come from another page. */
export function Page({ title, within, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasMoved && !isHeld()) heading.current?.focus({ preventScroll: true });
    hasMoved = true;
  }, []);
  useEffect(() => {
    document.title = [title, within, 'Proxy Ledger'].filter(Boolean).join(' · ');
  }, [title, within]);
  return (
    <>
      <div className={styles.head}>
        <h1 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </>
  );
}

/** Whether something has the focus that stays: neither what went with the page before, nor the link that led here. */
function isHeld(): boolean {
  const { activeElement } = document;
  return activeElement !== null && activeElement !== document.body && !activeElement.matches('a');
}

/** The first page leaves the focus where the browser has put it. */
let hasMoved = false;

interface PageProps {
  readonly title: string;
  /** The name of the project that it is of. */
  readonly within?: string | undefined;
  /** Beside the heading. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}
