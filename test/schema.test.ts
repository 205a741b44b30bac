import { readFileSync } from 'node:fs';
import { buildApiSchema, printApiSchema } from '../src/api/schema.ts';

test('schema/schema.graphql is what the code prints; "npm run schema" writes it anew', () => {
  expect(readFileSync('schema/schema.graphql', 'utf8')).toBe(printApiSchema(buildApiSchema()));
});
