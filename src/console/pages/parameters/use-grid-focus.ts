import { type KeyboardEvent, useRef, useState } from 'react';

/** Where the keyboard is in a grid: one cell of all is a stop of Tab. */
export interface GridFocus {
  readonly row: number;
  readonly column: number;
}

const STEPS: Readonly<Record<string, (at: GridFocus, last: GridFocus, event: KeyboardEvent) => Partial<GridFocus>>> = {
  ArrowUp: ({ row }) => ({ row: row - 1 }),
  ArrowDown: ({ row }) => ({ row: row + 1 }),
  ArrowLeft: ({ column }) => ({ column: column - 1 }),
  ArrowRight: ({ column }) => ({ column: column + 1 }),
  Home: (_at, _last, { ctrlKey }) => ({ column: 0, ...(ctrlKey && { row: 0 }) }),
  End: (_at, last, { ctrlKey }) => ({ column: last.column, ...(ctrlKey && { row: last.row }) }),
  PageUp: ({ row }) => ({ row: row - 10 }),
  PageDown: ({ row }) => ({ row: row + 10 }),
};

/** Moves through the cells of a table's body by arrows, Home, End, Page Up and Page Down. */
export function useGridFocus() {
  const body = useRef<HTMLTableSectionElement>(null);
  const [active, setActive] = useState<GridFocus>({ row: 0, column: 0 });

  const cellAt = ({ row, column }: GridFocus) => body.current?.rows[row]?.cells[column];
  const goTo = (place: GridFocus) => {
    setActive(place);
    const cell = cellAt(place);
    // What is in a cell that can not be focused itself stands for it.
    const inner = cell?.hasAttribute('tabindex') ? cell : cell?.querySelector<HTMLElement>('[tabindex], a, button');
    inner?.focus();
  };
  return {
    body,
    active,
    goTo,
    /** Follows the focus wherever it comes from. */
    onFocus({ target }: { readonly target: EventTarget }) {
      const place = placeOf(target as Element);
      if (place && (place.row !== active.row || place.column !== active.column)) setActive(place);
    },
    /** @returns whether the key was one that moves */
    move(event: KeyboardEvent): boolean {
      const step = STEPS[event.key];
      const at = placeOf(event.target as Element);
      if (!step || !at || event.altKey || event.metaKey) return false;
      const rows = body.current?.rows.length ?? 0;
      const last = { row: rows - 1, column: (body.current?.rows[at.row]?.cells.length ?? 1) - 1 };
      const next = { ...at, ...step(at, last, event) };
      event.preventDefault();
      goTo({ row: within(next.row, last.row), column: within(next.column, last.column) });
      return true;
    },
  };
}

/** Of the cell of a table's body that an element is, or is in. */
export function placeOf(element: Element): GridFocus | undefined {
  const cell = element.closest<HTMLTableCellElement>('tbody td, tbody th');
  const row = cell?.parentElement as HTMLTableRowElement | null | undefined;
  return cell && row ? { row: row.sectionRowIndex, column: cell.cellIndex } : undefined;
}

function within(index: number, last: number): number {
  return Math.max(0, Math.min(index, last));
}
