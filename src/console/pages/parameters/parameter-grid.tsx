import { type ClipboardEvent, type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useAnnounce } from '../../parts/announcer.tsx';
import { SortHeading, type Sorting } from '../../parts/sorting.tsx';
import { type Column, isSecretCell, valueColumn } from './cells.ts';
import type { GridActions } from './grid-actions.ts';
import styles from './parameter-grid.module.css';
import type { Parameter } from './parameter-query.ts';
import { type GridColumn, ParameterRow } from './parameter-row.tsx';
import { fill, readPasted } from './pasted.ts';
import type { Cells } from './use-cell-drafts.ts';
import { placeOf, useGridFocus } from './use-grid-focus.ts';
import type { RowSaves } from './use-row-saves.ts';

/** Parameters by environments, edited in place. */
export function ParameterGrid({
  parameters,
  environments,
  sorting,
  canEdit,
  cells,
  saves,
  ...props
}: ParameterGridProps) {
  const { body, active, goTo, onFocus, move } = useGridFocus();
  const announce = useAnnounce();
  const [editing, setEditing] = useState<Editing>();
  const columns = useMemo(() => columnsOf(environments), [environments]);

  const cellOf = (parameter: Parameter, column: Column) => ({
    row: parameters.findIndex(({ id }) => id === parameter.id),
    column: columns.findIndex((each) => each.column === column) + 1,
  });
  const edit = (parameter: Parameter, column: Column, begins: Editing['begins'], seed?: string) => {
    if (!canEdit || parameter.deletedAt !== null) return;
    if (editing?.id === parameter.id && editing.column === column) return;
    const before = cells.of(parameter.resourceId).typed[column];
    if (seed !== undefined) cells.type(parameter, column, seed);
    setEditing({ id: parameter.id, column, before, begins });
  };
  const empty = (parameter: Parameter, column: Column) => {
    if (canEdit && parameter.deletedAt === null) cells.type(parameter, column, null);
  };
  const paste = (parameter: Parameter, column: Column, text: string) => {
    if (!canEdit || parameter.deletedAt !== null) return;
    const rows = parameters.filter(({ deletedAt }) => deletedAt === null);
    const pasted = readPasted(text);
    const ids = rows.map(({ id }) => id);
    const filling = fill(
      pasted,
      { row: parameter.id, column },
      ids,
      columns.map((each) => each.column),
    );
    for (const cell of filling.cells) {
      const into = rows.find(({ id }) => id === cell.row);
      if (into) cells.type(into, cell.column, cell.text);
    }
    setEditing(undefined);
    goTo(cellOf(parameter, column));
    const without = filling.left > 0 ? ` ${filling.left} had no place in the grid.` : '';
    props.onPasted(`Pasted into ${filling.cells.length} cells; look, then save.${without}`);
  };
  const leave: GridActions['leave'] = (how) => {
    const parameter = parameters.find(({ id }) => id === editing?.id);
    setEditing(undefined);
    if (!editing || !parameter) return;
    const { column, before } = editing;
    const place = cellOf(parameter, column);
    if (how === 'put back') {
      if (before === undefined) cells.forget(parameter.resourceId, [column]);
      else cells.type(parameter, column, before);
    }
    if (how === 1 || how === -1) goTo(beside(place, how, parameters.length, columns.length));
    else if (how !== 'stay') goTo(place);
    if (how === 'save') void props.onSave(parameter).then((isDone) => isDone && announce(`Saved ${parameter.key}`));
  };
  const type = (parameter: Parameter, column: Column, text: string) => {
    // A secret's field begins empty, whatever is stored.
    const isNothing = text === '' && isSecretCell(parameter, column);
    if (isNothing) cells.forget(parameter.resourceId, [column]);
    else cells.type(parameter, column, text === '' ? null : text);
  };
  const actions = useActions({
    ...{ type, leave, paste, takeMine: cells.takeMine, remove: props.onDelete, restore: props.onRestore },
    takeTheirs: (parameter, column) => cells.forget(parameter.resourceId, [column]),
  });

  /** By where it is in the table: a row that somebody else has made above moves all below. */
  const here = ({ target }: { readonly target: EventTarget }) => {
    const place = placeOf(target as Element);
    return {
      isCell: (target as Element).matches('td, th'),
      parameter: place && parameters[place.row],
      column: place && columns[place.column - 1]?.column,
    };
  };
  const press = (event: KeyboardEvent) => {
    const { isCell, parameter, column } = here(event);
    if (!parameter || move(event)) return;
    if (!isCell || !column) return;
    const isText = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === 'Enter' || event.key === 'F2') edit(parameter, column, 'at its end');
    else if (event.key === 'Delete' || event.key === 'Backspace') empty(parameter, column);
    else if (isText) edit(parameter, column, 'at its end', event.key);
    else return;
    event.preventDefault();
  };
  const pasteHere = (event: ClipboardEvent) => {
    const { isCell, parameter, column } = here(event);
    if (!isCell || !parameter || !column) return;
    event.preventDefault();
    paste(parameter, column, event.clipboardData.getData('text/plain'));
  };
  const point = (event: MouseEvent) => {
    const { parameter, column } = here(event);
    const isInner = (event.target as Element).closest('a, button, textarea, input') !== null;
    if (parameter && column && !isInner) edit(parameter, column, 'selected');
  };
  const stop = Math.min(active.row, parameters.length - 1);
  return (
    <div className={styles.frame}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the pattern of a grid allows tables.
        role="grid"
        aria-label="Parameters"
        aria-describedby={props.describedBy}
        className={styles.grid}
        onKeyDown={press}
        onPaste={pasteHere}
        onClick={point}
        onFocus={onFocus}
      >
        <thead>
          <tr>
            <SortHeading label="Key" field="KEY" sorting={sorting} />
            {columns.map(({ column, name }) => (
              <th key={column} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">Used by</th>
            <SortHeading label="Edited by" field="EDITED_BY" sorting={sorting} />
            <SortHeading label="Edited at" field="EDITED_AT" sorting={sorting} />
            <th scope="col">Actions</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {parameters.map((parameter, row) => (
            <ParameterRow
              key={parameter.id}
              parameter={parameter}
              columns={columns}
              draft={cells.of(parameter.resourceId)}
              save={saves.of(parameter.resourceId)}
              activeCell={row === stop ? active.column : undefined}
              editing={editing?.id === parameter.id ? editing : undefined}
              canEdit={canEdit}
              actions={actions}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ParameterGridProps {
  readonly parameters: readonly Parameter[];
  readonly environments: readonly string[];
  readonly sorting: Sorting<'KEY' | 'EDITED_BY' | 'EDITED_AT'>;
  readonly canEdit: boolean;
  /** What says how it is used. */
  readonly describedBy: string | undefined;
  readonly cells: Cells;
  readonly saves: RowSaves;
  readonly onSave: (parameter: Parameter) => Promise<boolean>;
  readonly onPasted: (words: string) => void;
  readonly onDelete: (parameter: Parameter) => void;
  readonly onRestore: (parameter: Parameter) => void;
}

interface Editing {
  readonly id: string;
  readonly column: Column;
  /** What was typed there before, and is put back by Escape. */
  readonly before: string | null | undefined;
  /** Where the caret is at first. */
  readonly begins: 'selected' | 'at its end';
}

function columnsOf(environments: readonly string[]): GridColumn[] {
  return [
    { column: 'defaultValue', name: 'Default' },
    ...environments.map((name) => ({ column: valueColumn(name), name })),
    { column: 'description', name: 'Description' },
  ];
}

/** The next cell that can be edited, or the one before, over the ends of rows. */
function beside({ row, column }: Place, step: 1 | -1, rows: number, columns: number): Place {
  const next = Math.max(0, Math.min(rows * columns - 1, row * columns + column - 1 + step));
  return { row: Math.floor(next / columns), column: (next % columns) + 1 };
}

interface Place {
  readonly row: number;
  readonly column: number;
}

/** The same object always, so that rows which nothing happens to stay as they are. */
function useActions(now: GridActions): GridActions {
  const latest = useRef(now);
  useEffect(() => {
    latest.current = now;
  });
  const [actions] = useState<GridActions>(() => ({
    type: (...given) => latest.current.type(...given),
    leave: (...given) => latest.current.leave(...given),
    paste: (...given) => latest.current.paste(...given),
    takeMine: (...given) => latest.current.takeMine(...given),
    takeTheirs: (...given) => latest.current.takeTheirs(...given),
    remove: (...given) => latest.current.remove(...given),
    restore: (...given) => latest.current.restore(...given),
  }));
  return actions;
}
