import { useProject } from '../frame/project-frame.tsx';
import { Page } from '../parts/page.tsx';

export function AccessPage() {
  const { key, project } = useProject();
  return (
    <Page title="Access" within={project?.name ?? key}>
      {null}
    </Page>
  );
}
