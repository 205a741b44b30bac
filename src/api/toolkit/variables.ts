import {
  coerceInputValue,
  GraphQLError,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { reasonOf } from './error-texts.ts';

const MOST_ERRORS = 20;
/** Ends a coercion whose further faults nobody is told. */
const ENOUGH = Symbol('enough');

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
    if (!type || !isInputType(type)) continue;
    const report = (message: string) => {
      errors.push(new GraphQLError(message, { nodes: definition, extensions: { code: 'BAD_USER_INPUT' } }));
      if (errors.length === MOST_ERRORS) throw ENOUGH;
    };
    try {
      if (Object.hasOwn(variables, name)) {
        coerceInputValue(variables[name], type, (path, _value, error) => {
          const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
          report(`Variable "$${name}" has an unacceptable value at "${name}${place}": ${reasonOf(error.message)}`);
        });
      } else if (isNonNullType(type) && !definition.defaultValue) {
        report(`Variable "$${name}" of required type "${type}" was not provided`);
      }
    } catch (error) {
      if (error !== ENOUGH) throw error;
      return errors;
    }
  }
  return errors;
}
