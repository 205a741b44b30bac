import { graphql, type ResultOf } from '../../graphql/graphql.ts';

/** All that the page of a proxy connection shows of it, but its tests. */
export const SHOWN_PROXY = graphql(`
  fragment ShownProxy on ProxyConnection {
    id
    resourceId
    name
    description
    type
    host
    port
    authType
    user
    hasPassword
    version
    createdAt
    createdBy {
      name
    }
    editedAt
    editedBy {
      name
    }
    deletedAt
    deletedBy {
      name
    }
  }
`);

export type ShownProxy = ResultOf<typeof SHOWN_PROXY>;
