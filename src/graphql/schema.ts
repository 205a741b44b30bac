import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import {
  ChangeResolver,
  ParameterHistoryResolver,
  ProjectHistoryResolver,
  ProxyHistoryResolver,
} from '../audit/history-resolver.ts';
import { ParameterResolver, ProjectParametersResolver } from '../parameters/parameter-resolver.ts';
import { ProjectResolver } from '../projects/project-resolver.ts';
import { ProjectProxiesResolver, ProxyResolver } from '../proxies/proxy-resolver.ts';
import { NodeResolver } from './node-resolver.ts';

/** The whole API, made of every feature's resolvers. */
export function buildApiSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      NodeResolver,
      ProjectResolver,
      ParameterResolver,
      ProjectParametersResolver,
      ProxyResolver,
      ProjectProxiesResolver,
      ProjectHistoryResolver,
      ParameterHistoryResolver,
      ProxyHistoryResolver,
      ChangeResolver,
    ],
    validate: false,
  });
}

/** As `schema/schema.graphql` holds it. */
export function printApiSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
