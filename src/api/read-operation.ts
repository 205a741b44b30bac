import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { chooseOperation, documentError } from './operation-errors.ts';
import { MOST_TOKENS } from './toolkit/query-limits.ts';

/** A valid document, and the operation of it that is meant. */
export interface ReadOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/**
 * Reads what a client sent over a WebSocket, or says what is wrong with it, with the codes that Apollo Server has for it
 * over HTTP. `rules` are asked beside those of the specification.
 */
export function readOperation(
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
  { query, operationName }: { readonly query: string; readonly operationName: string | undefined },
): ReadOperation | readonly GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: MOST_TOKENS });
  } catch (error) {
    if (error instanceof GraphQLError) return [coded(error, 'GRAPHQL_PARSE_FAILED')];
    throw error;
  }
  const refused = documentError(document);
  if (refused) return [refused];
  const faults = validate(schema, document, [...specifiedRules, ...rules]);
  if (faults.length > 0) return faults.map((fault) => coded(fault, 'GRAPHQL_VALIDATION_FAILED'));
  const operation = chooseOperation(document, { operationName });
  return operation instanceof GraphQLError ? [operation] : { document, operation };
}

function coded(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes = null, source = null, positions = null } = error;
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } });
}
