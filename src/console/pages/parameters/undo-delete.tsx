import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { FailureWords } from '../../parts/failed.tsx';
import styles from './edited-grid.module.css';
import type { Parameter } from './parameter-query.ts';
import type { Restoring } from './use-restoring.ts';

/** Says what was deleted last, and undoes it; and what went wrong when one was to be restored. */
export function UndoDelete({ deleted, restoring, onRestore }: UndoDeleteProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (deleted) button.current?.focus();
  }, [deleted]);
  const { isRunning, userErrors, failure } = restoring;
  return (
    <>
      {deleted && (
        <div role="status" className={styles.notice}>
          <span>Deleted {deleted.key}.</span>
          <Button ref={button} variant="default" loading={isRunning} onClick={() => onRestore(deleted)}>
            {deleted.secret ? 'Make it anew' : 'Restore'}
          </Button>
        </div>
      )}
      {(userErrors.length > 0 || failure) && (
        <div role="alert" className={styles.error}>
          {userErrors.map(({ message }) => (
            <p key={message}>{message}</p>
          ))}
          {failure && <FailureWords failure={failure} />}
        </div>
      )}
    </>
  );
}

interface UndoDeleteProps {
  /** In this visit, and not restored since. */
  readonly deleted: Parameter | undefined;
  readonly restoring: Restoring;
  readonly onRestore: (parameter: Parameter) => void;
}
