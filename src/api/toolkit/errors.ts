import { GraphQLError } from 'graphql';
import { NotPermittedError } from '../../access/not-permitted.ts';
import type { Right } from '../../access/roles.ts';
import { StoreUnavailableError } from '../../event-sourcing/event-store.ts';
import {
  BeyondHeadError,
  NotTakenError,
  OutcomeUnknownError,
  PositionNotReachedError,
} from '../../event-sourcing/ledger/ledger-errors.ts';
import { ProjectStoppedError } from '../../event-sourcing/project-stopped.ts';
import { NotReadyError } from '../../event-sourcing/readiness.ts';
import { TooManyRequestsError } from '../../traffic/live-limits.ts';

/** The request asks for something that cannot be answered as asked. */
export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** The request asks for something that the asker may see, but not do. */
function forbidden(right: Right): GraphQLError {
  return new GraphQLError(`this needs ${NEEDS[right]}`, { extensions: { code: 'FORBIDDEN' } });
}

const NEEDS: Readonly<Record<Right, string>> = {
  ANYBODY: 'a credential',
  READ: 'a role in the project',
  READ_GRANTS: 'the role AUDITOR or OWNER in the project',
  SEND: 'the role OPERATOR, EDITOR or OWNER in the project',
  EDIT: 'the role EDITOR or OWNER in the project',
  OWN: 'the role OWNER in the project',
  ADMINISTER: 'an administrator of the instance',
};

/** What is said when it is not clear which operation of a document is meant. The name may be anything, and is not told. */
export function noOperation(name: string | null | undefined): string {
  return typeof name === 'string'
    ? 'the document has no operation of the name that operationName gives'
    : 'the document has several operations, or none: name the one that is meant in operationName';
}

/**
 * What the API says of an error that the spine may throw; undefined for what nobody expected. What became of a change is
 * for the request's receipts to tell.
 */
export function knownError(error: unknown): GraphQLError | undefined {
  if (error instanceof NotPermittedError) return forbidden(error.right);
  if (error instanceof NotTakenError) return coded('STORE_UNAVAILABLE', error.message);
  if (error instanceof StoreUnavailableError) {
    return coded('STORE_UNAVAILABLE', 'the event store is not available');
  }
  if (error instanceof OutcomeUnknownError) {
    const advice = 'retry with the same idempotencyKey to learn it, or look into the history';
    return coded('OUTCOME_UNKNOWN', `it is not known yet whether the change was stored; ${advice}`);
  }
  if (error instanceof PositionNotReachedError) {
    return coded('POSITION_NOT_REACHED', error.message, { position: error.reached });
  }
  if (error instanceof BeyondHeadError) return badUserInput(`asOf: ${error.message}`);
  if (error instanceof ProjectStoppedError) {
    return coded('PROJECT_STOPPED', error.message, { position: error.position });
  }
  // Its live work was ended with it; there is nobody left to read this.
  if (error instanceof DOMException && error.name === 'AbortError') return coded('ABORTED', 'the client went away');
  if (error instanceof NotReadyError) {
    return coded('STORE_UNAVAILABLE', `this server is not ready, and takes no mutations: ${error.message}`);
  }
  if (error instanceof TooManyRequestsError) {
    return coded('TOO_MANY_REQUESTS', error.message, { retryAfterMs: error.retryAfterMs });
  }
  return undefined;
}

function coded(code: string, message: string, more: object = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...more } });
}
