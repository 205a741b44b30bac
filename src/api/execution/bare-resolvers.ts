import { type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import type { Resolver } from './resolver.ts';

/**
 * Takes from the fields of objects the resolvers that type-graphql puts around members: graphql-js reads members by
 * itself. What resolver classes have for a field stays.
 */
export function unwrapMembers(schema: GraphQLSchema): void {
  const resolved = fieldsOfResolvers();
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || roots.has(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (!resolved.has(`${type.name}.${field.name}`)) delete field.resolve;
    }
  }
}

/** By `TYPE.FIELD`, those that a method of a resolver class answers. */
function fieldsOfResolvers(): ReadonlySet<string> {
  const { objectTypes, fieldResolvers } = getMetadataStorage();
  const names = new Map(objectTypes.map(({ target, name }) => [target, name]));
  return new Set(
    fieldResolvers
      .filter(({ kind }) => kind === 'external')
      .map(({ getObjectType, schemaName }) => `${names.get(getObjectType?.() as never)}.${schemaName}`),
  );
}

type BareResolvers = ReadonlyMap<GraphQLField<unknown, unknown>, Resolver | undefined>;

const kept = new WeakMap<GraphQLSchema, BareResolvers>();

/** Keeps the resolvers of a schema's fields as they are now, whatever is put around them later. */
export function keepBareResolvers(schema: GraphQLSchema): void {
  const bare = new Map<GraphQLField<unknown, unknown>, Resolver | undefined>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) bare.set(field, field.resolve);
  }
  kept.set(schema, bare);
}

/** What was kept; undefined for a member of its object. */
export function bareResolver(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): Resolver | undefined {
  const resolvers = kept.get(schema);
  return resolvers ? resolvers.get(field) : field.resolve;
}
