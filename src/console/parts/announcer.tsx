import { createContext, type ReactNode, use, useCallback, useState } from 'react';
import styles from './announcer.module.css';

const AnnounceContext = createContext<(text: string) => void>(() => {});

/** Says to screen readers what is seen by others, such as that something was saved. */
export function useAnnounce(): (text: string) => void {
  return use(AnnounceContext);
}

export function Announcer({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState({ text: '', count: 0 });
  const announce = useCallback((text: string) => setSaid(({ count }) => ({ text, count: count + 1 })), []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div role="status" aria-live="polite" className={styles.unseen}>
        {/* A new element each time: else the same text twice is said once. */}
        <span key={said.count}>{said.text}</span>
      </div>
    </AnnounceContext>
  );
}
