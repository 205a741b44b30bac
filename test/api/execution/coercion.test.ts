import fc from 'fast-check';
import {
  type GraphQLInputType,
  getVariableValues,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { compileVariables, UnfitError } from '../../../src/api/execution/coercion.ts';
import { buildApiSchema } from '../../../src/api/schema.ts';

const schema = buildApiSchema();
const inputs = Object.values(schema.getTypeMap()).filter((type) => isInputType(type) && !type.name.startsWith('__'));

const LEAVES = fc.constantFrom<unknown>('', 'a', '7', 7, 1.5, -1, 2 ** 40, true, null, '2026-11-24T09:30:00Z', [], {}, [
  'a',
]);

/** Values that mostly fit a type. */
function fitting(type: GraphQLInputType, depth = 3): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return fitting(type.ofType, depth);
  if (depth === 0) return LEAVES;
  if (isListType(type)) {
    const item = fitting(type.ofType, depth - 1);
    return fc.oneof({ weight: 4, arbitrary: fc.array(item, { maxLength: 3 }) }, item, LEAVES);
  }
  if (isEnumType(type)) return fc.oneof(fc.constantFrom(...type.getValues().map(({ name }) => name)), LEAVES);
  if (!isInputObjectType(type)) return LEAVES;
  const fields = Object.values(type.getFields());
  const members = Object.fromEntries(fields.map((field) => [field.name, fitting(field.type, depth - 1)]));
  const required = fields.filter((field) => isNonNullType(field.type)).map(({ name }) => name);
  const whole = fc.record(members, { requiredKeys: required });
  const odd = fc.record({ ...members, surprise: LEAVES }, { requiredKeys: [] });
  return fc.oneof({ weight: 8, arbitrary: whole }, odd, LEAVES);
}

describe('variables', () => {
  test.each(inputs.map(({ name }) => name))('of type %s are what graphql-js makes of them, or do not fit', (name) => {
    const forms = [name, `${name}!`, `[${name}!]`, `[${name}]!`];
    fc.assert(
      fc.property(
        fc.constantFrom(...forms),
        fc.constantFrom('', ' = null'),
        fitting(schema.getType(name) as GraphQLInputType),
        fc.constantFrom('given', 'given in a list', 'left out'),
        (form, initial, value, how) => {
          const text = `query($v: ${form}${form.endsWith('!') ? '' : initial}) { __typename }`;
          const operation = parse(text).definitions[0] as OperationDefinitionNode;
          const given = how === 'left out' ? {} : { v: how === 'given' ? value : [value] };
          const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
          const compiled = compileVariables(schema, operation);
          if (errors) expect(() => compiled(given)).toThrow(UnfitError);
          else expect(compiled(given)).toEqual(coerced);
        },
      ),
      { numRuns: 60 },
    );
  });
});
