// Prints the types that the console's operations are checked with, from schema/schema.graphql.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { outputIntrospectionFile } from '@gql.tada/internal';
import { buildSchema, introspectionFromSchema } from 'graphql';

const schema = readFileSync(path.join(import.meta.dirname, '../schema/schema.graphql'), 'utf8');
const introspection = introspectionFromSchema(buildSchema(schema), { descriptions: false });
process.stdout.write(outputIntrospectionFile(introspection, { fileType: '.d.ts', shouldPreprocess: true }));
