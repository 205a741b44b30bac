import { isObjectType } from 'graphql';
import { FIELD_RIGHTS } from '../../src/access/field-rights.ts';
import { buildApiSchema } from '../../src/api/schema.ts';

const schema = buildApiSchema();

describe('the table of rights', () => {
  test.each(Object.keys(FIELD_RIGHTS) as (keyof typeof FIELD_RIGHTS)[])('has an entry for each field of %s', (name) => {
    const type = schema.getType(name);
    const fields = isObjectType(type) ? Object.keys(type.getFields()) : [];
    expect(Object.keys(FIELD_RIGHTS[name]).sort()).toEqual(fields.sort());
  });
});
