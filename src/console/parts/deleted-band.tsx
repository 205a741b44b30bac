import { Alert, Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Failure } from '../graphql/failure.ts';
import styles from './deleted-band.module.css';
import { FailureWords } from './failed.tsx';
import { When } from './when.tsx';

/** Says who deleted what is shown, and undoes it. */
export function DeletedBand({ by, at, onRestore, isRestoring, errors, failure, isNew }: DeletedBandProps) {
  const restore = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isNew) restore.current?.focus();
  }, [isNew]);
  return (
    <Alert color="yellow" variant="outline" role="status" className={styles.band}>
      <div className={styles.row}>
        <span className={styles.words}>
          Deleted by {by}, <When at={at} />.
        </span>
        {onRestore && (
          <Button ref={restore} variant="default" loading={isRestoring} onClick={onRestore}>
            Restore
          </Button>
        )}
      </div>
      {errors.map((message) => (
        <p key={message} role="alert" className={styles.error}>
          {message}
        </p>
      ))}
      {failure && (
        <div role="alert" className={styles.error}>
          <FailureWords failure={failure} />
        </div>
      )}
    </Alert>
  );
}

interface DeletedBandProps {
  readonly by: string;
  readonly at: string;
  /** Left out: it is not for whoever looks at it. */
  readonly onRestore?: (() => void) | undefined;
  readonly isRestoring: boolean;
  /** Of the last attempt, in the server's words. */
  readonly errors: readonly string[];
  readonly failure: Failure | undefined;
  /** Whether it was deleted here and now: then the focus is on the way back. */
  readonly isNew: boolean;
}
