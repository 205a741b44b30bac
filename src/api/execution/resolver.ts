import type { GraphQLFieldResolver } from 'graphql';

export type Resolver = GraphQLFieldResolver<unknown, unknown>;
