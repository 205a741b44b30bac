import { Button } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { graphql } from '../graphql/graphql.ts';
import { useAsk } from '../graphql/use-ask.ts';
import { useRefreshOnFocus } from '../graphql/use-refresh-on-focus.ts';
import { Empty } from '../parts/empty.tsx';
import { Failed } from '../parts/failed.tsx';
import { Filters } from '../parts/filters.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/pager.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { NewProject } from './projects/new-project.tsx';
import { ProjectTable } from './projects/project-table.tsx';

const PROJECTS = graphql(`
  query Projects($nameContains: String, $first: Int, $after: String, $last: Int, $before: String) {
    projects(filter: { nameContains: $nameContains }, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        key
        name
        editedAt
        editedBy {
          name
        }
      }
    }
    viewer {
      isAdministrator
    }
  }
`);

/** All projects, and a new one. */
export function ProjectsPage() {
  const [search] = useSearchParams();
  const nameContains = search.get('search') ?? '';
  const { data, failure, again } = useAsk(PROJECTS, { nameContains, ...usePaging() });
  const [isMaking, setMaking] = useState(false);
  useRefreshOnFocus();

  const make = data?.viewer.isAdministrator && !isMaking && (
    <Button onClick={() => setMaking(true)}>New project</Button>
  );
  const projects = data?.projects;
  const hasNone = projects?.totalCount === 0 && nameContains === '';
  return (
    <Page title="Projects" actions={!hasNone && make}>
      {isMaking && <NewProject onClose={() => setMaking(false)} />}
      {!hasNone && (
        <Filters>
          <SearchField placeholder="Search by name" />
        </Filters>
      )}
      {!projects && (failure ? <Failed failure={failure} again={again} /> : <Loading />)}
      {hasNone && !isMaking && (
        <Empty title="There is no project yet.">
          <p>
            Proxy Ledger holds forward-proxy connections: defined once, tested live, and obeyed by every data source
            that uses them. A project keeps those of one integration together, with the parameters of its environments
            and the history of every change.
          </p>
          {make || <p>An administrator can make one, and give you a role in it.</p>}
        </Empty>
      )}
      {projects && projects.totalCount === 0 && nameContains !== '' && (
        <Empty title={`No project has “${nameContains}” in its name.`} />
      )}
      {projects && projects.totalCount > 0 && (
        <>
          <ProjectTable projects={projects.nodes} />
          <Pager pageInfo={projects.pageInfo} totalCount={projects.totalCount} shown={projects.nodes.length} />
        </>
      )}
    </Page>
  );
}
