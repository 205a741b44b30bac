import { useMemo, useReducer, useState } from 'react';
import { drafts } from '../../form/drafts.ts';
import {
  type CellDrafts,
  columnsOf,
  onTopOfTheirs,
  type RowDraft,
  UNTOUCHED,
  withCell,
  withoutCells,
} from './cell-drafts.ts';
import { type Column, isSecretCell } from './cells.ts';
import type { Parameter } from './parameter-query.ts';

/** What was typed into the grid and not saved. It outlives a visit to another page, but for secrets. */
export interface Cells {
  /** The same object until something in the row changes. */
  readonly of: (id: string) => RowDraft;
  readonly type: (parameter: Parameter, column: Column, text: string | null) => void;
  readonly takeMine: (parameter: Parameter, column: Column) => void;
  readonly forget: (id: string, columns: readonly Column[]) => void;
  readonly forgetAll: () => void;
  /** How many cells there are of each row that has some. */
  readonly counts: () => ReadonlyMap<string, number>;
}

/** @param key of the grid, such as its address */
export function useCellDrafts(key: string): Cells {
  const [, shown] = useReducer((count: number) => count + 1, 0);
  const [secrets] = useState(() => new Map<string, RowDraft>());
  const [both] = useState(() => new Map<string, RowDraft>());
  return useMemo(() => {
    const kept = () => (drafts.get(key) ?? {}) as CellDrafts;
    const put = (id: string, isSecret: boolean, row: RowDraft) => {
      both.delete(id);
      const isEmpty = columnsOf(row).length === 0;
      if (isSecret) {
        if (isEmpty) secrets.delete(id);
        else secrets.set(id, row);
      } else {
        const { [id]: _, ...rest } = kept();
        const next = isEmpty ? rest : { ...rest, [id]: row };
        if (Object.keys(next).length > 0) drafts.set(key, next);
        else drafts.forget(key);
      }
      shown();
    };
    const place = (id: string, isSecret: boolean) => (isSecret ? secrets.get(id) : kept()[id]) ?? UNTOUCHED;
    const of = (id: string) => {
      const known = both.get(id);
      if (known) return known;
      const [open, secret] = [place(id, false), place(id, true)];
      const row = { typed: { ...open.typed, ...secret.typed }, base: { ...open.base, ...secret.base } };
      both.set(id, row);
      return row;
    };
    const ids = () => [...new Set([...Object.keys(kept()), ...secrets.keys()])];
    return {
      of,
      type(parameter, column, text) {
        const isSecret = isSecretCell(parameter, column);
        put(parameter.resourceId, isSecret, withCell(place(parameter.resourceId, isSecret), parameter, column, text));
      },
      takeMine(parameter, column) {
        put(parameter.resourceId, false, onTopOfTheirs(place(parameter.resourceId, false), parameter, column));
      },
      forget(id, columns) {
        for (const isSecret of [true, false]) put(id, isSecret, withoutCells(place(id, isSecret), columns));
      },
      forgetAll() {
        both.clear();
        secrets.clear();
        drafts.forget(key);
        shown();
      },
      counts: () => new Map(ids().map((id) => [id, columnsOf(of(id)).length])),
    };
  }, [key, secrets, both]);
}
