import { Button } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useProject } from '../frame/project-frame.tsx';
import { useAsk } from '../graphql/use-ask.ts';
import { Failed } from '../parts/failed.tsx';
import { Loading } from '../parts/loading.tsx';
import { compareMoments } from './compare.ts';
import { type ComparedResource, EDITED_SINCE, resourcesQuery } from './compare-query.ts';
import { DifferenceTable } from './difference-table.tsx';
import styles from './differences.module.css';

const PAGE = 20;

/** What the page is of, by its address within the project: lists of one kind, or one resource. */
const PLACE = /^\/projects\/[^/]+\/(proxy-connections|data-sources|parameters)(?:\/([\w-]+))?$/;

/** What differs between the moment that is looked at and now, of what the page shows. */
export function Differences() {
  const { log } = useProject();
  const [location] = useLocation();
  const [, kind, id] = PLACE.exec(location) ?? [];
  if (kind === undefined || !log?.commit) return null;
  const { position, at } = log.commit;
  return (
    <section aria-label="Differences" className={styles.differences}>
      <h2 className={styles.title}>What differs</h2>
      {id === undefined ? (
        // Its pages begin anew with each moment.
        <OfList key={position} kind={kind} since={at} position={position} />
      ) : (
        <Compared position={position} ids={[id]} />
      )}
    </section>
  );
}

interface OfListProps {
  readonly kind: string;
  readonly since: string;
  readonly position: number;
}

function OfList({ kind, since, position }: OfListProps) {
  const { key } = useProject();
  const [after, setAfter] = useState<string | null>(null);
  const { data, failure, again } = useAsk(EDITED_SINCE, {
    key,
    earlier: { position },
    since,
    proxies: kind === 'proxy-connections',
    dataSources: kind === 'data-sources',
    parameters: kind === 'parameters',
    first: PAGE,
    after,
  });
  const list = data?.project?.proxyConnections ?? data?.project?.dataSources ?? data?.project?.configParameters;
  if (!list) return failure ? <Failed failure={failure} again={again} /> : <Loading rows={2} />;
  const { hasNextPage, endCursor } = list.pageInfo;
  const refused = after === null ? [data?.project?.refused, data?.earlier?.dataSources] : [];
  const ids = [list, ...refused].flatMap((some) => some?.nodes.map(({ resourceId }) => resourceId) ?? []);
  return (
    <>
      <Compared position={position} ids={[...new Set(ids)]} />
      {(hasNextPage || after !== null) && (
        <div className={styles.pages}>
          <Button variant="default" disabled={after === null} onClick={() => setAfter(null)}>
            From the start
          </Button>
          <Button variant="default" disabled={!hasNextPage} onClick={() => setAfter(endCursor)}>
            Next
          </Button>
        </div>
      )}
    </>
  );
}

/** @param ids of what may differ */
function Compared({ position, ids }: { readonly position: number; readonly ids: readonly string[] }) {
  const { key } = useProject();
  const query = resourcesQuery(ids.length);
  const named = Object.fromEntries(ids.map((id, number) => [`id${number}`, id] as const));
  const then = useAsk(query, { key, asOf: { position }, ...named }, ids.length > 0);
  const now = useAsk(query, { key, asOf: null, ...named }, ids.length > 0);
  if (ids.length === 0) return <DifferenceTable position={position} comparisons={[]} />;
  if (!then.data?.project || !now.data?.project) {
    const failed = [then, now].find(({ failure }) => failure !== undefined);
    return failed?.failure ? <Failed failure={failed.failure} again={failed.again} /> : <Loading rows={2} />;
  }
  const resourcesOf = ({ project }: NonNullable<typeof then.data>): ComparedResource[] =>
    ids.flatMap((_, number) => project?.[`r${number}`] ?? []);
  const earlier = new Map(resourcesOf(then.data).map((resource) => [resource.resourceId, resource]));
  return <DifferenceTable position={position} comparisons={compareMoments(resourcesOf(now.data), earlier)} />;
}
