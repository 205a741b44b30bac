import { execute, getIntrospectionQuery, getOperationAST, parse } from 'graphql';
import { buildApiSchema } from '../../../src/api/schema.ts';
import { costError, HIGHEST_COST } from '../../../src/api/toolkit/query-cost.ts';

const schema = buildApiSchema();

function refusal(query: string): string | undefined {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('the document has no operation');
  return costError(schema, document, operation, {})?.message;
}

const aliases = (count: number, field: string) =>
  `{ ${Array.from({ length: count }, (_, at) => `a${at}: ${field}`).join(' ')} }`;

const whole = getIntrospectionQuery();
const [, selection = ''] = /\{\s*(__schema[\s\S]*)\}\s*fragment FullType/.exec(whole) ?? [];
const times = (count: number) =>
  whole.replace(/query[\s\S]*?fragment FullType/, `${aliases(count, selection)} fragment FullType`);

/** How many fields an answer has. */
function fieldsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + fieldsIn(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, item) => sum + 1 + fieldsIn(item), 0);
}

describe('introspection', () => {
  test('as tools send it may be asked for, also twice at once', () => {
    expect(refusal(whole)).toBeUndefined();
    expect(refusal(times(2))).toBeUndefined();
  });

  test.each([
    ['the whole of it', times(4)],
    ['all types', aliases(30, '__schema { types { name description fields { name description args { name } } } }')],
    ['the largest type', aliases(30, '__type(name: "Mutation") { fields { name args { name type { name } } } }')],
    [
      'a type with many fields',
      aliases(30, '__type(name: "Project") { fields { name args { name description type { name } } } }'),
    ],
    [
      'an enum with many values',
      aliases(30, '__type(name: "TrafficFailure") { enumValues { name description isDeprecated } }'),
    ],
  ])('costs about what it holds: %s, many times', async (_, query) => {
    const cost = Number(/its cost is (\d+)/.exec(refusal(query) ?? '')?.[1] ?? HIGHEST_COST);
    const { data } = await execute({ schema, document: parse(query), contextValue: {} });
    expect(Object.values(data ?? {})).not.toContain(null);
    expect(cost).toBeGreaterThan(fieldsIn(data) / 2);
  });

  test('is refused when it holds too much', () => {
    expect(refusal(times(8))).toMatch(/its cost is \d+, and 100000 is the most/);
    expect(refusal(times(99))).toMatch(/too many fields/);
    expect(refusal(aliases(60, '__schema { types { fields { name type { name fields { name } } } } }'))).toBeDefined();
  });
});

describe('a preview', () => {
  const previews = (count: number, request: string) =>
    `{ project(key: "a") { dataSources(first: ${count}) { nodes { curlPreview(request: ${request}) { command } } } } }`;

  test('costs what it may hold once parameters are put in', () => {
    expect(refusal(previews(100, 'null'))).toBeUndefined();
    expect(refusal(previews(100, '{ method: POST, path: "contacts", body: "{}" }'))).toBeUndefined();
    expect(refusal(previews(15, '{ method: POST, body: "${a}" }'))).toBeUndefined();
    expect(refusal(previews(16, '{ method: POST, body: "${a}" }'))).toMatch(/its cost is \d+/);
    expect(refusal(previews(100, `{ method: POST, body: "${'x'.repeat(200_000)}" }`))).toMatch(/its cost is \d+/);
    const headers = Array.from({ length: 50 }, (_, at) => `{ name: "X-${at}", value: "\${a}" }`).join(' ');
    expect(refusal(previews(50, `{ path: "\${a}", headers: [${headers}] }`))).toMatch(/its cost is \d+/);
  });
});
