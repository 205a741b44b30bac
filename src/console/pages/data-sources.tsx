import { useProject } from '../frame/project-frame.tsx';
import { Page } from '../parts/page.tsx';

export function DataSourcesPage() {
  const { key, project } = useProject();
  return (
    <Page title="Data Sources" within={project?.name ?? key}>
      {null}
    </Page>
  );
}
