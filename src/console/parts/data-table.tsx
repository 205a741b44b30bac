import type { ReactElement, ReactNode } from 'react';
import styles from './data-table.module.css';

/** A table with hairlines, which scrolls by itself where it is wider than the page. Rows are `tr` with a `th scope="row"`. */
export function DataTable({ label, columns, children }: DataTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in.
    <div className={styles.frame} role="group" aria-label={label} tabIndex={0}>
      <table className={styles.table} aria-label={label}>
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
    </div>
  );
}

interface DataTableProps {
  readonly label: string;
  /** Words, or a `SortHeading` with a key. */
  readonly columns: readonly (string | ReactElement)[];
  readonly children: ReactNode;
}
