import type { Column, Saved, Typed } from './cells.ts';
import { isSecretCell, STORED, savedIn } from './cells.ts';

/** What was typed into the cells of parameters and not saved, by their resourceId. */
export type CellDrafts = Readonly<Record<string, RowDraft>>;

export interface RowDraft {
  readonly typed: Typed;
  /** Of the same cells: what was saved when they were first touched. */
  readonly base: Typed;
}

export const UNTOUCHED: RowDraft = { typed: {}, base: {} };

/** With a cell typed into; what is saved there anyway is no draft. A secret is one always: nobody knows what is saved. */
export function withCell(row: RowDraft, saved: Saved, column: Column, text: string | null): RowDraft {
  const there = savedIn(saved, column);
  if (there !== STORED && there === text) return withoutCells(row, [column]);
  const base = row.base[column] === undefined && there !== STORED ? { ...row.base, [column]: there } : row.base;
  return { typed: { ...row.typed, [column]: text }, base };
}

/** Without some cells: they are saved, or not wanted any more. */
export function withoutCells({ typed, base }: RowDraft, columns: readonly Column[]): RowDraft {
  const rest = (cells: Typed) =>
    Object.fromEntries(Object.entries(cells).filter(([column]) => !columns.includes(column as Column))) as Typed;
  return { typed: rest(typed), base: rest(base) };
}

/** Cells that still are as they were sent, and are saved by that. */
export function sentCells({ typed }: RowDraft, sent: Typed): Column[] {
  return columnsOf({ typed: sent }).filter((column) => typed[column] === sent[column]);
}

export function columnsOf({ typed }: Pick<RowDraft, 'typed'>): Column[] {
  return Object.keys(typed) as Column[];
}

/** Cells where somebody else saved something other than what was typed, since it was. */
export function conflictsOf({ typed, base }: RowDraft, saved: Saved): Column[] {
  return columnsOf({ typed }).filter((column) => {
    const there = savedIn(saved, column);
    return !isSecretCell(saved, column) && there !== base[column] && there !== typed[column];
  });
}

/** Mine stands, on top of what is saved now. */
export function onTopOfTheirs(row: RowDraft, saved: Saved, column: Column): RowDraft {
  return { ...row, base: { ...row.base, [column]: savedIn(saved, column) as string | null } };
}
