import { Modal } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react';
import { typedSecrets } from '../form/typed-secrets.ts';
import { useLedger } from '../graphql/ledger.tsx';
import type { SignedSession } from './session.ts';
import styles from './sign-in.module.css';
import { SignIn } from './sign-in.tsx';

/** Lets nobody in who has not signed in; what is open stays open while one has to do so again. */
export function Gate({ session, children }: { readonly session: SignedSession; readonly children: ReactNode }) {
  const { refresh } = useLedger();
  const state = useSyncExternalStore(session.subscribe, session.state);
  const before = useRef(state.is);
  useEffect(() => {
    if (before.current === 'ended' && state.is === 'in') refresh.now();
    before.current = state.is;
  }, [refresh, state.is]);
  if (state.is === 'out') {
    return (
      <main className={styles.page}>
        <h1 className={styles.title}>Proxy Ledger</h1>
        <SignIn session={session} state={state} />
      </main>
    );
  }
  const secrets = state.is === 'ended' && session.toIssuer ? typedSecrets() : [];
  return (
    <>
      {children}
      <Modal opened={state.is === 'ended'} onClose={() => {}} withCloseButton={false} title="Sign in again" centered>
        <p className={styles.words}>
          {session.toIssuer
            ? 'Your session has ended. What you have typed stays and is here again when you are back.'
            : 'What you have typed stays as it is.'}
        </p>
        {secrets.length > 0 && (
          <p className={styles.words}>But secrets are kept nowhere, and are to be typed again: {secrets.join(', ')}.</p>
        )}
        <SignIn session={session} state={state} />
      </Modal>
    </>
  );
}
