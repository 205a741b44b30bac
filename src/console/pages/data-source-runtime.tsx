import { useProject } from '../frame/project-frame.tsx';
import { Page } from '../parts/page.tsx';

export function DataSourceRuntimePage() {
  const { key, project } = useProject();
  return (
    <Page title="Runtime" within={project?.name ?? key}>
      {null}
    </Page>
  );
}
