import { graphql, type ResultOf } from '../../graphql/graphql.ts';

/** All that the page of a data source shows. */
export const SHOWN_DATA_SOURCE = graphql(`
  fragment ShownDataSource on DataSource {
    id
    resourceId
    name
    description
    baseUrl
    headers {
      name
      value
      secret
    }
    connectThroughProxy
    proxyConnection {
      id
      resourceId
      name
    }
    routing
    version
    createdAt
    createdBy {
      name
    }
    editedAt
    editedBy {
      name
      identity
    }
    deletedAt
    deletedBy {
      name
    }
  }
`);

export type ShownDataSource = ResultOf<typeof SHOWN_DATA_SOURCE>;
