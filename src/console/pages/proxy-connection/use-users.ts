import { useProject } from '../../frame/project-frame.tsx';
import { graphql } from '../../graphql/graphql.ts';
import { useAsk } from '../../graphql/use-ask.ts';

const USERS = graphql(`
  query UsersOfProxy($key: String!, $asOf: AsOfInput, $id: ID!) {
    project(key: $key, asOf: $asOf) {
      id
      resource(id: $id) {
        id
        ... on ProxyConnection {
          usedBy(first: 100) {
            totalCount
            nodes {
              id
              resourceId
              name
            }
          }
        }
      }
    }
  }
`);

/** The data sources that route through a proxy connection, the first hundred of them. */
export function useUsers(id: string) {
  const { key, asOf } = useProject();
  const asked = useAsk(USERS, { key, asOf, id });
  const found = asked.data?.project?.resource;
  return { ...asked, users: found && 'usedBy' in found ? found.usedBy : undefined };
}
