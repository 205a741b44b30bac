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

/** What type-graphql notes of a method that answers a field. */
type Method = Readonly<
  Pick<ReturnType<typeof getMetadataStorage>['queries'][number], 'target' | 'methodName' | 'params'>
>;

/**
 * Has the methods of resolver classes called with what they ask for as graphql-js hands it over. What type-graphql puts
 * around them makes instances of classes out of inputs, and a promise for each argument, for checks that are switched off.
 */
export function callMethods(schema: GraphQLSchema): void {
  const { queries, mutations, fieldResolvers, objectTypes } = getMetadataStorage();
  const names = new Map(objectTypes.map(({ target, name }) => [target, name]));
  const instances = new Map<unknown, object>();
  const instanceOf = (target: Method['target']) => {
    const instance = instances.get(target) ?? (new (target as new () => object)() as object);
    instances.set(target, instance);
    return instance as Record<string, (...params: readonly unknown[]) => unknown>;
  };
  const call = (typeName: string | undefined, fieldName: string, method: Method) => {
    const type = schema.getType(typeName ?? '');
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (field) field.resolve = callOf(instanceOf(method.target), method);
  };
  for (const query of queries) call(schema.getQueryType()?.name, query.schemaName, query);
  for (const mutation of mutations) call(schema.getMutationType()?.name, mutation.schemaName, mutation);
  for (const resolver of fieldResolvers) {
    if (resolver.kind !== 'external') continue;
    call(names.get(resolver.getObjectType?.() as never), resolver.schemaName, resolver);
  }
}

type Param = (root: unknown, args: Readonly<Record<string, unknown>>, context: unknown, info: unknown) => unknown;

function callOf(instance: Record<string, (...params: readonly unknown[]) => unknown>, method: Method): Resolver {
  const { methodName } = method;
  const params = (method.params ?? []).toSorted((one, other) => one.index - other.index).map(paramOf);
  return (root, args, context, info) => {
    const values = params.map((param) => param(root, args, context, info));
    return instance[methodName]?.(...values);
  };
}

function paramOf(param: NonNullable<Method['params']>[number]): Param {
  switch (param.kind) {
    case 'arg':
      return (_root, args) => args[param.name];
    case 'args':
      return (_root, args) => args;
    case 'context':
      return (_root, _args, context) => context;
    case 'root':
      return (root) => root;
    case 'info':
      return (_root, _args, _context, info) => info;
    default:
      throw new TypeError(`no resolver takes a parameter of the kind ${param.kind}`);
  }
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
