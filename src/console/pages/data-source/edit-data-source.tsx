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
import { DataSourceForm } from './data-source-form.tsx';
import { changesOf, headersInWords, type TypedSecrets, valuesOf } from './data-source-values.ts';
import { DeleteDataSource } from './delete-data-source.tsx';
import { DeletedDataSource } from './deleted-data-source.tsx';
import { ProxyName } from './proxy-name.tsx';
import { RefusedCalls } from './refused-calls.tsx';
import { SHOWN_DATA_SOURCE, type ShownDataSource } from './shown-data-source.ts';

const UPDATE_DATA_SOURCE = graphql(
  `
    mutation UpdateDataSource($input: UpdateDataSourceInput!) {
      updateDataSource(input: $input) {
        dataSource {
          id
          ...ShownDataSource
        }
        userErrors {
          code
          path
          message
        }
      }
    }
  `,
  [SHOWN_DATA_SOURCE],
);

const LABELS = {
  name: 'Name',
  description: 'Description',
  baseUrl: 'Base URL',
  headers: 'Headers',
  connectThroughProxy: 'Connect through Proxy',
  proxyConnectionId: 'Select Proxy Connection',
};

export function EditDataSource({ dataSource }: { readonly dataSource: ShownDataSource }) {
  const { key, project, can } = useProject();
  const address = useAddress();
  const home = `/projects/${key}/data-sources/${dataSource.resourceId}`;
  const saved = valuesOf(dataSource);
  const draft = useDraft(home, saved, dataSource.version);
  const { run, ...last } = useMutationOnce(UPDATE_DATA_SOURCE);
  const announce = useAnnounce();
  const [isDeleting, setDeleting] = useState(false);
  const [isDeletedHere, setDeletedHere] = useState(false);
  const isDeleted = dataSource.deletedAt !== null;

  const save = async (secrets: TypedSecrets) => {
    const changes = changesOf(draft.values, saved, secrets);
    const outcome = await run({ id: dataSource.id, ...changes, expectedVersion: draft.expectedVersion });
    if (outcome.kind !== 'done') return false;
    draft.settle();
    announce(`Saved ${outcome.payload.dataSource?.name}`);
    return true;
  };
  const discard = () => {
    draft.settle();
    last.reset();
  };
  const deleted = () => {
    draft.settle();
    setDeleting(false);
    setDeletedHere(true);
  };
  const links = (
    <>
      <Link href={address(`${home}/runtime`)}>Verify in runtime</Link>
      <Link href={address(`/projects/${key}/history?resource=${dataSource.resourceId}`)}>View History</Link>
    </>
  );
  return (
    <Page
      title={dataSource.name}
      within={project?.name ?? key}
      actions={
        <>
          {links}
          {can('EDIT') && !isDeleted && (
            <Button variant="default" onClick={() => setDeleting(true)}>
              Delete
            </Button>
          )}
        </>
      }
    >
      {isDeleted ? (
        <DeletedDataSource dataSource={dataSource} isNew={isDeletedHere} />
      ) : (
        <RefusedCalls dataSource={dataSource} />
      )}
      {!isDeleted && (
        <EditedElsewhere
          draft={draft}
          labels={LABELS}
          words={{ headers: headersInWords, proxyConnectionId: (id) => <ProxyName id={id} /> }}
          editedBy={dataSource.editedBy.name}
          editedAt={dataSource.editedAt}
        />
      )}
      <DataSourceForm
        draft={draft}
        saved={saved}
        address={home}
        action="Save"
        onSave={save}
        onCancel={draft.isChanged ? () => keepingFocus(discard) : undefined}
        cancelLabel="Discard changes"
        isDeleted={isDeleted}
        {...last}
      />
      <AuditLine resource={dataSource} />
      {isDeleting && (
        <DeleteDataSource dataSource={dataSource} onClose={() => setDeleting(false)} onDeleted={deleted} />
      )}
    </Page>
  );
}
