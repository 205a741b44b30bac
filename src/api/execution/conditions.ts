import {
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** What of an operation depends on the values of its variables before it is executed. */
export interface Conditions {
  /** Of `@skip` and `@include`: these decide which fields there are. */
  readonly selecting: readonly string[];
  /** Those whose values change what it costs; of the others it only counts whether they are there and null. */
  readonly costing: readonly string[];
  /** Undefined: its answers are never kept. */
  readonly keeping: Keeping | undefined;
}

/** What an operation's kept answers depend on beside its variables, and what its asker may see. */
export interface Keeping {
  /** It tells who asks. */
  readonly tellsAsker: boolean;
  /** Variables that only say how new an answer has to be. */
  readonly reaching: readonly string[];
}

/** Fields of `Query` that are read from the logs of single projects alone, or tell who asks. */
const KEPT_ROOTS: ReadonlySet<string> = new Set(['__typename', 'project', 'node', 'nodes', 'viewer']);

/** Sizes of pages, ids, and the name of a type in introspection: see `query-cost.ts`. */
const SIZES: ReadonlySet<string> = new Set(['first', 'last', 'ids', 'name']);

export function conditionsOf(schema: GraphQLSchema, document: DocumentNode): Conditions {
  const selecting = new Set<string>();
  const costing = new Set<string>();
  const reaching = new Set<string>();
  const otherwise = new Set<string>();
  const info = new TypeInfo(schema);
  const note = (node: ASTNode, ...into: readonly Set<string>[]) =>
    visit(node, {
      enter: (each) => {
        if (each.kind === Kind.VARIABLE) for (const set of into) set.add(each.name.value);
      },
    });
  const enter = (node: ASTNode) => {
    if (node.kind === Kind.DIRECTIVE) note(node, selecting, costing);
    if (node.kind !== Kind.FIELD) return;
    const costsByItself = info.getFieldDef()?.extensions.complexity !== undefined;
    for (const argument of node.arguments ?? []) {
      if (costsByItself || SIZES.has(argument.name.value)) note(argument, costing);
      note(argument, argument.name.value === 'atLeastPosition' ? reaching : otherwise);
    }
  };
  visit(document, visitWithTypeInfo(info, { enter }));
  for (const name of selecting) otherwise.add(name);
  const roots = rootFields(document);
  const isKept = roots.every((name) => KEPT_ROOTS.has(name));
  const keeping = {
    tellsAsker: roots.includes('viewer'),
    reaching: [...reaching].filter((name) => !otherwise.has(name)),
  };
  return { selecting: [...selecting], costing: [...costing], keeping: isKept ? keeping : undefined };
}

/** Those of all operations of a document, and of what its fragments on `Query` hold. */
function rootFields(document: DocumentNode): readonly string[] {
  const names: string[] = [];
  const collect = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) names.push(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
    }
  };
  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) {
      // Of a mutation none is kept.
      if (node.operation !== OperationTypeNode.QUERY) return ['mutation'];
      collect(node.selectionSet);
    } else if (node.kind === Kind.FRAGMENT_DEFINITION && node.typeCondition.name.value === 'Query') {
      collect(node.selectionSet);
    }
  }
  return names;
}
