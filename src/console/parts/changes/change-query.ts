import { graphql, type ResultOf, type VariablesOf } from '../../graphql/graphql.ts';

const CHANGE = graphql(`
  fragment ChangeCells on Change {
    id
    type
    version
    subjectId
    subjectName
    fields {
      field
      before
      after
      secret
    }
    commit {
      position
      at
      reason
      actor {
        identity
        kind
        name
      }
    }
  }
`);

/** As the history shows it. */
export type Change = ResultOf<typeof CHANGE>;

export const CHANGES = graphql(
  `
  query Changes(
    $key: String!
    $asOf: AsOfInput
    $filter: ChangeFilter
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    project(key: $key, asOf: $asOf) {
      id
      history(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
        nodes {
          ...ChangeCells
        }
      }
    }
  }
`,
  [CHANGE],
);

/** Which changes are wanted. */
export type ChangeFilter = NonNullable<VariablesOf<typeof CHANGES>['filter']>;
