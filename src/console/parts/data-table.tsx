import type { ReactElement, ReactNode } from 'react';
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
            {columns.map((column) =>
              typeof column === 'string' ? (
                <th key={column} scope="col">
                  {column}
                </th>
              ) : (
                column
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

interface DataTableProps {
  readonly label: string;
  /** Words, or a `SortHeading` with a key. */
  readonly columns: readonly (string | ReactElement)[];
  readonly children: ReactNode;
}
