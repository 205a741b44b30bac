import { Link } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';
import { graphql } from '../../graphql/graphql.ts';
import { useAsk } from '../../graphql/use-ask.ts';
import { useAddress } from '../../time/moment.ts';

const NAME = graphql(`
  query ProxyName($key: String!, $asOf: AsOfInput, $id: ID!) {
    project(key: $key, asOf: $asOf) {
      id
      resource(id: $id) {
        id
        ... on ProxyConnection {
          name
        }
      }
    }
  }
`);

/** A proxy connection that a change names by its id, by its name. */
export function ProxyName({ id }: { readonly id: string }) {
  const { key, asOf } = useProject();
  const address = useAddress();
  const { data } = useAsk(NAME, { key, asOf, id });
  const proxy = data?.project?.resource;
  return (
    <Link href={address(`/projects/${key}/proxy-connections/${id}`)}>
      {proxy && 'name' in proxy ? proxy.name : 'a proxy connection'}
    </Link>
  );
}
