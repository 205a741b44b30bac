import { useLocation } from 'wouter';
import { useDraft } from '../form/use-draft.ts';
import { useMutationOnce } from '../form/use-mutation-once.ts';
import { useProject } from '../frame/project-frame.tsx';
import { graphql } from '../graphql/graphql.ts';
import { useAnnounce } from '../parts/announcer.tsx';
import { NoRights } from '../parts/failed.tsx';
import { Page } from '../parts/page.tsx';
import { DataSourceForm } from './data-source/data-source-form.tsx';
import { inputOf, NEW_DATA_SOURCE, type TypedSecrets } from './data-source/data-source-values.ts';

const CREATE_DATA_SOURCE = graphql(`
  mutation CreateDataSource($input: CreateDataSourceInput!) {
    createDataSource(input: $input) {
      dataSource {
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

/** Makes a data source, and leads to it. */
export function NewDataSourcePage() {
  const { key, project, asOf, can } = useProject();
  const list = `/projects/${key}/data-sources`;
  const address = `${list}/new`;
  const draft = useDraft(address, NEW_DATA_SOURCE);
  const { run, ...last } = useMutationOnce(CREATE_DATA_SOURCE);
  const [, navigate] = useLocation();
  const announce = useAnnounce();

  const create = async (secrets: TypedSecrets) => {
    const outcome = await run({ projectKey: key, ...inputOf(draft.values, secrets) });
    if (outcome.kind !== 'done') return false;
    const { dataSource } = outcome.payload;
    draft.settle();
    announce(`Created ${dataSource?.name}`);
    navigate(`${list}/${dataSource?.resourceId}`, { replace: true });
    return true;
  };
  const cancel = () => {
    draft.settle();
    navigate(list);
  };
  return (
    <Page title="New data source" within={project?.name ?? key}>
      {project && !can('EDIT') ? (
        <NoRights
          words={
            asOf ? 'This is the past: nothing can be made in it.' : 'To make data sources you need the role EDITOR.'
          }
        />
      ) : (
        <DataSourceForm
          draft={draft}
          saved={NEW_DATA_SOURCE}
          address={address}
          action="Create"
          onSave={create}
          onCancel={cancel}
          cancelLabel="Cancel"
          {...last}
        />
      )}
    </Page>
  );
}
