import { graphql, type ResultOf } from '../../graphql/graphql.ts';

/** What the list shows of a proxy connection. */
export const LISTED_PROXY = graphql(`
  fragment ListedProxy on ProxyConnection {
    id
    resourceId
    name
    description
    type
    version
    editedAt
    editedBy {
      name
      identity
    }
    deletedAt
    deletedBy {
      name
    }
    lastTest {
      success
      failure
      environment
      stale
      at
    }
    usedBy(first: 0) {
      totalCount
    }
  }
`);

export type ListedProxy = ResultOf<typeof LISTED_PROXY>;
