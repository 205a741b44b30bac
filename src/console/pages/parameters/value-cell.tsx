import { Button } from '@mantine/core';
import { useId } from 'react';
import { useTypedSecret } from '../../form/typed-secrets.ts';
import { conflictsOf, type RowDraft } from './cell-drafts.ts';
import { CellEditor } from './cell-editor.tsx';
import { type Cell, type Column, cellOf, environmentOf, isSecretCell, STORED, savedIn } from './cells.ts';
import type { GridActions } from './grid-actions.ts';
import styles from './parameter-grid.module.css';
import type { Parameter } from './parameter-query.ts';

/** One cell that can be edited: what it holds, what was typed, and what is wrong with that. */
export function ValueCell({
  parameter,
  column,
  name,
  draft,
  error,
  isActive,
  editing,
  canEdit,
  actions,
}: ValueCellProps) {
  const id = useId();
  const typed = draft.typed[column];
  const isSecret = isSecretCell(parameter, column);
  useTypedSecret(`${parameter.key}, ${name}`, isSecret && typeof typed === 'string');
  const saved = savedIn(parameter, column);
  const isConflict = conflictsOf(draft, parameter).includes(column);
  const text = typed === undefined ? (saved === STORED ? null : saved) : typed;
  const isUsed = parameter.usedBy.length > 0 && parameter.deletedAt === null;
  const classes = [styles.cell, typed !== undefined && styles.unsaved, error !== undefined && styles.wrong];
  return (
    <td
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the pattern of a grid allows tables.
      role="gridcell"
      tabIndex={isActive && !editing ? 0 : -1}
      className={classes.filter(Boolean).join(' ')}
      aria-readonly={!canEdit}
      aria-invalid={error !== undefined || undefined}
      aria-describedby={error === undefined ? undefined : id}
    >
      {editing ? (
        <CellEditor
          label={`${parameter.key}, ${name}`}
          text={text ?? ''}
          isSecret={isSecret}
          isSelected={editing === 'selected'}
          isInvalid={error !== undefined}
          describedBy={error === undefined ? undefined : id}
          onType={(next) => actions.type(parameter, column, next)}
          onLeave={actions.leave}
          onPaste={(pasted) => actions.paste(parameter, column, pasted)}
        />
      ) : (
        <Shown cell={cellOf(parameter, draft.typed, column)} isUsed={isUsed && environmentOf(column) !== undefined} />
      )}
      {typed !== undefined && !isConflict && <p className={styles.was}>unsaved; was {words(saved)}</p>}
      {isConflict && (
        <div className={styles.conflict}>
          <p>
            {parameter.editedBy.name} made it {words(saved)} meanwhile
          </p>
          <Button variant="default" size="compact-xs" onClick={() => actions.takeMine(parameter, column)}>
            Take mine
          </Button>
          <Button variant="default" size="compact-xs" onClick={() => actions.takeTheirs(parameter, column)}>
            Take theirs
          </Button>
        </div>
      )}
      {error !== undefined && (
        <p id={id} role="alert" className={styles.error}>
          {error}
        </p>
      )}
    </td>
  );
}

interface ValueCellProps {
  readonly parameter: Parameter;
  readonly column: Column;
  /** The column's heading. */
  readonly name: string;
  readonly draft: RowDraft;
  readonly error: string | undefined;
  readonly isActive: boolean;
  /** How it began; undefined: it is not edited. */
  readonly editing: 'selected' | 'at its end' | undefined;
  readonly canEdit: boolean;
  readonly actions: GridActions;
}

function Shown({ cell, isUsed }: { readonly cell: Cell; readonly isUsed: boolean }) {
  if (cell.kind === 'secret') return <span className={styles.secret}>stored</span>;
  if (cell.kind === 'text')
    return cell.text === '' ? (
      <em className={styles.dim}>empty text</em>
    ) : (
      <span className={styles.text}>{cell.text}</span>
    );
  if (cell.kind === 'default')
    return (
      <span className={styles.default}>
        <span className={styles.unseen}>default </span>
        {cell.text ?? 'default'}
      </span>
    );
  if (!isUsed)
    return (
      <span className={styles.dim}>
        <span aria-hidden="true">–</span>
        <span className={styles.unseen}>none</span>
      </span>
    );
  return (
    <span className={styles.warning}>
      <span aria-hidden="true">⚠ </span>
      undefined, and used
    </span>
  );
}

function words(saved: string | typeof STORED | null): string {
  if (saved === STORED) return 'stored';
  if (saved === null) return 'empty';
  return saved === '' ? 'an empty text' : `“${saved.length > 60 ? `${saved.slice(0, 60)}…` : saved}”`;
}
