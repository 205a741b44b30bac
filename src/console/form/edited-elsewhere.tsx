import { Alert, Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { When } from '../parts/when.tsx';
import styles from './edited-elsewhere.module.css';
import { keepingFocus } from './keep-focus.ts';
import type { Draft } from './use-draft.ts';

/** Says that what is being edited was saved by somebody meanwhile, and lets one choose where both have changed something. */
export function EditedElsewhere<Values>({ draft, labels, words, ...last }: EditedElsewhereProps<Values>) {
  if (!draft.isBehind) return null;
  const { conflicts } = draft;
  const inWords = (field: keyof Values, value: Values[keyof Values]) => {
    const say = words?.[field] as ((value: Values[keyof Values]) => ReactNode) | undefined;
    return say ? say(value) : shown(value);
  };
  return (
    <Alert color="yellow" variant="outline" role="alert" title={`Edited by ${last.editedBy} meanwhile`}>
      <p className={styles.words}>
        At <When at={last.editedAt} />.{' '}
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
                  <td>{inWords(field, mine)}</td>
                  <td>{inWords(field, theirs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <div className={styles.actions}>
            <Button variant="default" onClick={() => keepingFocus(draft.takeMine)}>
              Take mine
            </Button>
            <Button variant="default" onClick={() => keepingFocus(draft.takeTheirs)}>
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
  /** Of values that do not speak for themselves. */
  readonly words?: { readonly [Field in keyof Values]?: (value: Values[Field]) => ReactNode } | undefined;
  readonly editedBy: string;
  readonly editedAt: string;
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
