import { Alert, Button } from '@mantine/core';
import { When } from '../parts/when.tsx';
import styles from './edited-elsewhere.module.css';
import type { Draft } from './use-draft.ts';

/** Says that what is being edited was saved by somebody meanwhile, and lets one choose where both have changed something. */
export function EditedElsewhere<Values>({ draft, labels, editedBy, editedAt }: EditedElsewhereProps<Values>) {
  if (!draft.isBehind) return null;
  const { conflicts } = draft;
  return (
    <Alert color="yellow" variant="outline" role="alert" title={`Edited by ${editedBy} meanwhile`}>
      <p className={styles.words}>
        At <When at={editedAt} />.{' '}
        {conflicts.length > 0
          ? 'These fields you have both changed; all others show what is saved.'
          : 'You have not changed the same fields; those show what is saved.'}
      </p>
      {conflicts.length > 0 && (
        <>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Mine</th>
                <th scope="col">Theirs</th>
              </tr>
            </thead>
            <tbody>
              {conflicts.map(({ field, mine, theirs }) => (
                <tr key={field}>
                  <th scope="row">{labels[field] ?? field}</th>
                  <td>{shown(mine)}</td>
                  <td>{shown(theirs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <div className={styles.actions}>
            <Button variant="default" onClick={draft.takeMine}>
              Take mine
            </Button>
            <Button variant="default" onClick={draft.takeTheirs}>
              Take theirs
            </Button>
          </div>
        </>
      )}
    </Alert>
  );
}

interface EditedElsewhereProps<Values> {
  readonly draft: Draft<Values>;
  /** Of the fields, as the form has them. */
  readonly labels: Readonly<Partial<Record<keyof Values, string>>>;
  readonly editedBy: string;
  readonly editedAt: string;
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
