import { graphql, type ResultOf } from '../../graphql/graphql.ts';

const CELLS = graphql(`
  fragment ParameterCells on ConfigParameter {
    id
    resourceId
    key
    secret
    description
    defaultValue
    hasDefaultValue
    values {
      environment
      value
    }
    version
    editedAt
    editedBy {
      name
    }
    deletedAt
    usedBy {
      __typename
      id
      ... on ProxyConnection {
        resourceId
        name
      }
      ... on DataSource {
        resourceId
        name
      }
    }
  }
`);

export const PARAMETERS = graphql(
  `
  query Parameters(
    $key: String!
    $asOf: AsOfInput
    $filter: ConfigParameterFilter
    $orderBy: ConfigParameterOrder
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    project(key: $key, asOf: $asOf) {
      id
      configParameters(
        filter: $filter
        orderBy: $orderBy
        first: $first
        after: $after
        last: $last
        before: $before
      ) {
        totalCount
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
        nodes {
          ...ParameterCells
        }
      }
    }
  }
`,
  [CELLS],
);

/** As the grid shows it. */
export type Parameter = ResultOf<typeof CELLS>;

export const SET_PARAMETER = graphql(
  `
  mutation SetConfigParameter($input: SetConfigParameterInput!) {
    setConfigParameter(input: $input) {
      configParameter {
        ...ParameterCells
      }
      userErrors {
        code
        path
        message
      }
    }
  }
`,
  [CELLS],
);

export const DELETE_PARAMETER = graphql(`
  mutation DeleteConfigParameter($input: DeleteConfigParameterInput!) {
    deleteConfigParameter(input: $input) {
      configParameter {
        id
        key
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
