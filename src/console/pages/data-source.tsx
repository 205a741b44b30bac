import { useProject } from '../frame/project-frame.tsx';
import { Page } from '../parts/page.tsx';

export function DataSourcePage() {
  const { key, project } = useProject();
  return (
    <Page title="Data source" within={project?.name ?? key}>
      {null}
    </Page>
  );
}
