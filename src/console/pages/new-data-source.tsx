import { useProject } from '../frame/project-frame.tsx';
import { Page } from '../parts/page.tsx';

export function NewDataSourcePage() {
  const { key, project } = useProject();
  return (
    <Page title="New data source" within={project?.name ?? key}>
      {null}
    </Page>
  );
}
