import { createContext, type ReactNode, use } from 'react';
import { Link } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';
import { graphql } from '../../graphql/graphql.ts';
import { useAsk } from '../../graphql/use-ask.ts';
import { useAddress } from '../../time/moment.ts';
import type { Change } from './change-query.ts';

const NAMES = graphql(`
  query ProxyNames($ids: [ID!]!) {
    nodes(ids: $ids) {
      id
      ... on ProxyConnection {
        resourceId
        name
      }
    }
  }
`);

const Names = createContext<ReadonlyMap<string, string>>(new Map());

/** Asks once for the names of all proxy connections that changes name by their ids; as they are called now. */
export function ProxyNames({
  changes,
  children,
}: {
  readonly changes: readonly Change[];
  readonly children: ReactNode;
}) {
  const fields = changes.flatMap((change) => change.fields.filter(({ field }) => field === 'proxyConnectionId'));
  const ids = [...new Set(fields.flatMap(({ before, after }) => [before, after]))].filter((id) => id !== null).sort();
  const { data } = useAsk(NAMES, { ids }, ids.length > 0);
  const names = new Map<string, string>();
  for (const node of data?.nodes ?? []) if (node && 'name' in node) names.set(node.resourceId, node.name);
  return <Names value={names}>{children}</Names>;
}

/** A proxy connection that a change names by its id, by its name. */
export function ProxyName({ id }: { readonly id: string }) {
  const { key } = useProject();
  const address = useAddress();
  const name = use(Names).get(id);
  return <Link href={address(`/projects/${key}/proxy-connections/${id}`)}>{name ?? 'a proxy connection'}</Link>;
}
