import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isEnumType, isInputObjectType, isIntrospectionType, isSpecifiedScalarType } from 'graphql';
import { buildApiSchema, printApiSchema } from '../src/api/schema.ts';

test('schema/schema.graphql is what the code prints; "npm run schema" writes it anew', () => {
  expect(readFileSync('schema/schema.graphql', 'utf8')).toBe(printApiSchema(buildApiSchema()));
});

test('the types of the console are those of the schema; "npm run schema" writes them anew', () => {
  const types = execFileSync(process.execPath, ['scripts/print-console-types.mjs'], { encoding: 'utf8' });
  expect(readFileSync('src/console/graphql/graphql-env.d.ts', 'utf8')).toBe(types);
});

test('everything in the schema is described', () => {
  const undescribed: string[] = [];
  const look = (name: string, { description }: { readonly description?: string | null | undefined }) => {
    if (!description?.trim()) undescribed.push(name);
  };
  for (const type of Object.values(buildApiSchema().getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    look(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
    if (!('getFields' in type)) continue;
    for (const field of Object.values(type.getFields())) {
      look(`${type.name}.${field.name}`, field);
      if ('args' in field) for (const each of field.args) look(`${type.name}.${field.name}(${each.name})`, each);
    }
  }
  expect(undescribed).toEqual([]);
});

test('no field takes back its default by being null, and no input has exactly one of its fields', () => {
  for (const type of Object.values(buildApiSchema().getTypeMap())) {
    if (!isInputObjectType(type)) continue;
    expect([type.name, type.isOneOf]).toEqual([type.name, false]);
    for (const { name, type: of, defaultValue } of Object.values(type.getFields())) {
      if (defaultValue !== undefined) expect(`${type.name}.${name}: ${of}`).not.toMatch(/!$/);
    }
  }
});
