import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { badUserInput, noOperation } from './toolkit/errors.ts';
import { countLiveFields, MOST_LIVE_FIELDS } from './toolkit/live-fields.ts';
import { mergeError } from './toolkit/merge-cost.ts';
import { costError } from './toolkit/query-cost.ts';
import { conditionError } from './toolkit/subscription-field.ts';
import { variableErrors } from './toolkit/variables.ts';

/** What is asked for beside the document. */
export interface OperationRequest {
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/** Why a document is not even validated. */
export function documentError(document: DocumentNode): GraphQLError | undefined {
  return conditionError(document) ?? mergeError(document);
}

/** The operation that is meant, or why none is. */
export function chooseOperation(
  document: DocumentNode,
  { operationName }: OperationRequest,
): OperationDefinitionNode | GraphQLError {
  return getOperationAST(document, operationName) ?? badUserInput(noOperation(operationName));
}

/** Why a valid document's operation is not executed, as far as that can be told before; the same by HTTP and WebSocket. */
export function operationErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  { variables }: OperationRequest,
): readonly GraphQLError[] {
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  if (countLiveFields(operation, fragments) > MOST_LIVE_FIELDS) {
    const message = `a request has at most ${MOST_LIVE_FIELDS} fields that send live traffic`;
    return [new GraphQLError(message, { extensions: { code: 'TOO_MANY_REQUESTS', retryAfterMs: 0 } })];
  }
  const given = variables ?? {};
  const errors = variableErrors(schema, operation, given);
  if (errors.length > 0) return errors;
  const tooMuch = costError(schema, document, operation, given);
  return tooMuch ? [tooMuch] : [];
}
