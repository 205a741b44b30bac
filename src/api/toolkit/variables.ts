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
import { badUserInput } from './errors.ts';
import { MOST_VALUES } from './query-limits.ts';

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
  if (hasMoreValues(variables, MOST_VALUES)) {
    return [badUserInput(`the variables hold more than ${MOST_VALUES} values; send less at once`)];
  }
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

/** Counts no further than that: each value is read and copied several times, whatever becomes of it. */
export function hasMoreValues(variables: Readonly<Record<string, unknown>>, most: number): boolean {
  let count = 0;
  const open: object[] = [variables];
  for (let each = open.pop(); each; each = open.pop()) {
    const members: unknown[] = Object.values(each);
    count += members.length;
    if (count > most) return true;
    for (const member of members) if (typeof member === 'object' && member !== null) open.push(member);
  }
  return false;
}
