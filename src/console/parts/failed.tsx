import { Alert, Button } from '@mantine/core';
import type { Failure } from '../graphql/failure.ts';
import styles from './states.module.css';

/** There is no answer: the server's words, what to find it by in its log, and another attempt. */
export function Failed({ failure, again }: { readonly failure: Failure; readonly again: () => void }) {
  if (failure.code === 'FORBIDDEN') return <NoRights words={failure.message} />;
  return (
    <Alert color="red" variant="outline" role="alert" className={styles.state}>
      <FailureWords failure={failure} />
      <Button variant="default" onClick={again}>
        Try again
      </Button>
    </Alert>
  );
}

export function FailureWords({ failure: { message, requestId } }: { readonly failure: Failure }) {
  return (
    <>
      <p className={styles.words}>{message}</p>
      {requestId !== undefined && (
        <p className={styles.words}>
          Request <code>{requestId}</code>
        </p>
      )}
    </>
  );
}

/** What is asked for is not for whoever asks. */
export function NoRights({ words }: { readonly words: string }) {
  return (
    <Alert color="yellow" variant="outline" role="alert" title="No rights" className={styles.state}>
      <p className={styles.words}>{words}</p>
    </Alert>
  );
}
