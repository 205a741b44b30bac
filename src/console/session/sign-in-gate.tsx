import { lazy, type ReactNode, Suspense } from 'react';
import { useLedger } from '../graphql/ledger.tsx';
import { isSigned } from './session.ts';

/** Only where there are identities. */
const Gate = lazy(async () => ({ default: (await import('./gate.tsx')).Gate }));

/** What is behind it is for those who have signed in, where one has to. */
export function SignInGate({ children }: { readonly children: ReactNode }) {
  const { session } = useLedger();
  if (!isSigned(session)) return children;
  return (
    <Suspense>
      <Gate session={session}>{children}</Gate>
    </Suspense>
  );
}
