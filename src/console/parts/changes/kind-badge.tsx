import type { ChangeKind } from './change-words.ts';
import styles from './changes.module.css';

const PATHS: Readonly<Record<ChangeKind, string>> = {
  edit: 'M2.5 11.2 10 3.7l2.3 2.3-7.5 7.5H2.5zM8.7 5l2.3 2.3',
  test: 'M1 8h3l2-5 3.5 10L11.5 8H15',
  access: 'M6 10.5a3.2 3.2 0 1 1 2.6-3.4L14 7.2v2.2h-1.8v1.5H10V9.4H8.600',
};
const WORDS: Readonly<Record<ChangeKind, string>> = { edit: 'Edit', test: 'Test', access: 'Access' };

/** Tells tests and edits apart. */
export function KindBadge({ kind }: { readonly kind: ChangeKind }) {
  return (
    <span className={styles.kind}>
      <svg width="13" height="13" viewBox="0 0 16 16" aria-hidden="true">
        <path d={PATHS[kind]} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
      </svg>
      {WORDS[kind]}
    </span>
  );
}
