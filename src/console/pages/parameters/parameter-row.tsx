import { Button } from '@mantine/core';
import { memo } from 'react';
import { Link } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';
import { FailureWords } from '../../parts/failed.tsx';
import { When } from '../../parts/when.tsx';
import { useAddress } from '../../time/moment.ts';
import type { RowDraft } from './cell-drafts.ts';
import type { Column } from './cells.ts';
import type { GridActions } from './grid-actions.ts';
import styles from './parameter-grid.module.css';
import type { Parameter } from './parameter-query.ts';
import type { RowSave } from './use-row-saves.ts';
import { UsedBy } from './used-by.tsx';
import { ValueCell } from './value-cell.tsx';

/** A parameter: its key, its cells, what uses it and who edited it. */
export const ParameterRow = memo(function ParameterRow(props: ParameterRowProps) {
  const { parameter, columns, draft, save, activeCell, editing, canEdit, actions } = props;
  const { key } = useProject();
  const address = useAddress();
  const isDeleted = parameter.deletedAt !== null;
  const isTyped = Object.keys(draft.typed).length > 0;
  const behind = columns.length + 1;
  const stop = (cell: number) => (activeCell === cell ? 0 : -1);
  return (
    <tr aria-busy={save.isSaving} className={isDeleted ? styles.deleted : undefined}>
      <th scope="row" tabIndex={stop(0)}>
        <code>{parameter.key}</code>
        {parameter.secret && <span className={styles.badge}>secret</span>}
        {isDeleted && <span className={styles.badge}>deleted</span>}
        {isTyped && save.errors.has('') && (
          <p role="alert" className={styles.error}>
            {save.errors.get('')}
          </p>
        )}
        {isTyped && save.failure && (
          <div role="alert" className={styles.error}>
            <FailureWords failure={save.failure} />
          </div>
        )}
      </th>
      {columns.map(({ column, name }, index) => (
        <ValueCell
          key={column}
          parameter={parameter}
          column={column}
          name={name}
          draft={draft}
          // Once it is given up, nothing is wrong with it any more.
          error={draft.typed[column] === undefined ? undefined : save.errors.get(column)}
          isActive={activeCell === index + 1}
          editing={editing?.column === column ? editing.begins : undefined}
          canEdit={canEdit && !isDeleted}
          actions={actions}
        />
      ))}
      <td tabIndex={parameter.usedBy.length === 0 ? stop(behind) : undefined}>
        <UsedBy users={parameter.usedBy} tabIndex={stop(behind)} />
      </td>
      <td tabIndex={stop(behind + 1)} className={styles.name}>
        {parameter.editedBy.name}
      </td>
      <td>
        <When at={parameter.editedAt} tabIndex={stop(behind + 2)} />
      </td>
      <td>
        <div className={styles.tools}>
          <Link
            href={address(`/projects/${key}/history?resource=${encodeURIComponent(parameter.resourceId)}`)}
            tabIndex={stop(behind + 3)}
            aria-label={`History of ${parameter.key}`}
          >
            History
          </Link>
          {canEdit && (
            <Button
              variant="default"
              size="compact-xs"
              tabIndex={stop(behind + 3)}
              aria-label={`${isDeleted ? 'Restore' : 'Delete'} ${parameter.key}`}
              onClick={() => (isDeleted ? actions.restore : actions.remove)(parameter)}
            >
              {isDeleted ? 'Restore' : 'Delete'}
            </Button>
          )}
        </div>
      </td>
    </tr>
  );
});

interface ParameterRowProps {
  readonly parameter: Parameter;
  readonly columns: readonly GridColumn[];
  readonly draft: RowDraft;
  readonly save: RowSave;
  /** Where Tab stops in this row; undefined: nowhere. */
  readonly activeCell: number | undefined;
  readonly editing: { readonly column: Column; readonly begins: 'selected' | 'at its end' } | undefined;
  readonly canEdit: boolean;
  readonly actions: GridActions;
}

export interface GridColumn {
  readonly column: Column;
  readonly name: string;
}
