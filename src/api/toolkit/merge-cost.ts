import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { badUserInput } from './errors.ts';

/** How many comparisons of two selections a document may lead to; each takes about a microsecond. */
const MOST_COMPARISONS = 50_000;
/** Levels of fields, far more than a query may have. */
const DEEPEST_COUNTED = 200;

/**
 * The error of a document that would take too long to validate: whether selections can be merged (GraphQL §5.3.2) is asked
 * of each two that have one name in one place of the answer, and of each two fragments that are spread there, and grows
 * with the square of how many there are. To be asked before the rules of validation.
 */
export function mergeError(document: DocumentNode): GraphQLError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const comparisons = new Comparisons(fragments);
  // The rules look into each fragment by itself as well.
  const isWithin = document.definitions.every(
    (node) => !('selectionSet' in node) || comparisons.add([node.selectionSet]),
  );
  return isWithin ? undefined : badUserInput('the document repeats too many fields or fragments; ask for less at once');
}

/** Counts them, and stops counting where they are too many. */
class Comparisons {
  private left = MOST_COMPARISONS;

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  /**
   * Of selection sets that are merged into one, and of what is below them; false when there are none left. `around` are
   * the fragments that they are in.
   */
  add(sets: readonly SelectionSetNode[], around: ReadonlySet<string> = new Set(), depth = 0): boolean {
    if (depth > DEEPEST_COUNTED) return false;
    const counts = new Map<string, number>();
    const below = new Map<string, SelectionSetNode[]>();
    const spread = new Set(around);
    const open = [...sets];
    for (let set = open.pop(); set; set = open.pop()) {
      for (const selection of set.selections) {
        const name = nameOf(selection);
        const alike = selection.kind === Kind.FRAGMENT_SPREAD ? spread.size : (counts.get(name) ?? 0);
        if (!this.spend(1 + alike)) return false;
        if (selection.kind === Kind.FIELD) {
          counts.set(name, alike + 1);
          if (selection.selectionSet) push(below, name, selection.selectionSet);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) open.push(selection.selectionSet);
        else if (!spread.has(name)) {
          spread.add(name);
          const fragment = this.fragments.get(name);
          if (fragment) open.push(fragment.selectionSet);
        }
      }
    }
    return [...below.values()].every((each) => this.add(each, spread, depth + 1));
  }

  private spend(comparisons: number): boolean {
    this.left -= comparisons;
    return this.left >= 0;
  }
}

/** What a field is called in the answer, or a fragment that is spread; inline fragments have no name. */
function nameOf(selection: SelectionNode): string {
  if (selection.kind === Kind.INLINE_FRAGMENT) return '';
  return ((selection.kind === Kind.FIELD && selection.alias) || selection.name).value;
}

function push<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
