import { gql, stringifyDocument, type TypedDocumentNode } from 'urql';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { type RESOURCE, VERSION } from '../parts/changes/version-query.ts';

/**
 * What has been edited, made or deleted since an instant, deleted ones too; of one kind of resource. Of data sources also those
 * that refuse their calls at either moment: the deletion of a proxy connection is no edit of them.
 */
export const EDITED_SINCE = graphql(
  `
    query EditedSince(
      $key: String!
      $earlier: AsOfInput!
      $since: DateTime!
      $proxies: Boolean!
      $dataSources: Boolean!
      $parameters: Boolean!
      $first: Int!
      $after: String
    ) {
      project(key: $key) {
        id
        proxyConnections(filter: { state: ANY, editedSince: $since }, first: $first, after: $after)
          @include(if: $proxies) {
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            id
            ...VersionCells
          }
        }
        dataSources(filter: { state: ANY, editedSince: $since }, first: $first, after: $after)
          @include(if: $dataSources) {
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            id
            ...VersionCells
          }
        }
        refused: dataSources(filter: { routing: PROXY_DELETED }, first: 100) @include(if: $dataSources) {
          nodes {
            id
            resourceId
          }
        }
        configParameters(filter: { state: ANY, editedSince: $since }, first: $first, after: $after)
          @include(if: $parameters) {
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            id
            ...VersionCells
          }
        }
      }
      earlier: project(key: $key, asOf: $earlier) @include(if: $dataSources) {
        id
        dataSources(filter: { routing: PROXY_DELETED }, first: 100) {
          nodes {
            id
            resourceId
          }
        }
      }
    }
  `,
  [VERSION],
);

type Found = NonNullable<NonNullable<ResultOf<typeof RESOURCE>['project']>['resource']>;
export type ComparedResource = Extract<Found, { __typename: 'ProxyConnection' | 'DataSource' | 'ConfigParameter' }>;

type Resources = {
  readonly project:
    | ({ readonly id: string } & { readonly [alias: `r${number}`]: ComparedResource | null | undefined })
    | null;
};
type Variables = {
  readonly key: string;
  readonly asOf: { readonly position: number } | null;
  readonly [id: `id${number}`]: string;
};

/** Asks for so many resources by their `resourceId` at one moment, each under a name of its own. */
export function resourcesQuery(count: number): TypedDocumentNode<Resources, Variables> {
  const numbers = Array.from({ length: count }, (_, number) => number);
  return gql<Resources, Variables>(`
    query Resources($key: String!, $asOf: AsOfInput${numbers.map((number) => `, $id${number}: ID!`).join('')}) {
      project(key: $key, asOf: $asOf) {
        id
        ${numbers.map((number) => `r${number}: resource(id: $id${number}) { id ...VersionCells }`).join('\n')}
      }
    }
    ${stringifyDocument(VERSION)}
  `);
}
