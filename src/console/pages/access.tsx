import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import { drafts } from '../form/drafts.ts';
import { useProject } from '../frame/project-frame.tsx';
import { graphql } from '../graphql/graphql.ts';
import { useAsk } from '../graphql/use-ask.ts';
import { Empty } from '../parts/empty.tsx';
import { Failed } from '../parts/failed.tsx';
import { ForAuditors } from '../parts/for-auditors.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/pager.tsx';
import { settings } from '../session/settings.ts';
import { ChangeRole, NewGrant } from './access/grant-form.tsx';
import { GrantTable } from './access/grant-table.tsx';
import { GRANT, type Grant } from './access/grants.ts';

const ACCESS = graphql(
  `
    query Access($key: String!, $asOf: AsOfInput, $first: Int, $after: String, $last: Int, $before: String) {
      project(key: $key, asOf: $asOf) {
        id
        access(first: $first, after: $after, last: $last, before: $before) {
          totalCount
          pageInfo {
            hasNextPage
            hasPreviousPage
            startCursor
            endCursor
          }
          nodes {
            ...Grant
          }
        }
      }
    }
  `,
  [GRANT],
);

/** Who may do what in a project. */
export function AccessPage() {
  const { key, project, can } = useProject();
  // What was begun, and left for another page, is gone on with.
  const [isGranting, setGranting] = useState(() => drafts.get(`/projects/${key}/access`) !== undefined);
  const mayGrant = settings.auth !== 'none' && can('OWN');
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => {
    setGranting(false);
    opener.current?.focus();
  };
  const open = mayGrant && (
    <Button ref={opener} aria-expanded={isGranting} onClick={() => setGranting(true)}>
      Grant access
    </Button>
  );
  return (
    <Page title="Access" within={project?.name ?? key} actions={open}>
      <ForAuditors words="Who may do what here is shown to auditors and owners of the project.">
        {mayGrant && isGranting && <NewGrant onClose={close} />}
        <Grants />
      </ForAuditors>
    </Page>
  );
}

function Grants() {
  const { key, asOf, can } = useProject();
  const { data, failure, again } = useAsk(ACCESS, { key, asOf, ...usePaging() });
  const [changing, setChanging] = useState<Grant>();
  const list = data?.project?.access;
  if (!list) return failure ? <Failed failure={failure} again={again} /> : <Loading />;
  if (list.totalCount === 0)
    return (
      <Empty title={asOf ? 'Nobody had a role in this project at that moment.' : 'Nobody has a role in this project.'}>
        <p>Administrators of the instance alone see it, until they grant access.</p>
      </Empty>
    );
  return (
    <>
      {changing && can('OWN') && (
        <ChangeRole
          key={`${changing.principal.kind} ${changing.principal.identity}`}
          grant={changing}
          onClose={() => setChanging(undefined)}
        />
      )}
      <GrantTable grants={list.nodes} onChange={setChanging} />
      <Pager pageInfo={list.pageInfo} totalCount={list.totalCount} shown={list.nodes.length} />
    </>
  );
}
