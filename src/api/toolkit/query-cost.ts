import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { type ComplexityEstimator, fieldExtensionsEstimator, getComplexity } from 'graphql-query-complexity';
import { argumentFault } from './error-texts.ts';
import { introspectionLists } from './introspection-cost.ts';
import { DEFAULT_PAGE, LARGEST_PAGE } from './paging.ts';

/** What a request may cost: about as many fields of the answer. */
export const HIGHEST_COST = 100_000;
/** The same, for each event of a subscription. */
export const HIGHEST_COST_OF_AN_EVENT = HIGHEST_COST / 100;

/** What is added for a page that is read from the store, and not from memory. */
const COST_OF_A_READ = 20;
const READ_FROM_STORE: ReadonlySet<string> = new Set(['ChangeConnection', 'ProxyTestConnection']);
/** What a list without pages is taken to hold. */
const USUAL_LIST = 5;

/** The error of an operation that could answer too much; undefined for one that may be executed. */
export function costError(
  schema: GraphQLSchema,
  query: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): GraphQLError | undefined {
  const name = operation.name ? { operationName: operation.name.value } : {};
  const isSubscription = operation.operation === OperationTypeNode.SUBSCRIPTION;
  const [what, most] = isSubscription ? ['an event', HIGHEST_COST_OF_AN_EVENT] : ['the request', HIGHEST_COST];
  try {
    const estimators = [fieldExtensionsEstimator(), estimator(schema)];
    const cost = Math.ceil(getComplexity({ schema, query, variables, estimators, ...name }));
    if (cost <= most) return undefined;
    return tooMuch(`${what} would answer too much: its cost is ${cost}, and ${most} is the most`);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    if (/maximum allowed number of nodes/.test(error.message)) return tooMuch('the request has too many fields');
    // An argument whose value does not fit, such as null from a variable that has a default.
    const { nodes = null, positions = null, source = null } = error;
    return new GraphQLError(argumentFault(error), { nodes, positions, source, extensions: { code: 'BAD_USER_INPUT' } });
  }
}

function tooMuch(message: string): GraphQLError {
  return new GraphQLError(`${message}; ask for less at once`, { extensions: { code: 'BAD_USER_INPUT' } });
}

function estimator(schema: GraphQLSchema): ComplexityEstimator {
  const introspection = introspectionLists(schema);
  return (field) => {
    // Nothing in the schema bounds these, and they hold what is known.
    const listed = introspection.sizes.get(`${field.type.name}.${field.field.name}`);
    if (listed !== undefined) return 1 + listed * field.childComplexity;
    if (field.field.name === '__type') return 1 + introspection.excess(field.args.name) * field.childComplexity;
    return estimate(field) ?? 1;
  };
}

/** A field costs 1 and what is below it, as often as it may be there. */
const estimate: ComplexityEstimator = ({ args, field, childComplexity }) => {
  const type = getNamedType(field.type);
  if (isObjectType(type) && 'pageInfo' in type.getFields()) {
    const size = Math.min(Math.max(Number(args.first ?? args.last ?? DEFAULT_PAGE), 0), LARGEST_PAGE);
    const read = READ_FROM_STORE.has(type.name) ? COST_OF_A_READ : 0;
    return 1 + read + size * childComplexity;
  }
  if (Array.isArray(args.ids)) return 1 + args.ids.length * childComplexity;
  const isList = String(field.type).startsWith('[');
  // The nodes of a page are counted with the page.
  const isOfPage = field.name === 'nodes' || field.name === 'edges';
  return 1 + (isList && !isOfPage ? USUAL_LIST : 1) * childComplexity;
};
