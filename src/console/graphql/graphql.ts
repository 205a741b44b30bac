import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './graphql-env.d.ts';

/** An operation or fragment, typed from the schema. Select `id` wherever a type has one: the cache keeps objects by it. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { DateTime: string; PortTemplate: string };
}>();

export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada';
