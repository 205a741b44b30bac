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
import { IssueToken } from './tokens/issue-token.tsx';
import { TokenTable } from './tokens/token-table.tsx';
import { TOKEN } from './tokens/tokens.ts';

const TOKENS = graphql(
  `
    query Tokens($key: String!, $asOf: AsOfInput, $first: Int, $after: String, $last: Int, $before: String) {
      project(key: $key, asOf: $asOf) {
        id
        tokens(first: $first, after: $after, last: $last, before: $before) {
          totalCount
          pageInfo {
            hasNextPage
            hasPreviousPage
            startCursor
            endCursor
          }
          nodes {
            id
            ...Token
          }
        }
      }
    }
  `,
  [TOKEN],
);

/** The credentials of automation in a project. */
export function TokensPage() {
  const { key, project, can } = useProject();
  // What was begun, and left for another page, is gone on with.
  const [isIssuing, setIssuing] = useState(() => drafts.get(`/projects/${key}/tokens`) !== undefined);
  const mayIssue = settings.auth !== 'none' && can('OWN');
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => {
    setIssuing(false);
    opener.current?.focus();
  };
  const open = mayIssue && (
    <Button ref={opener} aria-expanded={isIssuing} onClick={() => setIssuing(true)}>
      Issue token
    </Button>
  );
  return (
    <Page title="Tokens" within={project?.name ?? key} actions={open}>
      <ForAuditors words="The tokens of the project are shown to its auditors and owners.">
        {mayIssue && isIssuing && <IssueToken onClose={close} />}
        <Tokens />
      </ForAuditors>
    </Page>
  );
}

function Tokens() {
  const { key, asOf } = useProject();
  const { data, failure, again } = useAsk(TOKENS, { key, asOf, ...usePaging() });
  const list = data?.project?.tokens;
  if (!list) return failure ? <Failed failure={failure} again={again} /> : <Loading />;
  if (list.totalCount === 0)
    return (
      <Empty title={asOf ? 'There was no token at that moment.' : 'There is no token yet.'}>
        <p>With a token a program calls the API of this project, in one role and until it expires.</p>
      </Empty>
    );
  return (
    <>
      <TokenTable tokens={list.nodes} />
      <Pager pageInfo={list.pageInfo} totalCount={list.totalCount} shown={list.nodes.length} />
    </>
  );
}
