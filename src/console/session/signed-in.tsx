import { Button } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { graphql } from '../graphql/graphql.ts';
import { useLedger } from '../graphql/ledger.tsx';
import { useAsk } from '../graphql/use-ask.ts';
import { isSigned, type SignedSession } from './session.ts';
import styles from './signed-in.module.css';

const WHO = graphql(`
  query Who {
    viewer {
      actor {
        name
      }
    }
  }
`);

/** Who is signed in, and the way out. */
export function SignedIn() {
  const { session } = useLedger();
  return isSigned(session) ? <Signed session={session} /> : null;
}

function Signed({ session }: { readonly session: SignedSession }) {
  const { name } = useSyncExternalStore(session.subscribe, session.state);
  return (
    <div className={styles.signed}>
      {name === undefined ? <WhoItIs /> : <span className={styles.name}>{name}</span>}
      <Button variant="default" onClick={() => void session.signOut()}>
        Sign out
      </Button>
    </div>
  );
}

/** A pasted token says nothing of whom it is of; the server does. */
function WhoItIs() {
  const { data } = useAsk(WHO, {});
  return data ? <span className={styles.name}>{data.viewer.actor.name}</span> : null;
}
