import {
  defaultTypeResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  TypeNameMetaFieldDef,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { ROW_TELLS_ALL } from '../toolkit/row-tells-all.ts';
import { bareResolver } from './bare-resolvers.ts';
import type { Variables } from './coercion.ts';
import type { Resolver } from './resolver.ts';

/** An operation whose selections are known, but for those of objects that were not met yet. */
export interface Plan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly root: ObjectPlan;
  /** How many fields have arguments; each has a number. */
  argued: number;
}

/** What is selected of an object. */
export interface ObjectPlan {
  readonly type: GraphQLObjectType;
  readonly fields: readonly FieldPlan[];
  /** Of the names of its fields in the answer. */
  readonly characters: number;
  /** Whether all of it is told by the row that the object shows. */
  readonly isOfRow: boolean;
}

/** One field of an answer. */
export interface FieldPlan {
  /** What the answer calls it. */
  readonly key: string;
  readonly name: string;
  readonly nodes: readonly FieldNode[];
  readonly definition: GraphQLField<unknown, unknown>;
  readonly type: GraphQLOutputType;
  readonly shape: Shape;
  readonly parentType: GraphQLObjectType;
  /** Undefined: it is a member of its object. */
  readonly resolve: Resolver | undefined;
  /** Undefined: it takes no arguments. */
  readonly argumentsNumber: number | undefined;
  /** The type of its values, if these are no objects and no lists. */
  readonly leaf: GraphQLLeafType | undefined;
  readonly isRequired: boolean;
  /** What is selected of its objects. */
  below(type: GraphQLObjectType): ObjectPlan;
}

/** An output type, read once. */
export type Shape =
  | { readonly kind: 'required'; readonly of: Shape; readonly type: GraphQLOutputType }
  | { readonly kind: 'list'; readonly of: Shape; readonly type: GraphQLOutputType }
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType }
  | { readonly kind: 'object'; readonly type: GraphQLObjectType }
  | { readonly kind: 'abstract'; readonly type: GraphQLAbstractType };

function shapeOf(type: GraphQLOutputType): Shape {
  if (isNonNullType(type)) return { kind: 'required', of: shapeOf(type.ofType), type };
  if (isListType(type)) return { kind: 'list', of: shapeOf(type.ofType), type };
  if (isLeafType(type)) return { kind: 'leaf', type };
  return isObjectType(type) ? { kind: 'object', type } : { kind: 'abstract', type };
}

/** A response name that JavaScript's objects do not take like others. */
const ODD_KEY = '__proto__';

/**
 * Reads an operation that passed validation. What its selections are depends on the variables of their conditions
 * (`@skip`, `@include`), whose values these are. Undefined for one that graphql-js shall execute.
 */
export function makePlan(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  variables: Variables,
): Plan | undefined {
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) return undefined;
  let argued = 0;

  const objectPlan = (type: GraphQLObjectType, selected: ReadonlyMap<string, readonly FieldNode[]>): ObjectPlan => {
    const fields = [...selected].map(([key, nodes]) => fieldPlan(type, key, nodes));
    const characters = fields.reduce((sum, { key }) => sum + key.length, 0);
    return { type, fields, characters, isOfRow: tellsAll(type) && fields.every(isOfRow) };
  };

  const fieldPlan = (parentType: GraphQLObjectType, key: string, nodes: readonly FieldNode[]): FieldPlan => {
    const [{ name }] = nodes as readonly [FieldNode];
    if (key === ODD_KEY) throw new UnplannedError();
    const definition =
      name.value === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : parentType.getFields()[name.value];
    // Introspection has resolvers of graphql-js's own.
    if (!definition || (name.value.startsWith('__') && definition !== TypeNameMetaFieldDef)) throw new UnplannedError();
    const { type } = definition;
    const bareType = isNonNullType(type) ? type.ofType : type;
    const plans = new Map<GraphQLObjectType, ObjectPlan>();
    const below = (of: GraphQLObjectType) => {
      let plan = plans.get(of);
      if (!plan) {
        plan = objectPlan(of, collectSubfields(schema, fragments, variables, of, nodes));
        plans.set(of, plan);
      }
      return plan;
    };
    if (definition.args.length > 0) argued += 1;
    return {
      ...{ key, name: name.value, nodes, definition, type, shape: shapeOf(type), parentType, below },
      resolve: definition === TypeNameMetaFieldDef ? () => parentType.name : bareResolver(schema, definition),
      argumentsNumber: definition.args.length > 0 ? argued - 1 : undefined,
      leaf: isLeafType(bareType) ? bareType : undefined,
      isRequired: isNonNullType(type),
    };
  };

  try {
    const root = objectPlan(rootType, collectFields(schema, fragments, variables, rootType, operation.selectionSet));
    return { schema, operation, fragments, root, argued };
  } catch (error) {
    if (error instanceof UnplannedError) return undefined;
    throw error;
  }
}

function isOfRow({ definition, resolve, argumentsNumber, leaf, shape, below }: FieldPlan): boolean {
  if (definition === TypeNameMetaFieldDef) return true;
  if (resolve || argumentsNumber !== undefined || definition.extensions[ROW_TELLS_ALL] === false) return false;
  const { kind, type } = shape.kind === 'required' ? shape.of : shape;
  return leaf !== undefined || (kind === 'object' && below(type).isOfRow);
}

function tellsAll({ extensions }: GraphQLObjectType): boolean {
  return extensions[ROW_TELLS_ALL] === true;
}

class UnplannedError extends Error {
  override readonly name = 'UnplannedError';
}

/** The name of an object's type, as graphql-js finds it. */
export function typeNameOf(type: GraphQLAbstractType): NonNullable<GraphQLAbstractType['resolveType']> {
  return type.resolveType ?? defaultTypeResolver;
}
