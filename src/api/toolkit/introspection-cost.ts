import {
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

/** How many items the lists of introspection are taken to hold. */
export interface IntrospectionLists {
  /** By the type and field of introspection, such as `__Type.fields`. */
  readonly sizes: ReadonlyMap<string, number>;
  /** How many times as much the lists of the type with this name hold, at most; 1 when it is less. */
  excess(typeName: unknown): number;
}

const known = new WeakMap<GraphQLSchema, IntrospectionLists>();

/** Of a schema as it is: for each list the mean, where types that are referred to often count as often. */
export function introspectionLists(schema: GraphQLSchema): IntrospectionLists {
  const lists = known.get(schema) ?? listsOf(schema);
  known.set(schema, lists);
  return lists;
}

function listsOf(schema: GraphQLSchema): IntrospectionLists {
  const types = Object.values(schema.getTypeMap());
  const fields = types.flatMap((type) => ('getFields' in type ? Object.values(type.getFields()) : []));
  const args = fields.flatMap((field) => ('args' in field ? field.args : []));
  const typed: readonly { readonly type: GraphQLType }[] = [...fields, ...args];
  const referredTo = typed.map(({ type }) => getNamedType(type));
  const directives = schema.getDirectives();
  const sizes = new Map([
    ['__Schema.types', types.length],
    ['__Schema.directives', directives.length],
    ['__Field.args', args.length / fields.length],
    ['__Directive.args', mean(directives.map((directive) => directive.args.length))],
    ['__Directive.locations', mean(directives.map((directive) => directive.locations.length))],
  ]);
  for (const [list, sizeOf] of Object.entries(SIZES)) {
    const sizeIn = (type: GraphQLNamedType) => sizeOf(type, schema);
    sizes.set(`__Type.${list}`, Math.max(mean(types.map(sizeIn)), mean(referredTo.map(sizeIn))));
  }
  return {
    sizes,
    excess(typeName) {
      const type = schema.getType(String(typeName));
      if (!type) return 1;
      const ratios = Object.entries(SIZES).map(
        ([list, sizeOf]) => sizeOf(type, schema) / Math.max(1, sizes.get(`__Type.${list}`) ?? 1),
      );
      return Math.max(1, ...ratios);
    },
  };
}

/** The lists of a type. */
const SIZES: Readonly<Record<string, (type: GraphQLNamedType, schema: GraphQLSchema) => number>> = {
  fields: (type) => (isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()).length : 0),
  inputFields: (type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0),
  enumValues: (type) => (isEnumType(type) ? type.getValues().length : 0),
  interfaces: (type) => (isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().length : 0),
  possibleTypes: (type, schema) => (isAbstractType(type) ? schema.getPossibleTypes(type).length : 0),
};

function mean(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
}
