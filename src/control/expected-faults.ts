import { StoreSettingsError, StoreUnavailableError, StoreUnusableError } from '../event-sourcing/event-store.ts';
import { NotReadyError } from '../event-sourcing/readiness.ts';
import { TokenRefusedError } from '../identity/issue-token.ts';
import { SecretsKeyError } from '../secrets/key-ring.ts';
import { UnopenedSecretsError } from '../secrets/rewrap.ts';
import type { ControlFault } from './protocol.ts';

/** What kind of fault an error is whose message says all that an operator needs; undefined for what nobody expected. */
export function expectedFault(error: unknown): ControlFault | undefined {
  if (error instanceof TokenRefusedError) return 'usage';
  if (error instanceof SecretsKeyError || error instanceof StoreSettingsError) return 'configuration';
  if (error instanceof StoreUnusableError || error instanceof StoreUnavailableError) return 'store';
  return error instanceof UnopenedSecretsError || error instanceof NotReadyError ? 'failure' : undefined;
}
