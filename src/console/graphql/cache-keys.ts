import type { introspection_types as Types } from './graphql-env.d.ts';

/** Objects of these types live within the one that they were read from: they have no id. */
type WithoutId = {
  [Name in keyof Types]: Types[Name] extends { kind: 'OBJECT'; fields: infer Fields }
    ? 'id' extends keyof Fields
      ? never
      : Name
    : never;
}[keyof Types];

const within = () => null;

/** By the name of the type. All others are kept by their id, which below asOf carries the moment. */
export const KEYS = {
  AccessGrant: within,
  AccessGrantConnection: within,
  AccessGrantEdge: within,
  AccessPayload: within,
  Actor: within,
  ApiTokenConnection: within,
  ApiTokenEdge: within,
  Authority: within,
  CallDataSourcePayload: within,
  Certificate: within,
  ChangeConnection: within,
  ChangeEdge: within,
  Commit: within,
  ConfigParameterConnection: within,
  ConfigParameterEdge: within,
  ConfigParameterPayload: within,
  CurlPreview: within,
  DataSourceConnection: within,
  DataSourceEdge: within,
  DataSourcePayload: within,
  DeleteProxyConnectionPayload: within,
  EnvironmentValue: within,
  FieldChange: within,
  Header: within,
  HttpResponse: within,
  Instance: within,
  IssueTokenPayload: within,
  PageInfo: within,
  Principal: within,
  ProbeStage: within,
  ProjectConnection: within,
  ProjectEdge: within,
  ProjectPayload: within,
  ProxyConnectionConnection: within,
  ProxyConnectionEdge: within,
  ProxyConnectionPayload: within,
  ProxyTest: within,
  ProxyTestConnection: within,
  ProxyTestEdge: within,
  TestProxyPayload: within,
  TlsReport: within,
  TokenPayload: within,
  UserError: within,
  Viewer: within,
} satisfies Record<Exclude<WithoutId, `__${string}` | 'Query' | 'Mutation' | 'Subscription'>, () => null>;

const NODES = ['Project', 'ProxyConnection', 'DataSource', 'ConfigParameter', 'ApiToken', 'Change'];

/** Which types a fragment on an interface fits. */
export const POSSIBLE_TYPES = {
  Node: NODES,
  Audited: ['Project', 'ProxyConnection', 'DataSource', 'ConfigParameter'],
};
