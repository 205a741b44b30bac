import { coerceInputValue, type GraphQLInputType, parse, typeFromAST, validate } from 'graphql';
import { buildApiSchema } from '../../src/api/schema.ts';
import { EXAMPLES } from '../../src/http/graphiql-examples.ts';

const schema = buildApiSchema();

test.each(EXAMPLES.map(({ query, variables }) => [/(?:query|mutation) (\w+)/.exec(query)?.[1], query, variables]))(
  'the example %s fits the schema, and so do its variables',
  (_name, query, variables) => {
    const document = parse(query as string);
    expect(validate(schema, document).map(({ message }) => message)).toEqual([]);
    const [operation] = document.definitions;
    if (operation?.kind !== 'OperationDefinition') throw new Error('an example is one operation');
    const given: Record<string, unknown> = { ...(variables as object | undefined) };
    for (const { type, variable } of operation.variableDefinitions ?? []) {
      const inputType = typeFromAST(schema, type) as GraphQLInputType;
      coerceInputValue(given[variable.name.value], inputType, (_path, _value, error) => {
        throw error;
      });
      delete given[variable.name.value];
    }
    expect(given).toEqual({});
  },
);
