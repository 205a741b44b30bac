import styles from './states.module.css';

/** Holds the place of rows that are awaited. */
export function Loading({ rows = 6 }: { readonly rows?: number }) {
  return (
    <div className={styles.loading} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike, and stay.
        <div key={row} className={styles.row} />
      ))}
    </div>
  );
}
