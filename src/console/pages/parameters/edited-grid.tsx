import { useId, useRef, useState } from 'react';
import { useProject } from '../../frame/project-frame.tsx';
import { useAnnounce } from '../../parts/announcer.tsx';
import type { Sorting } from '../../parts/sorting.tsx';
import { useOpener } from '../../parts/use-opener.ts';
import { columnsOf, UNTOUCHED } from './cell-drafts.ts';
import { DeleteParameter } from './delete-parameter.tsx';
import styles from './edited-grid.module.css';
import { ParameterGrid } from './parameter-grid.tsx';
import type { Parameter } from './parameter-query.ts';
import { SaveBar } from './save-bar.tsx';
import { UndoDelete } from './undo-delete.tsx';
import { useCellDrafts } from './use-cell-drafts.ts';
import { useRestoring } from './use-restoring.ts';
import { useRowSaves } from './use-row-saves.ts';

/** The grid, with what is unsaved in it, and what was deleted last. */
export function EditedGrid({ parameters, environments, sorting, hasBar, onMakeAnew }: EditedGridProps) {
  const { key, asOf, can } = useProject();
  const cells = useCellDrafts(`/projects/${key}/parameters`);
  const saves = useRowSaves(key, environments, cells);
  const restoring = useRestoring(environments);
  const announce = useAnnounce();
  const [reason, setReason] = useState('');
  const [words, setWords] = useState('');
  const [isSaving, setSaving] = useState(false);
  const [deleting, setDeleting] = useState<Parameter>();
  const [deleted, setDeleted] = useState<Parameter>();
  const keys = useId();
  const opener = useOpener();
  const grid = useRef<HTMLDivElement>(null);

  const isBack = parameters.some((parameter) => parameter.key === deleted?.key && parameter.deletedAt === null);
  const counts = cells.counts();
  const shown = parameters.filter(({ resourceId }) => counts.has(resourceId));
  const sum = (ids: Iterable<string>) => [...ids].reduce((total, id) => total + (counts.get(id) ?? 0), 0);
  const unsaved = sum(counts.keys());
  const saveRow = async (parameter: Parameter) => {
    setWords('');
    const isDone = await saves.save(parameter, reason);
    if (isDone) setReason('');
    return isDone;
  };
  const saveAll = async () => {
    if (shown.length === 0) return setWords('Nothing to save');
    setWords('');
    setSaving(true);
    let failed = 0;
    // In their order, which is that of the history then.
    for (const parameter of shown) if (!(await saves.save(parameter, reason))) failed += 1;
    setSaving(false);
    if (failed === 0) setReason('');
    setWords(failed === 0 ? 'Saved' : `${failed} of ${shown.length} parameters could not be saved`);
  };
  const discard = () => {
    for (const { resourceId } of parameters) saves.forget(resourceId);
    cells.forgetAll();
    setWords('');
  };
  const restore = async (parameter: Parameter) => {
    if (parameter.secret) return onMakeAnew(parameter);
    if (!(await restoring.restore(parameter))) return;
    setDeleted(undefined);
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>('tbody [tabindex="0"]')?.focus());
    announce(`Restored ${parameter.key}`);
  };
  return (
    <>
      {can('EDIT') && (
        <UndoDelete
          deleted={isBack ? undefined : deleted}
          restoring={restoring}
          onRestore={(parameter) => void restore(parameter)}
        />
      )}
      {parameters.length > 0 && (
        <div ref={grid}>
          <ParameterGrid
            {...{ parameters, environments, sorting, saves }}
            // What was typed is on top of what is there now: it says nothing about the past.
            cells={asOf === null ? cells : { ...cells, of: () => UNTOUCHED }}
            canEdit={can('EDIT')}
            describedBy={can('EDIT') && hasBar ? keys : undefined}
            onSave={saveRow}
            onPasted={setWords}
            onDelete={(parameter) => {
              opener.note();
              setDeleting(parameter);
            }}
            onRestore={(parameter) => void restore(parameter)}
          />
        </div>
      )}
      {parameters.length > 0 && can('EDIT') && hasBar && (
        <>
          <SaveBar
            {...{ unsaved, reason, isSaving, words }}
            elsewhere={unsaved - sum(shown.map(({ resourceId }) => resourceId))}
            onReason={setReason}
            onSave={() => void saveAll()}
            onDiscard={discard}
          />
          <p id={keys} className={styles.keys}>
            Enter edits and saves, Escape leaves, Tab goes on, Delete empties. A column of a spreadsheet can be pasted.
          </p>
        </>
      )}
      {deleting && (
        <DeleteParameter
          parameter={deleting}
          onClose={() => {
            setDeleting(undefined);
            opener.back();
          }}
          onDeleted={(parameter) => {
            cells.forget(parameter.resourceId, columnsOf(cells.of(parameter.resourceId)));
            setDeleting(undefined);
            setDeleted(parameter);
            announce(`Deleted ${parameter.key}`);
          }}
        />
      )}
    </>
  );
}

interface EditedGridProps {
  readonly parameters: readonly Parameter[];
  readonly environments: readonly string[];
  readonly sorting: Sorting<'KEY' | 'EDITED_BY' | 'EDITED_AT'>;
  /** Not beside a form, which has buttons of its own. */
  readonly hasBar: boolean;
  /** Opens the form for a new one that is as this was, without its secrets. */
  readonly onMakeAnew: (parameter: Parameter) => void;
}
