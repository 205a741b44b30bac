import { useProject } from '../frame/project-frame.tsx';
import { Page } from '../parts/page.tsx';

export function ParametersPage() {
  const { key, project } = useProject();
  return (
    <Page title="Parameters" within={project?.name ?? key}>
      {null}
    </Page>
  );
}
