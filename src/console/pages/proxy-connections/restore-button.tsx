import { Button } from '@mantine/core';
import { useRestore } from '../proxy-connection/use-restore.ts';
import type { ListedProxy } from './listed-proxy.ts';
import styles from './restore-button.module.css';

/** Undoes the deletion of a proxy connection in its row. */
export function RestoreButton({ proxy }: { readonly proxy: ListedProxy }) {
  const { restore, isRestoring, errors, failure } = useRestore();
  const problems = failure ? [failure.message] : errors;
  return (
    <>
      <Button
        variant="default"
        loading={isRestoring}
        aria-label={`Restore ${proxy.name}`}
        onClick={() => restore(proxy)}
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
