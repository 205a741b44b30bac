import { getOperationAST, parse } from 'graphql';
import { buildApiSchema } from '../../../src/api/schema.ts';
import { variableErrors } from '../../../src/api/toolkit/variables.ts';

const schema = buildApiSchema();

function faults(query: string, variables: Record<string, unknown>): string[] {
  const operation = getOperationAST(parse(query));
  if (!operation) throw new Error('the document has no operation');
  return variableErrors(schema, operation, variables).map(({ message }) => message);
}

const NODES = 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }';
const CREATE = 'mutation($input: CreateDataSourceInput!) { createDataSource(input: $input) { userErrors { code } } }';
const TOO_MANY = ['the variables hold more than 15000 values; send less at once'];

describe('the variables of a request', () => {
  test('hold up to 15,000 values, lists and objects included', () => {
    expect(faults(NODES, { ids: Array<string>(14_999).fill('a') })).toEqual([]);
    expect(faults(NODES, { ids: Array<string>(15_000).fill('a') })).toEqual(TOO_MANY);
  });

  test('are counted at whatever depth, and whether or not they have the form that they should', () => {
    const headers = (count: number) => Array.from({ length: count }, () => ({ name: 'X', value: 'v' }));
    const input = { projectKey: 'p', name: 'n', baseUrl: 'https://a' };
    expect(faults(CREATE, { input: { ...input, headers: headers(4_900) } })).toEqual([]);
    expect(faults(CREATE, { input: { ...input, headers: headers(5_000) } })).toEqual(TOO_MANY);
    expect(faults(CREATE, { input: { headers: [[headers(5_000)]] } })).toEqual(TOO_MANY);
    expect(faults(CREATE, { input, unknown: headers(5_000) })).toEqual(TOO_MANY);
  });

  test('are judged by their form when they are not too many', () => {
    expect(faults(CREATE, { input: { projectKey: 'p', name: 1, baseUrl: 'https://a' } })).toEqual([
      'Variable "$input" has an unacceptable value at "input.name": String cannot represent a non string value',
    ]);
  });
});
