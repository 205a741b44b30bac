import type { FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';

/** Fields that send live traffic. */
const LIVE_FIELDS: ReadonlySet<string> = new Set(['testProxy', 'callDataSource']);

/** As many of them as one request may have. */
export const MOST_LIVE_FIELDS = 4;

/** How many live fields an operation has at its top, those in fragments included. */
export function countLiveFields(
  operation: OperationDefinitionNode,
  fragments: readonly FragmentDefinitionNode[],
): number {
  // Keyed by what the answer calls them: the same key twice is one field.
  const found = new Set<string>();
  const byName = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  collect(operation.selectionSet, byName, found, new Set());
  return found.size;
}

function collect(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  found: Set<string>,
  visited: Set<string>,
): void {
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      if (LIVE_FIELDS.has(selection.name.value)) found.add((selection.alias ?? selection.name).value);
    } else if (selection.kind === 'InlineFragment') {
      collect(selection.selectionSet, fragments, found, visited);
    } else if (!visited.has(selection.name.value)) {
      visited.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment) collect(fragment.selectionSet, fragments, found, visited);
    }
  }
}
