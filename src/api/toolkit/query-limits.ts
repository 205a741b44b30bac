import { ApolloArmor } from '@escape.tech/graphql-armor';
import { NoSchemaIntrospectionCustomRule, type ValidationRule } from 'graphql';

/** Of a query's text. */
export const MOST_TOKENS = 10_000;
/** Of a request's variables: texts, numbers, objects, lists and so on, at whatever depth. */
export const MOST_VALUES = 15_000;
/** Levels of fields. */
const DEEPEST = 20;
const MOST_ALIASES = 100;
const MOST_DIRECTIVES = 50;

/**
 * Rules that a query must pass before it is executed, beside those of the specification.
 *
 * @param introspection whether the schema may be asked for
 */
export function queryLimits({ introspection }: { readonly introspection: boolean }): readonly ValidationRule[] {
  const armor = new ApolloArmor({
    maxDepth: { n: DEEPEST, flattenFragments: true },
    maxAliases: { n: MOST_ALIASES },
    maxDirectives: { n: MOST_DIRECTIVES },
    maxTokens: { enabled: false },
    costLimit: { enabled: false },
    blockFieldSuggestion: { enabled: false },
  }).protect();
  const limits = armor.validationRules as ValidationRule[];
  return introspection ? limits : [...limits, NoSchemaIntrospectionCustomRule];
}
