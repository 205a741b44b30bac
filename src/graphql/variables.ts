import {
  coerceInputValue,
  GraphQLError,
  type GraphQLSchema,
  isInputType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { reasonOf } from './error-texts.ts';

const MOST_ERRORS = 20;

/**
 * What is wrong with an operation's variables, by path and reason. graphql-js finds the same faults later, but quotes
 * the values.
 */
export function variableErrors(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError[] {
  const errors: GraphQLError[] = [];
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!type || !isInputType(type) || !Object.hasOwn(variables, name)) continue;
    coerceInputValue(variables[name], type, (path, _value, error) => {
      if (errors.length === MOST_ERRORS) return;
      const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
      const message = `Variable "$${name}" has an unacceptable value at "${name}${place}": ${reasonOf(error.message)}`;
      errors.push(new GraphQLError(message, { nodes: definition, extensions: { code: 'BAD_USER_INPUT' } }));
    });
  }
  return errors;
}
