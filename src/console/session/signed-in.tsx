import { Button } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { useLedger } from '../graphql/ledger.tsx';
import { isSigned, type SignedSession } from './session.ts';
import styles from './signed-in.module.css';

/** Who is signed in, and the way out. */
export function SignedIn() {
  const { session } = useLedger();
  return isSigned(session) ? <Signed session={session} /> : null;
}

function Signed({ session }: { readonly session: SignedSession }) {
  const { name } = useSyncExternalStore(session.subscribe, session.state);
  return (
    <div className={styles.signed}>
      {name !== undefined && <span className={styles.name}>{name}</span>}
      <Button variant="default" onClick={() => void session.signOut()}>
        Sign out
      </Button>
    </div>
  );
}
