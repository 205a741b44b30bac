import { Redirect } from 'wouter';

/** Where an issuer sends somebody back to. */
export function SignedInPage() {
  return <Redirect to="/" replace />;
}
