import type { ReactNode } from 'react';
import styles from './data-table.module.css';

/** A table with hairlines, which scrolls by itself where it is wider than the page. Rows are `tr` with a `th scope="row"`. */
export function DataTable({ label, columns, children }: DataTableProps) {
  return (
    <section
      className={styles.frame}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard.
      tabIndex={0}
    >
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns stay where they are.
              <th key={index} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

interface DataTableProps {
  readonly label: string;
  /** Words, or what sorts by them. */
  readonly columns: readonly ReactNode[];
  readonly children: ReactNode;
}
