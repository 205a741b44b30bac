import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { AccessResolver, ProjectAccessResolver } from './access/access-resolver.ts';
import { guardFields } from './access/guard-fields.ts';
import { InstanceResolver } from './access/instance-resolver.ts';
import { InstanceTokensResolver, ProjectTokensResolver, TokenResolver } from './access/token-resolver.ts';
import { CallResolver } from './data-sources/call-resolver.ts';
import {
  DataSourceResolver,
  ProjectDataSourcesResolver,
  ProxyUsersResolver,
} from './data-sources/data-source-resolver.ts';
import { callMethods, keepBareResolvers, unwrapMembers } from './execution/bare-resolvers.ts';
import { ChangesResolver } from './history/changes-resolver.ts';
import {
  ChangeResolver,
  CommitResolver,
  DataSourceHistoryResolver,
  ParameterHistoryResolver,
  ProjectHistoryResolver,
  ProxyHistoryResolver,
} from './history/history-resolver.ts';
import { NodeResolver, ProjectResourceResolver, ViewerRolesResolver } from './node-resolver.ts';
import { ParameterResolver, ProjectParametersResolver } from './parameters/parameter-resolver.ts';
import { ProjectResolver } from './projects/project-resolver.ts';
import { ProjectProxiesResolver, ProxyResolver } from './proxies/proxy-resolver.ts';
import { countAnswers } from './toolkit/answer-size.ts';

/** The whole API, made of every feature's resolvers. */
export function buildApiSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      AccessResolver,
      ProjectAccessResolver,
      InstanceResolver,
      TokenResolver,
      ProjectTokensResolver,
      InstanceTokensResolver,
      NodeResolver,
      ViewerRolesResolver,
      ProjectResourceResolver,
      ProjectResolver,
      ParameterResolver,
      ProjectParametersResolver,
      ProxyResolver,
      ProjectProxiesResolver,
      ProjectHistoryResolver,
      ParameterHistoryResolver,
      ProxyHistoryResolver,
      DataSourceHistoryResolver,
      ChangeResolver,
      CommitResolver,
      DataSourceResolver,
      ProjectDataSourcesResolver,
      ProxyUsersResolver,
      CallResolver,
      ChangesResolver,
    ],
    validate: false,
    pubSub: NO_PUBSUB,
  });
  // type-graphql makes these three itself, and describes none.
  for (const [name, description] of Object.entries(ROOTS)) {
    const root = schema.getType(name);
    if (root) root.description = description;
  }
  unwrapMembers(schema);
  callMethods(schema);
  guardFields(schema);
  keepBareResolvers(schema);
  countAnswers(schema);
  return schema;
}

const ROOTS = {
  Query: 'What can be read. One request sees one state of each project.',
  Mutation:
    'What can be changed or tried. Each may be null beside an error of its own, so that an error in one field never takes the receipt of another away.',
  Subscription: 'What can be followed.',
};

/** type-graphql wants one when there is a subscription; ours read the log, and publish nothing. */
const NO_PUBSUB = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('there is nothing to subscribe to but the log');
  },
};

/** As `schema/schema.graphql` holds it. */
export function printApiSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
