import { TextInput } from '@mantine/core';
import { useState, useSyncExternalStore } from 'react';
import { useLedger } from '../graphql/ledger.tsx';
import { UnprovenSession } from './session.ts';
import type { YourName } from './your-name.ts';

/** Who somebody says they are, where there are no identities. */
export function YourNameField() {
  const { session } = useLedger();
  return session instanceof UnprovenSession ? <Field yourName={session.yourName} /> : null;
}

function Field({ yourName }: { readonly yourName: YourName }) {
  const name = useSyncExternalStore(yourName.subscribe, yourName.current);
  const [typed, setTyped] = useState<string>();
  const keep = () => {
    if (typed !== undefined) yourName.change(typed);
    setTyped(undefined);
  };
  return (
    <TextInput
      aria-label="Your name"
      placeholder="Your name"
      autoComplete="name"
      maxLength={200}
      w={160}
      value={typed ?? name}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => event.key === 'Enter' && keep()}
    />
  );
}
