import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { SignedSession, SignInState } from './session.ts';
import { settings } from './settings.ts';
import styles from './sign-in.module.css';

/** Leads to the issuer, or takes a token. */
export function SignIn({ session, state }: { readonly session: SignedSession; readonly state: SignInState }) {
  const { toIssuer, paste } = session;
  return (
    <div className={styles.signIn}>
      {state.fault !== undefined && (
        <p role="alert" className={styles.fault}>
          {state.fault}
        </p>
      )}
      {toIssuer && <Button onClick={() => void toIssuer()}>Sign in</Button>}
      {paste && <PasteToken paste={paste} />}
    </div>
  );
}

function PasteToken({ paste }: { readonly paste: (token: string) => void }) {
  const [token, setToken] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() === '') return;
    setToken('');
    paste(token);
  };
  return (
    <form aria-label="Sign in" className={styles.form} onSubmit={submit}>
      {settings.oidc?.clientId && (
        <p role="alert" className={styles.words}>
          The server has not reached the issuer {settings.oidc.issuer} yet. Load this page again to sign in there.
        </p>
      )}
      <PasswordInput
        label="API token"
        description="It is kept in this page alone, and asked for again when that is loaded anew."
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
      />
      <Button type="submit">Sign in</Button>
    </form>
  );
}
