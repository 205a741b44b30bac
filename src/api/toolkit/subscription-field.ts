import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * The error of a document whose subscription may be without its field, for there would be nothing to subscribe to.
 * To be asked before the rules of validation: graphql-js's own throws on a condition that is a variable.
 */
export function conditionError(document: DocumentNode): GraphQLError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const isConditional = document.definitions.some(
    (node) =>
      node.kind === Kind.OPERATION_DEFINITION &&
      node.operation === OperationTypeNode.SUBSCRIPTION &&
      mayBeSkipped(node.selectionSet, fragments, new Set()),
  );
  if (!isConditional) return undefined;
  const message = "a subscription's field takes neither @skip nor @include";
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

function mayBeSkipped(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  visited: Set<string>,
): boolean {
  return selections.some((selection) => {
    if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) return true;
    if (selection.kind === Kind.FIELD) return false;
    if (selection.kind === Kind.INLINE_FRAGMENT) return mayBeSkipped(selection.selectionSet, fragments, visited);
    const name = selection.name.value;
    const fragment = fragments.get(name);
    if (!fragment || visited.has(name)) return false;
    visited.add(name);
    return mayBeSkipped(fragment.selectionSet, fragments, visited);
  });
}
