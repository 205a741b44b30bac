import { Button } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useReturnTo } from '../form/return-to.ts';
import { useDraft } from '../form/use-draft.ts';
import { useMutationOnce } from '../form/use-mutation-once.ts';
import { useProject } from '../frame/project-frame.tsx';
import { graphql } from '../graphql/graphql.ts';
import { useAnnounce } from '../parts/announcer.tsx';
import { NoRights } from '../parts/failed.tsx';
import { Page } from '../parts/page.tsx';
import styles from './proxy-connection/proxy-form.module.css';
import { ProxyForm } from './proxy-connection/proxy-form.tsx';
import { inputOf, NEW_PROXY, placeOf } from './proxy-connection/proxy-values.ts';
import { TestConnection } from './proxy-connection/test-connection.tsx';

const CREATE_PROXY = graphql(`
  mutation CreateProxyConnection($input: CreateProxyConnectionInput!) {
    createProxyConnection(input: $input) {
      proxyConnection {
        id
        resourceId
        name
      }
      userErrors {
        code
        path
        message
      }
    }
  }
`);

/** Makes a proxy connection, and leads to it; or back to the form that wanted one. */
export function NewProxyConnectionPage() {
  const { key, project, asOf, can } = useProject();
  const list = `/projects/${key}/proxy-connections`;
  const address = `${list}/new`;
  const draft = useDraft(address, NEW_PROXY);
  const [password, setPassword] = useState<string>();
  const { run, ...last } = useMutationOnce(CREATE_PROXY);
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  const returnTo = useReturnTo();

  const create = async () => {
    const outcome = await run({ projectKey: key, ...inputOf(draft.values, password) });
    if (outcome.kind !== 'done') return;
    const { proxyConnection } = outcome.payload;
    draft.settle();
    setPassword(undefined);
    announce(`Created ${proxyConnection?.name}`);
    if (returnTo && proxyConnection) returnTo.bring(proxyConnection.id);
    else navigate(`${list}/${proxyConnection?.resourceId}`, { replace: true });
  };
  const cancel = () => {
    draft.settle();
    navigate(returnTo?.address ?? list);
  };
  const mayNot = asOf
    ? 'This is the past: nothing can be made in it.'
    : 'To make proxy connections you need the role EDITOR.';
  return (
    <Page title="New proxy connection" within={project?.name ?? key}>
      {project && !can('EDIT') ? (
        <NoRights words={mayNot} />
      ) : (
        <div className={styles.beside}>
          <ProxyForm
            draft={draft}
            saved={NEW_PROXY}
            address={address}
            password={password}
            onPassword={setPassword}
            hasPassword={false}
            action="Create"
            onSave={create}
            onCancel={
              <Button variant="default" onClick={cancel}>
                Cancel
              </Button>
            }
            {...last}
          />
          <TestConnection draft={() => ({ draft: placeOf(draft.values, password) })} />
        </div>
      )}
    </Page>
  );
}
