import { Button } from '@mantine/core';
import type { Failure } from '../graphql/failure.ts';
import styles from './restore-button.module.css';

/** Undoes the deletion of what is in a row. */
export function RestoreButton({ name, onRestore, isRestoring, errors, failure }: RestoreButtonProps) {
  const problems = failure ? [failure.message] : errors;
  return (
    <>
      <Button variant="default" loading={isRestoring} aria-label={`Restore ${name}`} onClick={onRestore}>
        Restore
      </Button>
      {problems.map((message) => (
        <div key={message} role="alert" className={styles.error}>
          {message}
        </div>
      ))}
    </>
  );
}

interface RestoreButtonProps {
  readonly name: string;
  readonly onRestore: () => void;
  readonly isRestoring: boolean;
  /** Of the last attempt, in the server's words. */
  readonly errors: readonly string[];
  readonly failure: Failure | undefined;
}
