// Prints the API's schema, sorted, as `schema/schema.graphql` holds it.
import 'reflect-metadata';

const { buildApiSchema, printApiSchema } = await import('../dist/api/schema.js');
process.stdout.write(printApiSchema(buildApiSchema()));
