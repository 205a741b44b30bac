import { graphql, type ResultOf } from '../../graphql/graphql.ts';

export const VERSION = graphql(`
  fragment VersionCells on Node {
    __typename
    id
    ... on Audited {
      resourceId
      version
      deletedAt
    }
    ... on ProxyConnection {
      name
      description
      type
      host
      port
      authType
      user
      hasPassword
    }
    ... on DataSource {
      name
      description
      baseUrl
      connectThroughProxy
      routing
      proxyConnection {
        id
        name
      }
      headers {
        name
        secret
        value
      }
    }
    ... on ConfigParameter {
      key
      description
      secret
      defaultValue
      values {
        environment
        value
      }
    }
  }
`);

/** A resource at the moment that is asked about. */
export const RESOURCE = graphql(
  `
  query ResourceVersion($key: String!, $asOf: AsOfInput, $id: ID!) {
    project(key: $key, asOf: $asOf) {
      id
      resource(id: $id) {
        ...VersionCells
      }
    }
  }
`,
  [VERSION],
);

type Found = NonNullable<NonNullable<ResultOf<typeof RESOURCE>['project']>['resource']>;
/** What has versions that can be restored. */
export type Restorable = Extract<Found, { __typename: 'ProxyConnection' | 'DataSource' | 'ConfigParameter' }>;

export function isRestorable(found: Found | null | undefined): found is Restorable {
  return (
    found?.__typename === 'ProxyConnection' ||
    found?.__typename === 'DataSource' ||
    // Nobody has the earlier values of a secret one.
    (found?.__typename === 'ConfigParameter' && !found.secret)
  );
}

export function nameOf(found: Found): string | undefined {
  if ('name' in found) return found.name;
  return 'key' in found ? found.key : undefined;
}

export const RESTORE_PROXY = graphql(`
  mutation RestoreProxyConnection($input: RestoreInput!) {
    restoreProxyConnection(input: $input) {
      proxyConnection {
        id
        version
        deletedAt
      }
      userErrors {
        code
        path
        message
      }
    }
  }
`);

export const RESTORE_DATA_SOURCE = graphql(`
  mutation RestoreDataSource($input: RestoreInput!) {
    restoreDataSource(input: $input) {
      dataSource {
        id
        version
        deletedAt
      }
      userErrors {
        code
        path
        message
      }
    }
  }
`);

export const RESTORE_PARAMETER = graphql(`
  mutation RestoreConfigParameter($input: SetConfigParameterInput!) {
    setConfigParameter(input: $input) {
      configParameter {
        id
        version
        deletedAt
      }
      userErrors {
        code
        path
        message
      }
    }
  }
`);
