import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { EditedElsewhere } from '../../form/edited-elsewhere.tsx';
import { keepingFocus } from '../../form/keep-focus.ts';
import { useDraft } from '../../form/use-draft.ts';
import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { useProject } from '../../frame/project-frame.tsx';
import { graphql } from '../../graphql/graphql.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { AuditLine } from '../../parts/audit-line.tsx';
import { Page } from '../../parts/page.tsx';
import { useAddress } from '../../time/moment.ts';
import { DeleteProxy } from './delete-proxy.tsx';
import { DeletedProxy } from './deleted-proxy.tsx';
import styles from './proxy-form.module.css';
import { ProxyForm } from './proxy-form.tsx';
import { changesOf, probedOf, valuesOf } from './proxy-values.ts';
import { RecordedTests } from './recorded-tests.tsx';
import { SHOWN_PROXY, type ShownProxy } from './shown-proxy.ts';
import { TestConnection } from './test-connection.tsx';
import { UsedBy } from './used-by.tsx';

const UPDATE_PROXY = graphql(
  `
    mutation UpdateProxyConnection($input: UpdateProxyConnectionInput!) {
      updateProxyConnection(input: $input) {
        proxyConnection {
          id
          ...ShownProxy
        }
        userErrors {
          code
          path
          message
        }
      }
    }
  `,
  [SHOWN_PROXY],
);

const LABELS = {
  name: 'Name',
  description: 'Description',
  type: 'Proxy Type',
  host: 'Proxy Host',
  port: 'Proxy Port',
  authType: 'Auth Type',
  user: 'User',
};

export function EditProxy({ proxy }: { readonly proxy: ShownProxy }) {
  const { key, project, can } = useProject();
  const address = useAddress();
  const home = `/projects/${key}/proxy-connections/${proxy.resourceId}`;
  const saved = valuesOf(proxy);
  const draft = useDraft(home, saved, proxy.version);
  const [password, setPassword] = useState<string>();
  const { run, ...last } = useMutationOnce(UPDATE_PROXY);
  const announce = useAnnounce();
  const [isDeleting, setDeleting] = useState(false);
  const [isDeletedHere, setDeletedHere] = useState(false);
  const isDeleted = proxy.deletedAt !== null;

  const save = async () => {
    const changes = changesOf(draft.values, saved, password);
    const outcome = await run({ id: proxy.id, ...changes, expectedVersion: draft.expectedVersion });
    if (outcome.kind !== 'done') return;
    draft.settle();
    setPassword(undefined);
    announce(`Saved ${outcome.payload.proxyConnection?.name}`);
  };
  const discard = () => {
    draft.settle();
    setPassword(undefined);
    last.reset();
  };
  const deleted = () => {
    draft.settle();
    setPassword(undefined);
    setDeleting(false);
    setDeletedHere(true);
  };
  return (
    <Page
      title={proxy.name}
      within={project?.name ?? key}
      actions={
        <>
          <Link href={address(`/projects/${key}/history?resource=${proxy.resourceId}`)}>View History</Link>
          {can('EDIT') && !isDeleted && (
            <Button variant="default" onClick={() => setDeleting(true)}>
              Delete
            </Button>
          )}
        </>
      }
    >
      {isDeleted ? (
        <DeletedProxy proxy={proxy} isNew={isDeletedHere} />
      ) : (
        <EditedElsewhere draft={draft} labels={LABELS} editedBy={proxy.editedBy.name} editedAt={proxy.editedAt} />
      )}
      <div className={styles.beside}>
        <div>
          <ProxyForm
            draft={draft}
            saved={saved}
            address={home}
            password={password}
            onPassword={setPassword}
            hasPassword={proxy.hasPassword}
            action="Save"
            onSave={save}
            onCancel={
              (draft.isChanged || password !== undefined) && (
                <Button variant="default" onClick={() => keepingFocus(discard)}>
                  Discard changes
                </Button>
              )
            }
            isDeleted={isDeleted}
            {...last}
          />
          <UsedBy id={proxy.resourceId} />
          <AuditLine resource={proxy} />
        </div>
        <div>
          {!isDeleted && <TestConnection draft={() => probedOf(proxy.id, draft.values, saved, password)} />}
          <RecordedTests id={proxy.resourceId} />
        </div>
      </div>
      {isDeleting && <DeleteProxy proxy={proxy} onClose={() => setDeleting(false)} onDeleted={deleted} />}
    </Page>
  );
}
