import { Button } from '@mantine/core';
import type { ShownDataSource } from '../data-source/shown-data-source.ts';
import { useRestore } from '../data-source/use-restore.ts';
import styles from './restore-button.module.css';

/** Undoes the deletion of a data source in its row. */
export function RestoreButton({ dataSource }: { readonly dataSource: ShownDataSource }) {
  const { restore, isRestoring, errors, failure } = useRestore();
  const problems = failure ? [failure.message] : errors;
  return (
    <>
      <Button
        variant="default"
        loading={isRestoring}
        aria-label={`Restore ${dataSource.name}`}
        onClick={() => restore(dataSource)}
      >
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
