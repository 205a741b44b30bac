import {
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';

/** A value that does not fit its type. Why, graphql-js is to say. */
export class UnfitError extends Error {
  override readonly name = 'UnfitError';
}

/** There is nothing to tell of it, and a stack would be most of its cost. */
const UNFIT = new UnfitError('a variable does not fit its type');

type Coerce = (value: unknown) => unknown;

export type Variables = Readonly<Record<string, unknown>>;

/** Coerces the variables of an operation. Throws `UnfitError` where graphql-js would find a fault. */
export type CoerceVariables = (given: Variables) => Record<string, unknown>;

/** By graphql-js's `coerceInputValue` and `getVariableValues`: the same values for whatever fits. */
export function compileVariables(schema: GraphQLSchema, operation: OperationDefinitionNode): CoerceVariables {
  const known = new Map<GraphQLInputType, Coerce>();
  const variables = (operation.variableDefinitions ?? []).map(({ variable, type: typeNode, defaultValue }) => {
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) throw new TypeError('a valid operation has variables of input types');
    return { name: variable.name.value, coerce: coercer(type, known), type, defaultValue };
  });
  return (given) => {
    const coerced: Record<string, unknown> = {};
    for (const { name, coerce, type, defaultValue } of variables) {
      if (Object.hasOwn(given, name)) coerced[name] = coerce(given[name]);
      // Made anew for each request: nobody shall find what another one left in it.
      else if (defaultValue) coerced[name] = valueFromAST(defaultValue, type);
      else if (isNonNullType(type)) throw UNFIT;
    }
    return coerced;
  };
}

function coercer(type: GraphQLInputType, known: Map<GraphQLInputType, Coerce>): Coerce {
  const made = known.get(type);
  if (made) return made;
  let coerce: Coerce = () => undefined;
  // An input type may hold itself.
  known.set(type, (value) => coerce(value));
  coerce = makeCoercer(type, known);
  known.set(type, coerce);
  return coerce;
}

function makeCoercer(type: GraphQLInputType, known: Map<GraphQLInputType, Coerce>): Coerce {
  if (isNonNullType(type)) {
    const coerce = coercer(type.ofType, known);
    return (value) => {
      if (value === null || value === undefined) throw UNFIT;
      return coerce(value);
    };
  }
  const coerce = isListType(type)
    ? listCoercer(coercer(type.ofType, known))
    : isInputObjectType(type)
      ? objectCoercer(type.getFields(), known)
      : leafCoercer(type);
  return (value) => (value === null || value === undefined ? null : coerce(value));
}

function listCoercer(coerce: Coerce): Coerce {
  return (value) => (Array.isArray(value) ? value.map(coerce) : [coerce(value)]);
}

type InputFields = Readonly<
  Record<string, { readonly name: string; readonly type: GraphQLInputType; readonly defaultValue?: unknown }>
>;

function objectCoercer(of: InputFields, known: Map<GraphQLInputType, Coerce>): Coerce {
  const fields = Object.values(of).map(({ name, type, defaultValue }) => ({
    ...{ name, defaultValue, coerce: coercer(type, known) },
    isRequired: isNonNullType(type),
  }));
  const names = new Set(fields.map(({ name }) => name));
  return (value) => {
    if (typeof value !== 'object' || Array.isArray(value)) throw UNFIT;
    const given = value as Variables;
    const coerced: Record<string, unknown> = {};
    for (const { name, coerce, isRequired, defaultValue } of fields) {
      const member = given[name];
      if (member !== undefined) coerced[name] = coerce(member);
      else if (defaultValue !== undefined) coerced[name] = defaultValue;
      else if (isRequired) throw UNFIT;
    }
    for (const name of Object.keys(given)) if (!names.has(name)) throw UNFIT;
    return coerced;
  };
}

function leafCoercer(type: GraphQLInputType): Coerce {
  if (isEnumType(type)) {
    const values = new Map(type.getValues().map(({ name, value }) => [name, value as unknown]));
    return (value) => {
      if (typeof value !== 'string' || !values.has(value)) throw UNFIT;
      return values.get(value);
    };
  }
  if (!('parseValue' in type)) throw new TypeError(`${String(type)} is no leaf type`);
  return (value) => {
    let parsed: unknown;
    try {
      parsed = type.parseValue(value);
    } catch {
      throw UNFIT;
    }
    if (parsed === undefined) throw UNFIT;
    return parsed;
  };
}
